package org.ketloom.engine.statevector;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.engine.Evaluation;
import org.ketloom.api.engine.Gradients;
import org.ketloom.api.engine.Inputs;
import org.ketloom.api.engine.Program;
import org.ketloom.api.engine.SecondOrder;

/**
 * Runs a compiled circuit: samples in blocks, every step on a block before the next block, so that
 * its state stays in the cache. Blocks are independent of each other; sums over the batch are taken
 * in groups of blocks whose number depends on circuit and batch alone, so that they are the same
 * bits for any number of threads.
 */
final class StateVectorProgram implements Program {
  private static final int MOST_GROUPS = 64;
  private static final long MOST_PARTIAL_NUMBERS = 1 << 23;

  private final CircuitCompiler.Plan plan;
  private final Team team;
  private final Pool<Workspace> workspaces;
  private final Pool<BlockState> states;
  private final Pool<Prepared> prepared;
  private final Pool<Partial> partials;
  private final AtomicReference<TangentProgram> tangents = new AtomicReference<>();

  StateVectorProgram(CircuitCompiler.Plan plan, Team team) {
    this.plan = plan;
    this.team = team;
    int angles = plan.sampleAngles().size();
    int outputs = plan.circuit().outputs();
    this.workspaces =
        new Pool<>(() -> new Workspace(plan.layout(), angles, outputs, plan.hermitianEntries()));
    this.states = new Pool<>(() -> new BlockState(plan.layout().vectors(), angles));
    this.prepared =
        new Pool<>(() -> new Prepared(plan.sharedAngles().size(), plan.sharedSteps().size()));
    this.partials =
        new Pool<>(
            () ->
                new Partial(
                    gathered(), plan.circuit().weights(), plan.circuit().hermitianEntries()));
  }

  @Override
  public Circuit circuit() {
    return plan.circuit();
  }

  /** What the circuit was compiled to, one line per step. */
  List<String> describe() {
    return plan.steps().stream().map(Step::describe).toList();
  }

  @Override
  public double[] values(Inputs inputs) {
    InputChecks.check(circuit(), plan.preparation(), inputs);
    double[] outputs = new double[Math.multiplyExact(inputs.batch(), circuit().outputs())];
    Prepared shared = prepare(inputs);
    team.run(
        blocks(inputs),
        block -> {
          Workspace work = workspaces.take();
          begin(work, inputs, shared, block, work.own);
          forward(work);
          read(work, outputs);
          workspaces.give(work);
        });
    prepared.give(shared);
    return outputs;
  }

  @Override
  public Evaluation evaluate(Inputs inputs) {
    InputChecks.check(circuit(), plan.preparation(), inputs);
    double[] outputs = new double[Math.multiplyExact(inputs.batch(), circuit().outputs())];
    Prepared shared = prepare(inputs);
    BlockState[] kept = fitsInMemory(inputs) ? new BlockState[blocks(inputs)] : null;
    team.run(
        blocks(inputs),
        block -> {
          Workspace work = workspaces.take();
          begin(work, inputs, shared, block, kept == null ? work.own : states.take());
          forward(work);
          read(work, outputs);
          if (kept != null) {
            kept[block] = work.state;
          }
          workspaces.give(work);
        });
    prepared.give(shared);
    return new StateVectorEvaluation(inputs, outputs, kept);
  }

  @Override
  public SecondOrder secondOrder() {
    TangentProgram made = tangents.get();
    if (made != null) {
      return made;
    }
    long heap = Runtime.getRuntime().maxMemory();
    tangents.compareAndSet(null, new TangentProgram(plan, team, heap));
    return tangents.get();
  }

  private final class StateVectorEvaluation implements Evaluation {
    private final Inputs inputs;
    private final double[] outputs;

    /** The final states, until the first backward sweep uses them up. */
    private final AtomicReference<BlockState[]> kept;

    StateVectorEvaluation(Inputs inputs, double[] outputs, BlockState[] kept) {
      this.inputs = inputs;
      this.outputs = outputs;
      this.kept = new AtomicReference<>(kept);
    }

    @Override
    public double[] outputs() {
      return outputs;
    }

    @Override
    public Gradients vjp(double[] cotangents) {
      InputChecks.checkLength("cotangents", cotangents, inputs.batch(), circuit().outputs());
      InputChecks.checkRows("cotangent", cotangents, circuit().outputs());
      return sweep(inputs, cotangents, kept.getAndSet(null));
    }
  }

  private Gradients sweep(Inputs inputs, double[] cotangents, BlockState[] kept) {
    Circuit circuit = circuit();
    Gradients gradients =
        new Gradients(
            new double[inputs.features().length],
            new double[circuit.weights()],
            new double[inputs.sampleAngles().length],
            new double[circuit.hermitianEntries()]);
    Prepared shared = prepare(inputs);
    int blocks = blocks(inputs);
    long partialSize = 1L + gathered() + circuit.weights() + circuit.hermitianEntries();
    int groups =
        (int)
            Math.max(
                1, Math.min(Math.min(blocks, MOST_GROUPS), MOST_PARTIAL_NUMBERS / partialSize));
    Partial[] sums = new Partial[groups];
    team.run(
        groups,
        group -> {
          Partial partial = partials.take();
          partial.clear();
          sums[group] = partial;
          Workspace work = workspaces.take();
          work.partial = partial;
          work.gradients = gradients;
          int end = (int) ((group + 1L) * blocks / groups);
          for (int block = (int) ((long) group * blocks / groups); block < end; block++) {
            begin(work, inputs, shared, block, kept == null ? work.own : kept[block]);
            if (kept == null) {
              forward(work);
            }
            backward(work, cotangents);
            if (kept != null) {
              states.give(kept[block]);
            }
          }
          work.gradients = null;
          workspaces.give(work);
        });
    for (int group = 1; group < groups; group++) {
      sums[0].add(sums[group]);
      partials.give(sums[group]);
    }
    System.arraycopy(sums[0].weights, 0, gradients.weights(), 0, circuit.weights());
    System.arraycopy(
        sums[0].hermitianEntries, 0, gradients.hermitianEntries(), 0, circuit.hermitianEntries());
    for (SpinStep step : plan.sharedSteps()) {
      step.differentiateShared(shared, sums[0].gather, gradients.weights());
    }
    partials.give(sums[0]);
    prepared.give(shared);
    return gradients;
  }

  private int gathered() {
    return plan.sharedSteps().size() * SpinStep.GATHERED;
  }

  private int blocks(Inputs inputs) {
    int samples = plan.layout().samples();
    return (inputs.batch() + samples - 1) / samples;
  }

  private void begin(Workspace work, Inputs inputs, Prepared shared, int block, BlockState state) {
    work.inputs = inputs;
    work.prepared = shared;
    work.state = state;
    work.first = block * plan.layout().samples();
    work.count = Math.min(plan.layout().samples(), inputs.batch() - work.first);
  }

  private void forward(Workspace work) {
    plan.sampleAngles().fill(plan.kernels(), work.inputs, work.first, work.count, work.state.trig);
    plan.preparation().forward(work);
    for (Step step : plan.steps()) {
      step.forward(work);
    }
  }

  private void read(Workspace work, double[] outputs) {
    int width = circuit().outputs();
    Arrays.fill(work.lanes, 0);
    for (Readout readout : plan.readouts()) {
      readout.values(work, work.lanes);
    }
    if (work.lanesAreAmplitudes) {
      for (int at = 0; at < width * Kernels.LANES; at += Kernels.LANES) {
        for (int l = 1; l < Kernels.LANES; l++) {
          work.lanes[at] += work.lanes[at + l];
        }
      }
    }
    for (int l = 0; l < work.count; l++) {
      for (int k = 0; k < width; k++) {
        outputs[(work.first + l) * width + k] = work.lanes[k * Kernels.LANES + l];
      }
    }
  }

  private void backward(Workspace work, double[] cotangents) {
    int width = circuit().outputs();
    for (int l = 0; l < Kernels.LANES; l++) {
      for (int k = 0; k < width; k++) {
        // Lanes beyond the last sample count for nothing.
        int sample = work.lanesAreAmplitudes ? 0 : l;
        work.lanes[k * Kernels.LANES + l] =
            sample < work.count ? cotangents[(work.first + sample) * width + k] : 0;
      }
    }
    if (plan.readouts().isEmpty() || !(plan.readouts().get(0) instanceof DiagonalReadout)) {
      Arrays.fill(work.lambda, 0);
    }
    for (Readout readout : plan.readouts()) {
      readout.backward(work, work.lanes);
    }
    for (int s = plan.steps().size() - 1; s >= 0; s--) {
      plan.steps().get(s).backward(work);
    }
    plan.preparation().backward(work);
  }

  private Prepared prepare(Inputs inputs) {
    Prepared shared = prepared.take();
    plan.sharedAngles().fill(plan.kernels(), inputs, 0, 1, shared.trig);
    for (SpinStep step : plan.sharedSteps()) {
      step.prepare(shared);
    }
    return shared;
  }

  /** Whether the final states of all samples may be kept; if not, the sweep makes them again. */
  private boolean fitsInMemory(Inputs inputs) {
    return (double) blocks(inputs) * plan.layout().vectors() * Kernels.STRIDE * Double.BYTES
        <= Runtime.getRuntime().maxMemory() / 4.0;
  }
}
