package org.ketloom.engine.densitymatrix;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.engine.Evaluation;
import org.ketloom.api.engine.ExecutionPlan;
import org.ketloom.api.engine.Gradients;
import org.ketloom.api.engine.Inputs;
import org.ketloom.api.engine.Program;

/** A compiled circuit, and the buffers that its calls use again. */
final class DensityMatrixProgram implements Program {
  private final Compiler.Plan plan;
  private final Workers workers;
  private final ConcurrentLinkedQueue<Workspace> workspaces = new ConcurrentLinkedQueue<>();

  DensityMatrixProgram(Compiler.Plan plan, Workers workers) {
    this.plan = plan;
    this.workers = workers;
  }

  @Override
  public Circuit circuit() {
    return plan.circuit();
  }

  private Execution execution() {
    return new Execution(plan, workers, workspaces, Runtime.getRuntime().maxMemory());
  }

  @Override
  public double[] values(Inputs inputs) {
    check(inputs);
    double[] outputs = new double[Math.multiplyExact(inputs.batch(), plan.circuit().outputs())];
    execution().values(inputs, outputs);
    return outputs;
  }

  @Override
  public Evaluation evaluate(Inputs inputs) {
    check(inputs);
    DensityMatrixEvaluation evaluation = new DensityMatrixEvaluation();
    evaluation.run(inputs);
    return evaluation;
  }

  private void check(Inputs inputs) {
    inputs.requireShape(plan.circuit());
    plan.start().check(inputs);
    checkMemory(inputs.batch(), Runtime.getRuntime().maxMemory());
  }

  /**
   * Refuses a batch that can't fit.
   *
   * @param heap bytes of the heap
   */
  void checkMemory(int batch, long heap) {
    int blocks = (batch + Kernels.LANES - 1) / Kernels.LANES;
    int busy = Math.min(blocks, workers.threads());
    double needed =
        MemoryPlan.of(plan, blocks, busy, heap).bytes(busy)
            + (double) Double.BYTES * batch * numbersPerSample();
    if (needed > heap) {
      throw new IllegalArgumentException(
          "a batch of "
              + batch
              + " samples of this circuit needs at least "
              + ExecutionPlan.size(needed)
              + "; the heap has "
              + ExecutionPlan.size((double) heap)
              + "; use a smaller batch or fewer threads, or a larger heap (-Xmx, for ketloom"
              + " KETLOOM_JAVA_OPTS=-Xmx8g)");
    }
  }

  private long numbersPerSample() {
    Circuit circuit = plan.circuit();
    return 2L * (circuit.features() + circuit.sampleAngles() + circuit.outputs());
  }

  @Override
  public ExecutionPlan plan() {
    double stateBytes = MemoryPlan.blockBytes(plan) / (double) Kernels.LANES;
    List<ExecutionPlan.Stage> stages = new ArrayList<>();
    stages.add(new ExecutionPlan.Stage("start", plan.start().describe(), -1, 0, stateBytes));
    for (int s = 0; s < plan.steps().size(); s++) {
      Step step = plan.steps().get(s);
      stages.add(
          new ExecutionPlan.Stage(
              step.gates(),
              step.describe() + (plan.kept().at(s) ? ", kept" : ""),
              -1,
              2 * step.multiplyAdds() / Kernels.LANES,
              2 * stateBytes));
    }
    for (Readout readout : plan.readouts()) {
      stages.add(
          new ExecutionPlan.Stage(
              readout.what(),
              "Pauli coefficients",
              -1,
              2 * readout.multiplyAdds() / Kernels.LANES,
              0));
    }
    MemoryPlan memory = MemoryPlan.of(plan, 1, workers.threads(), Runtime.getRuntime().maxMemory());
    return new ExecutionPlan(
        "density matrices as Pauli coefficients, " + plan.kernels().describe(),
        stages,
        List.of(memory.describe(Kernels.LANES)),
        (long) ((double) memory.workerBlocks() * workers.threads() * memory.blockBytes()),
        (plan.kept().count() + 1) * memory.blockBytes(),
        Kernels.LANES,
        numbersPerSample());
  }

  private final class DensityMatrixEvaluation implements Evaluation {
    private final Execution execution = execution();
    private final AtomicBoolean busy = new AtomicBoolean();
    private Inputs inputs = Inputs.of(0, new double[0], new double[0]);
    private double[] outputs = {};

    private void run(Inputs given) {
      int size = Math.multiplyExact(given.batch(), plan.circuit().outputs());
      if (outputs.length != size) {
        outputs = new double[size];
      }
      inputs = given;
      execution.evaluate(given, outputs);
    }

    @Override
    public double[] outputs() {
      return outputs;
    }

    @Override
    public void update(Inputs given) {
      check(given);
      enter();
      try {
        run(given);
      } finally {
        busy.set(false);
      }
    }

    @Override
    public Gradients vjp(double[] cotangents) {
      Gradients gradients = Gradients.zeros(circuit(), inputs.batch());
      vjp(cotangents, gradients);
      return gradients;
    }

    @Override
    public void vjp(double[] cotangents, Gradients into) {
      into.requireShape(circuit(), inputs.batch());
      Inputs.requireLength("cotangents", cotangents, inputs.batch(), circuit().outputs());
      Inputs.requireFiniteRows("cotangent", cotangents, circuit().outputs());
      enter();
      try {
        execution.sweep(cotangents, into);
      } finally {
        busy.set(false);
      }
    }

    private void enter() {
      if (!busy.compareAndSet(false, true)) {
        throw new IllegalStateException(
            "two threads use the same evaluation at once; let each evaluate the program itself");
      }
    }
  }
}
