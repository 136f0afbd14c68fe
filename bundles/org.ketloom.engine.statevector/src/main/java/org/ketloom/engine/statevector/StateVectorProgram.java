package org.ketloom.engine.statevector;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.engine.Evaluation;
import org.ketloom.api.engine.ExecutionPlan;
import org.ketloom.api.engine.Gradients;
import org.ketloom.api.engine.Inputs;
import org.ketloom.api.engine.Program;
import org.ketloom.api.engine.QuantumEngine;
import org.ketloom.api.engine.SecondOrder;
import org.ketloom.api.engine.Shots;

/** A compiled circuit, and the buffers that its calls use again. */
final class StateVectorProgram implements Program {
  private final CircuitCompiler.Plan plan;
  private final Pool<Workspace> workspaces;
  private final Pool<BlockState> states;
  private final Pool<Object> lambdas;
  private final Pool<Execution> executions;
  private final int slices;
  private final Arithmetic reference;
  private final QuantumEngine engine;
  private final WorkerPool workerPool;
  private final AtomicReference<TangentProgram> tangents = new AtomicReference<>();
  private final AtomicReference<ShotProgram.Compiled> measurements = new AtomicReference<>();

  /**
   * Makes it.
   *
   * @param engine compiles what is measured in place of this program
   * @param reference what second derivatives are computed with
   * @param sliced whether threads share the work on a state, instead of working on one each
   */
  StateVectorProgram(
      CircuitCompiler.Plan plan,
      QuantumEngine engine,
      Arithmetic reference,
      WorkerPool workerPool,
      boolean sliced) {
    int vectors = plan.layout().vectors();
    int angles = plan.sampleAngles().size();
    int matrices = plan.layout().laneBits() > 0 ? plan.sampleGates().size() : 0;
    Storage<Object> storage = plan.arithmetic().storage();
    this.plan = plan;
    this.engine = engine;
    this.reference = reference;
    this.workerPool = workerPool;
    this.slices = sliced ? Math.min(vectors, 1 << CircuitCompiler.SLICE_BITS) : 1;
    this.workspaces = new Pool<>(() -> new Workspace(plan, 0, 1));
    this.states = new Pool<>(() -> new BlockState(storage, vectors, angles, matrices));
    this.lambdas = new Pool<>(() -> storage.array(vectors * Kernels.STRIDE));
    this.executions = new Pool<>(this::newExecution);
  }

  @Override
  public Circuit circuit() {
    return plan.circuit();
  }

  Pool<Workspace> workspaces() {
    return workspaces;
  }

  Pool<BlockState> states() {
    return states;
  }

  Pool<Object> lambdas() {
    return lambdas;
  }

  private Execution newExecution() {
    plan.arithmetic().notice().announce();
    return new Execution(this, plan, workerPool, slices);
  }

  PartialSums newPartial() {
    int sampleGather =
        plan.layout().laneBits() > 0 ? plan.sampleGates().size() * FusedGateStep.GATHERED : 0;
    return new PartialSums(
        plan.sharedGates().size() * FusedGateStep.GATHERED,
        sampleGather,
        plan.sizes().weights(),
        plan.sizes().hermitianEntries());
  }

  /** Numbers of a {@link PartialSums}. */
  int partialNumbers() {
    return (plan.sharedGates().size() + plan.sampleGates().size()) * FusedGateStep.GATHERED
        + plan.sizes().weights()
        + plan.sizes().hermitianEntries();
  }

  /** Whether the final states of a batch may be kept; if not, the sweep makes them again. */
  boolean keeps(int batch) {
    return (double) plan.layout().blocks(batch)
            * plan.layout().vectors()
            * Kernels.STRIDE
            * plan.arithmetic().storage().bytes()
        <= Runtime.getRuntime().maxMemory() / 4.0;
  }

  @Override
  public double[] values(Inputs inputs) {
    check(inputs);
    double[] outputs = newOutputs(inputs);
    compute(inputs, outputs);
    return outputs;
  }

  @Override
  public void values(Inputs inputs, double[] into) {
    check(inputs);
    Inputs.requireLength("into", into, inputs.batch(), plan.sizes().outputs());
    compute(inputs, into);
  }

  @Override
  public ExecutionPlan plan() {
    Layout layout = plan.layout();
    double perSample = 1.0 / layout.samples();
    double stateBytes = 2.0 * plan.arithmetic().storage().bytes() * Math.pow(2, layout.wires());
    List<ExecutionPlan.Stage> stages = new ArrayList<>();
    stages.add(
        new ExecutionPlan.Stage(
            plan.firstGates().isEmpty() ? "start" : plan.firstGates(),
            plan.start().describe(),
            -1,
            2 * perSample * plan.start().multiplyAdds(),
            stateBytes));
    for (int g = 0; g < plan.groups().size(); g++) {
      CircuitCompiler.Group group = plan.groups().get(g);
      for (int s = 0; s < group.steps().size(); s++) {
        Step step = group.steps().get(s);
        stages.add(
            new ExecutionPlan.Stage(
                group.gates().get(s),
                step.describe(),
                group.parts() > 1 ? g : -1,
                2 * perSample * step.multiplyAdds(),
                2 * stateBytes));
      }
    }
    for (Readout readout : plan.readouts()) {
      stages.add(
          new ExecutionPlan.Stage(
              readout.what(),
              readout.describe(),
              -1,
              2 * perSample * readout.multiplyAdds(),
              stateBytes));
    }
    List<String> left = new ArrayList<>();
    if (!plan.moved().isEmpty()) {
      left.add("no amplitude moved for " + String.join(" ", plan.moved()));
    }
    if (plan.dropped() > 0) {
      left.add(plan.dropped() + " gates left out: no observable depends on them");
    }
    return new ExecutionPlan(
        describeLayout(),
        stages,
        left,
        workingBytes(),
        blockBytes(),
        layout.samples(),
        numbersPerSample());
  }

  private long numbersPerSample() {
    CircuitCompiler.Sizes sizes = plan.sizes();
    return 2L * (sizes.features() + sizes.sampleAngles() + sizes.outputs());
  }

  private String describeLayout() {
    return plan.arithmetic().describe()
        + (plan.layout().laneBits() == 0
            ? ", 8 samples side by side"
            : ", 8 amplitudes of a sample side by side")
        + (slices > 1 ? ", threads share a state" : "");
  }

  private long blockBytes() {
    return (long) plan.layout().vectors() * Kernels.STRIDE * plan.arithmetic().storage().bytes();
  }

  /** States in the hands of threads with their adjoints, and sums. */
  private long workingBytes() {
    long workers = slices > 1 ? 1 : workerPool.threads();
    long sums = slices > 1 ? slices : Execution.MAX_SUMS;
    long sumBytes = Math.min(sums * partialNumbers(), Execution.MAX_PARTIAL_NUMBERS) * Double.BYTES;
    return workers * 2 * blockBytes() + sumBytes;
  }

  /**
   * Refuses a batch whose inputs, results and buffers can't fit.
   *
   * @param heap bytes of the heap
   */
  void checkMemory(int batch, long heap) {
    double needed = workingBytes() + (double) Double.BYTES * batch * numbersPerSample();
    if (needed > heap) {
      throw new IllegalArgumentException(
          "a batch of "
              + batch
              + " samples of this circuit needs at least "
              + ExecutionPlan.size(needed)
              + "; the heap has "
              + ExecutionPlan.size((double) heap)
              + "; use a smaller batch, or a larger heap (-Xmx, for ketloom"
              + " KETLOOM_JAVA_OPTS=-Xmx8g)");
    }
  }

  private void compute(Inputs inputs, double[] outputs) {
    Execution execution = executions.take();
    execution.values(inputs, outputs);
    executions.give(execution);
  }

  private double[] newOutputs(Inputs inputs) {
    return new double[Math.multiplyExact(inputs.batch(), plan.sizes().outputs())];
  }

  @Override
  public SecondOrder secondOrder() {
    TangentProgram made = tangents.get();
    if (made == null) {
      made = TangentProgram.of(circuit(), reference, plan.layout(), workerPool);
      // Of two that were made at once, either will do.
      tangents.set(made);
    }
    return made;
  }

  @Override
  public Program withShots(Shots shots) {
    ShotProgram.Compiled made = measurements.get();
    if (made == null) {
      made = ShotProgram.Compiled.of(this, engine, workerPool);
      // Of two that were made at once, either will do.
      measurements.set(made);
    }
    return new ShotProgram(made, shots);
  }

  @Override
  public Evaluation evaluate(Inputs inputs) {
    check(inputs);
    return new StateVectorEvaluation(inputs);
  }

  private final class StateVectorEvaluation implements Evaluation {
    private final Execution execution = newExecution();
    private final AtomicBoolean busy = new AtomicBoolean();
    private Inputs inputs;
    private double[] outputs;

    StateVectorEvaluation(Inputs given) {
      inputs = given;
      outputs = newOutputs(given);
      execution.evaluate(given, outputs);
    }

    private void run(Inputs given) {
      inputs = given;
      if (outputs.length != given.batch() * plan.sizes().outputs()) {
        outputs = newOutputs(given);
      }
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

  /** Refuses inputs that don't fit the circuit, or the memory. */
  void check(Inputs inputs) {
    InputChecks.check(plan, inputs);
    checkMemory(inputs.batch(), Runtime.getRuntime().maxMemory());
  }
}
