package org.ketloom.engine.statevector;

import java.util.Arrays;
import java.util.function.IntConsumer;
import org.ketloom.api.engine.Gradients;
import org.ketloom.api.engine.Inputs;

/**
 * Executes calls of a program one after another, with buffers that later calls use again. For one
 * thread at a time.
 *
 * <p>Blocks are independent of each other, and shared out among the threads; the blocks of large
 * states come one after another, and slices of a block's parts are shared out, group by group. Sums
 * over blocks and over slices are taken in an order that depends on circuit and batch alone, so
 * that they are the same bits for any number of threads.
 */
final class Execution {
  static final int MAX_SUMS = 64;
  static final long MAX_PARTIAL_NUMBERS = 1 << 23;
  private static final BlockState[] NONE = {};
  private static final double[] NO_NUMBERS = {};

  private final CircuitCompiler.Plan plan;
  private final WorkerPool workerPool;
  private final StateVectorProgram program;
  private final Prepared shared;
  private final boolean sliced;

  /** One for each slice of a large state; empty if blocks are worked on as a whole. */
  private final Workspace[] slices;

  private final IntConsumer forwardBlock = this::forwardBlock;
  private final IntConsumer backwardBlocks = this::backwardBlocks;
  private final IntConsumer startSlice = this::startSlice;
  private final IntConsumer forwardSlice = this::forwardSlice;
  private final IntConsumer readSlice = this::readSlice;
  private final IntConsumer readBackSlice = this::readBackSlice;
  private final IntConsumer backwardSlice = this::backwardSlice;
  private final IntConsumer endSlice = this::endSlice;

  // What belongs to a call, or to a step of it: set before the work that reads it.

  @SuppressWarnings("NullAway.Init")
  private Inputs inputs;

  private double[] outputs = NO_NUMBERS;
  private double[] cotangents = NO_NUMBERS;

  @SuppressWarnings("NullAway.Init")
  private Gradients gradients;

  /** The final states of all blocks, as far as they are kept. */
  private BlockState[] kept = NONE;

  private boolean keeps;

  /** Sums over the blocks of a range, or of a slice. */
  private PartialSums[] sums = {};

  @SuppressWarnings("NullAway.Init")
  private Object lambda;

  @SuppressWarnings("NullAway.Init")
  private CircuitCompiler.Group group;

  @SuppressWarnings("NullAway.Init")
  private Readout readout;

  Execution(
      StateVectorProgram program, CircuitCompiler.Plan plan, WorkerPool workerPool, int slices) {
    this.program = program;
    this.plan = plan;
    this.workerPool = workerPool;
    this.sliced = slices > 1;
    this.shared = new Prepared(plan.sharedAngles().size(), plan.sharedGates().size());
    this.slices = new Workspace[sliced ? slices : 0];
    for (int s = 0; s < this.slices.length; s++) {
      this.slices[s] = new Workspace(plan, s, slices);
    }
  }

  /** Computes the values only. */
  void values(Inputs given, double[] into) {
    forward(given, into, false);
    outputs = NO_NUMBERS;
    releaseInputs();
  }

  /** Lets go of a call's inputs, so that an execution at rest doesn't keep them in memory. */
  @SuppressWarnings("NullAway")
  private void releaseInputs() {
    inputs = null;
  }

  /** Computes the values, and keeps the final states for {@link #sweep} if they fit in memory. */
  void evaluate(Inputs given, double[] into) {
    forward(given, into, program.keeps(given.batch()));
  }

  private void forward(Inputs given, double[] into, boolean keep) {
    release();
    inputs = given;
    outputs = into;
    keeps = keep;
    int blocks = plan.layout().blocks(given.batch());
    if (keep && kept.length < blocks) {
      kept = Arrays.copyOf(kept, blocks);
    }
    prepare();
    if (sliced) {
      for (int block = 0; block < blocks; block++) {
        forwardSliced(block);
      }
    } else {
      workerPool.run(blocks, forwardBlock);
    }
  }

  /** Gives the states of the last evaluation back. */
  void release() {
    for (int i = 0; i < kept.length; i++) {
      if (kept[i] != null) {
        program.states().give(kept[i]);
        kept[i] = null;
      }
    }
    keeps = false;
  }

  private void prepare() {
    plan.sharedAngles().fill(su2(), inputs, 0, 1, shared.trig);
    for (int g = 0; g < plan.sharedGates().size(); g++) {
      plan.sharedGates().get(g).prepare(su2(), shared);
    }
  }

  /** The backward sweep; the first one uses the kept states up, later ones make them again. */
  void sweep(double[] given, Gradients into) {
    cotangents = given;
    gradients = into;
    Arrays.fill(into.features(), 0);
    Arrays.fill(into.weights(), 0);
    Arrays.fill(into.sampleAngles(), 0);
    Arrays.fill(into.hermitianEntries(), 0);
    prepare();
    int blocks = plan.layout().blocks(inputs.batch());
    int count = sliced ? slices.length : ranges(blocks);
    if (sums.length != count) {
      sums = new PartialSums[count];
    }
    for (int i = 0; i < count; i++) {
      if (sums[i] == null) {
        sums[i] = program.newPartial();
      }
      sums[i].clear();
    }
    if (sliced) {
      lambda = program.lambdas().take();
      for (int block = 0; block < blocks; block++) {
        backwardSliced(block);
      }
      program.lambdas().give(lambda);
    } else {
      workerPool.run(count, backwardBlocks);
    }
    keeps = false;
    for (int i = 1; i < count; i++) {
      sums[0].add(sums[i]);
    }
    System.arraycopy(sums[0].weights, 0, into.weights(), 0, plan.sizes().weights());
    System.arraycopy(
        sums[0].hermitianEntries, 0, into.hermitianEntries(), 0, plan.sizes().hermitianEntries());
    shared.weights = into.weights();
    for (int g = 0; g < plan.sharedGates().size(); g++) {
      plan.sharedGates().get(g).differentiateShared(su2(), shared, sums[0].gather);
    }
    shared.weights = Prepared.NO_WEIGHTS;
    cotangents = NO_NUMBERS;
    releaseSweep();
  }

  /** Lets go of what belongs to a sweep alone. */
  @SuppressWarnings("NullAway")
  private void releaseSweep() {
    gradients = null;
    lambda = null;
  }

  private int ranges(int blocks) {
    long size = 1L + program.partialNumbers();
    return (int) Math.max(1, Math.min(Math.min(blocks, MAX_SUMS), MAX_PARTIAL_NUMBERS / size));
  }

  // Whole blocks.

  private void forwardBlock(int block) {
    Workspace work = program.workspaces().take();
    begin(work, block);
    makeState(work);
    Arrays.fill(work.lanes, 0);
    for (int r = 0; r < plan.readouts().size(); r++) {
      plan.readouts().get(r).values(work, work.lanes);
    }
    write(work);
    keepState(work);
    end(work);
  }

  private void makeState(Workspace work) {
    plan.start().forward(work);
    for (int g = 0; g < plan.groups().size(); g++) {
      CircuitCompiler.Group steps = plan.groups().get(g);
      for (work.part = 0; work.part < steps.parts(); work.part++) {
        forward(steps, work);
      }
    }
  }

  private static void forward(CircuitCompiler.Group steps, Workspace work) {
    for (int s = 0; s < steps.steps().size(); s++) {
      steps.steps().get(s).forward(work);
    }
  }

  private void backwardBlocks(int range) {
    Workspace work = program.workspaces().take();
    work.partial = sums[range];
    work.gradients = gradients;
    work.lambda = program.lambdas().take();
    int blocks = plan.layout().blocks(inputs.batch());
    int last = (int) ((range + 1L) * blocks / sums.length);
    for (int block = (int) ((long) range * blocks / sums.length); block < last; block++) {
      begin(work, block);
      if (!keeps) {
        makeState(work);
      }
      readCotangents(work);
      if (clearsLambda()) {
        clear(work.lambda);
      }
      for (int r = 0; r < plan.readouts().size(); r++) {
        plan.readouts().get(r).backward(work, work.lanes);
      }
      for (int g = plan.groups().size() - 1; g >= 0; g--) {
        CircuitCompiler.Group steps = plan.groups().get(g);
        for (work.part = 0; work.part < steps.parts(); work.part++) {
          backward(steps, work);
        }
      }
      plan.start().backward(work);
      plan.start().finish(work.alone);
      differentiateSamples(work);
      giveState(work, block);
    }
    program.lambdas().give(work.lambda);
    end(work);
  }

  private static void backward(CircuitCompiler.Group steps, Workspace work) {
    for (int s = steps.steps().size() - 1; s >= 0; s--) {
      steps.steps().get(s).backward(work);
    }
  }

  private void clear(Object state) {
    plan.arithmetic().storage().fill(state, 0, plan.layout().vectors() * Kernels.STRIDE, 0);
  }

  private Su2Kernels su2() {
    return plan.arithmetic().su2();
  }

  private boolean clearsLambda() {
    return plan.readouts().isEmpty() || !(plan.readouts().get(0) instanceof DiagonalReadout);
  }

  /** The gates of a block of one sample that differ between samples. */
  private void differentiateSamples(Workspace work) {
    if (!work.lanesAreAmplitudes) {
      return;
    }
    for (int g = 0; g < plan.sampleGates().size(); g++) {
      plan.sampleGates().get(g).differentiateSample(su2(), work.partial.sampleGather, work);
    }
    Arrays.fill(work.partial.sampleGather, 0);
  }

  /** Takes a block's state, which is kept from the forward pass or is to be made. */
  private void begin(Workspace work, int block) {
    int samples = plan.layout().samples();
    work.inputs = inputs;
    work.prepared = shared;
    work.first = block * samples;
    work.count = Math.min(samples, inputs.batch() - work.first);
    boolean known = keeps && kept[block] != null;
    work.state = known ? kept[block] : program.states().take();
    if (keeps) {
      kept[block] = work.state;
    }
    if (!known) {
      plan.sampleAngles().fill(su2(), inputs, work.first, work.count, work.state.trig);
      if (work.lanesAreAmplitudes) {
        for (int g = 0; g < plan.sampleGates().size(); g++) {
          plan.sampleGates().get(g).prepareSample(su2(), work);
        }
      }
    }
  }

  private void giveState(Workspace work, int block) {
    program.states().give(work.state);
    if (keeps) {
      kept[block] = null;
    }
  }

  /** Gives a block's state back unless the sweep is to have it. */
  private void keepState(Workspace work) {
    if (!keeps) {
      program.states().give(work.state);
    }
  }

  private void end(Workspace work) {
    work.release();
    program.workspaces().give(work);
  }

  private void write(Workspace work) {
    int width = plan.sizes().outputs();
    addLanes(work);
    for (int l = 0; l < work.count; l++) {
      for (int k = 0; k < width; k++) {
        outputs[(work.first + l) * width + k] = work.lanes[k * Kernels.LANES + l];
      }
    }
  }

  /** Where the lanes are amplitudes, an output is their sum. */
  private static void addLanes(Workspace work) {
    if (work.lanesAreAmplitudes) {
      for (int at = 0; at < work.lanes.length; at += Kernels.LANES) {
        for (int l = 1; l < Kernels.LANES; l++) {
          work.lanes[at] += work.lanes[at + l];
        }
      }
    }
  }

  private void readCotangents(Workspace work) {
    int width = plan.sizes().outputs();
    for (int l = 0; l < Kernels.LANES; l++) {
      for (int k = 0; k < width; k++) {
        // Lanes beyond the last sample count for nothing.
        int sample = work.lanesAreAmplitudes ? 0 : l;
        work.lanes[k * Kernels.LANES + l] =
            sample < work.count ? cotangents[(work.first + sample) * width + k] : 0;
      }
    }
  }

  // Slices of a block.

  private void forwardSliced(int block) {
    beginSliced(block);
    makeSlicedState();
    for (Workspace slice : slices) {
      Arrays.fill(slice.lanes, 0);
    }
    for (int r = 0; r < plan.readouts().size(); r++) {
      readout = plan.readouts().get(r);
      workerPool.run(slices.length, readSlice);
    }
    for (int s = 1; s < slices.length; s++) {
      PartialSums.add(slices[s].lanes, slices[0].lanes);
    }
    write(slices[0]);
    keepState(slices[0]);
    endSliced();
  }

  private void beginSliced(int block) {
    Workspace main = slices[0];
    begin(main, block);
    for (Workspace slice : slices) {
      slice.inputs = main.inputs;
      slice.prepared = main.prepared;
      slice.first = main.first;
      slice.count = main.count;
      slice.state = main.state;
    }
  }

  private void makeSlicedState() {
    workerPool.run(slices.length, startSlice);
    for (int g = 0; g < plan.groups().size(); g++) {
      group = plan.groups().get(g);
      workerPool.run(slices.length, forwardSlice);
    }
  }

  private void startSlice(int s) {
    plan.start().forward(slices[s]);
  }

  private void forwardSlice(int s) {
    Workspace work = slices[s];
    int end = work.end(group.parts());
    for (work.part = work.first(group.parts()); work.part < end; work.part++) {
      forward(group, work);
    }
  }

  private void readSlice(int s) {
    readout.values(slices[s], slices[s].lanes);
  }

  private void backwardSliced(int block) {
    beginSliced(block);
    if (!keeps) {
      makeSlicedState();
    }
    for (int s = 0; s < slices.length; s++) {
      slices[s].partial = sums[s];
      slices[s].gradients = gradients;
      slices[s].lambda = lambda;
      readCotangents(slices[s]);
    }
    if (clearsLambda()) {
      clear(lambda);
    }
    for (int r = 0; r < plan.readouts().size(); r++) {
      readout = plan.readouts().get(r);
      workerPool.run(slices.length, readBackSlice);
    }
    for (int g = plan.groups().size() - 1; g >= 0; g--) {
      group = plan.groups().get(g);
      workerPool.run(slices.length, backwardSlice);
    }
    workerPool.run(slices.length, endSlice);
    plan.start().finish(slices);
    for (int s = 1; s < slices.length; s++) {
      PartialSums.add(slices[s].partial.sampleGather, slices[0].partial.sampleGather);
      Arrays.fill(slices[s].partial.sampleGather, 0);
    }
    differentiateSamples(slices[0]);
    giveState(slices[0], block);
    endSliced();
  }

  private void readBackSlice(int s) {
    readout.backward(slices[s], slices[s].lanes);
  }

  private void backwardSlice(int s) {
    Workspace work = slices[s];
    int end = work.end(group.parts());
    for (work.part = work.first(group.parts()); work.part < end; work.part++) {
      backward(group, work);
    }
  }

  private void endSlice(int s) {
    plan.start().backward(slices[s]);
  }

  private void endSliced() {
    for (Workspace slice : slices) {
      slice.release();
    }
  }
}
