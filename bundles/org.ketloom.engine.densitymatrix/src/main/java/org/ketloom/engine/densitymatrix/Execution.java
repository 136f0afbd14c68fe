package org.ketloom.engine.densitymatrix;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.ketloom.api.circuit.Angle;
import org.ketloom.api.engine.Gradients;
import org.ketloom.api.engine.Inputs;

/**
 * Executes calls of a program one after another, with buffers that later calls use again. For one
 * thread at a time.
 *
 * <p>Blocks of samples are independent of each other, and shared out among threads. Sums over
 * blocks are taken in an order that depends on circuit and batch alone, so that they are the same
 * bits for any number of threads.
 */
final class Execution {
  private static final int MAX_SUMS = 64;

  private final Compiler.Plan plan;
  private final Workers workers;
  private final ConcurrentLinkedQueue<Workspace> workspaces;

  /** Coefficients of the steps that the batch shares. */
  private final double[][] shared;

  /** For each block: before each of the kept steps, and at the end. */
  private double[][][] kept = {};

  private final long heap;
  private boolean keeps;

  /** Of the last call; {@link #values} and {@link #evaluate} set them before all else. */
  @SuppressWarnings("NullAway.Init")
  private Inputs inputs;

  Execution(
      Compiler.Plan plan, Workers workers, ConcurrentLinkedQueue<Workspace> workspaces, long heap) {
    this.heap = heap;
    this.plan = plan;
    this.workers = workers;
    this.workspaces = workspaces;
    this.shared = new double[plan.steps().size()][];
    for (int s = 0; s < shared.length; s++) {
      Step step = plan.steps().get(s);
      shared[s] = new double[step.perSample() ? 0 : step.coefficientSize()];
    }
  }

  private static int blocks(Inputs inputs) {
    return (inputs.batch() + Kernels.LANES - 1) / Kernels.LANES;
  }

  private MemoryPlan memory() {
    return MemoryPlan.of(plan, blocks(inputs), workers.threads(), heap);
  }

  /** Computes the values only. */
  void values(Inputs given, double[] into) {
    inputs = given;
    keeps = false;
    forward(into);
  }

  /** Computes the values, and keeps what {@link #sweep} needs if it fits in memory. */
  void evaluate(Inputs given, double[] into) {
    inputs = given;
    keeps = memory().keepsAll();
    int blocks = blocks(given);
    if (!keeps) {
      kept = new double[0][][];
    } else if (kept.length < blocks) {
      kept = Arrays.copyOf(kept, blocks);
    }
    forward(into);
  }

  private void forward(double[] into) {
    prepareShared();
    each(
        blocks(inputs),
        (work, block) -> {
          begin(work, block);
          if (keeps) {
            kept[block] = keptStates(kept[block]);
          }
          double @Nullable [][] tape = keeps ? kept[block] : null;
          run(work, 0, plan.steps().size(), tape, 0);
          if (keeps) {
            System.arraycopy(work.r, 0, kept[block][plan.kept().count()], 0, work.r.length);
          }
          work.normalise();
          for (int o = 0; o < plan.readouts().size(); o++) {
            plan.readouts().get(o).values(work, work.lanes);
          }
          write(work, into);
        });
  }

  private double[][] keptStates(double @Nullable [][] old) {
    return old == null ? new double[plan.kept().count() + 1][plan.size() * Kernels.LANES] : old;
  }

  private void prepareShared() {
    Reader reader = Reader.shared(inputs);
    for (int s = 0; s < shared.length; s++) {
      Step step = plan.steps().get(s);
      if (!step.perSample()) {
        step.prepare(reader, shared[s]);
      }
    }
  }

  private void begin(Workspace work, int block) {
    work.reader = Reader.block(inputs, block);
    for (int s = 0; s < shared.length; s++) {
      Step step = plan.steps().get(s);
      if (step.perSample()) {
        step.prepare(work.reader, work.coefficients[s]);
      }
    }
    plan.start().forward(work);
  }

  /**
   * Runs some steps.
   *
   * @param tape takes the block before each of the kept steps; null for none
   * @param next where the first of them goes
   */
  private void run(Workspace work, int from, int to, double @Nullable [][] tape, int next) {
    int at = next;
    for (int s = from; s < to; s++) {
      Step step = plan.steps().get(s);
      if (tape != null && plan.kept().at(s)) {
        System.arraycopy(work.r, 0, tape[at++], 0, work.r.length);
      }
      step.forward(work, coefficients(work, s));
    }
  }

  private double[] coefficients(Workspace work, int step) {
    return plan.steps().get(step).perSample() ? work.coefficients[step] : shared[step];
  }

  private void write(Workspace work, double[] into) {
    int width = plan.circuit().outputs();
    for (int l = 0; l < work.reader.count(); l++) {
      for (int k = 0; k < width; k++) {
        into[work.reader.sample(l) * width + k] = work.lanes[k * Kernels.LANES + l];
      }
    }
  }

  /** The backward sweep. */
  void sweep(double[] cotangents, Gradients into) {
    Arrays.fill(into.features(), 0);
    Arrays.fill(into.weights(), 0);
    Arrays.fill(into.sampleAngles(), 0);
    Arrays.fill(into.hermitianEntries(), 0);
    prepareShared();
    int blocks = blocks(inputs);
    Partial[] sums = new Partial[Math.min(blocks, MAX_SUMS)];
    MemoryPlan memory = memory();
    each(
        sums.length,
        (work, range) -> {
          work.partial = sums[range] = new Partial(plan);
          work.gradients = into;
          int last = (int) ((range + 1L) * blocks / sums.length);
          for (int block = (int) ((long) range * blocks / sums.length); block < last; block++) {
            sweep(work, block, cotangents, memory);
          }
        });
    for (int i = 1; i < sums.length; i++) {
      sums[0].add(sums[i]);
    }
    Reader reader = Reader.shared(inputs);
    for (int s = 0; s < shared.length; s++) {
      Step step = plan.steps().get(s);
      if (!step.perSample() && step.gatherSize() > 0) {
        addLanes(sums[0].gather[s]);
        step.differentiate(
            reader,
            sums[0].gather[s],
            (angle, lane, derivative) ->
                sums[0].weights[angle.index()] +=
                    angle.source() == Angle.Source.WEIGHT ? angle.scale() * derivative : 0);
      }
    }
    System.arraycopy(sums[0].weights, 0, into.weights(), 0, into.weights().length);
    System.arraycopy(
        sums[0].hermitianEntries, 0, into.hermitianEntries(), 0, into.hermitianEntries().length);
  }

  private static void addLanes(double[] gather) {
    for (int at = 0; at < gather.length; at += Kernels.LANES) {
      for (int l = 1; l < Kernels.LANES; l++) {
        gather[at] += gather[at + l];
      }
    }
  }

  private void sweep(Workspace work, int block, double[] cotangents, MemoryPlan memory) {
    int steps = plan.steps().size();
    begin(work, block);
    if (keeps) {
      System.arraycopy(kept[block][plan.kept().count()], 0, work.r, 0, work.r.length);
      beginBackward(work, cotangents);
      backward(work, 0, steps, kept[block], plan.kept().count());
    } else {
      List<Integer> starts = plan.kept().segments(Math.max(1, memory.segment()));
      int last = starts.size() - 1;
      work.tape = room(work.tape, Math.max(1, memory.segment()));
      work.boundaries = room(work.boundaries, last);
      for (int i = 0; i < last; i++) {
        System.arraycopy(work.r, 0, work.boundaries[i], 0, work.r.length);
        run(work, starts.get(i), starts.get(i + 1), null, 0);
      }
      run(work, starts.get(last), steps, work.tape, 0);
      beginBackward(work, cotangents);
      backward(
          work, starts.get(last), steps, work.tape, plan.kept().count(starts.get(last), steps));
      for (int i = last - 1; i >= 0; i--) {
        System.arraycopy(work.boundaries[i], 0, work.r, 0, work.r.length);
        run(work, starts.get(i), starts.get(i + 1), work.tape, 0);
        backward(
            work,
            starts.get(i),
            starts.get(i + 1),
            work.tape,
            plan.kept().count(starts.get(i), starts.get(i + 1)));
      }
    }
    plan.start().backward(work);
  }

  private double[][] room(double[][] old, int count) {
    if (old.length >= count) {
      return old;
    }
    return new double[count][plan.size() * Kernels.LANES];
  }

  private void beginBackward(Workspace work, double[] cotangents) {
    int width = plan.circuit().outputs();
    for (int l = 0; l < Kernels.LANES; l++) {
      for (int k = 0; k < width; k++) {
        // Lanes beyond the last sample count for nothing.
        work.lanes[k * Kernels.LANES + l] =
            l < work.reader.count() ? cotangents[work.reader.sample(l) * width + k] : 0;
      }
    }
    work.normalise();
    Arrays.fill(work.lambda, 0);
    Arrays.fill(work.readDerivatives, 0);
    Arrays.fill(work.probabilityDerivatives, 0);
    for (int o = 0; o < plan.readouts().size(); o++) {
      plan.readouts().get(o).backward(work, work.lanes);
    }
    work.denormalise();
  }

  /**
   * Takes some steps back.
   *
   * @param tape blocks before the kept steps among these
   * @param count number of them
   */
  private void backward(Workspace work, int from, int to, double[][] tape, int count) {
    int at = count;
    for (int s = to - 1; s >= from; s--) {
      Step step = plan.steps().get(s);
      boolean kept = plan.kept().at(s);
      if (kept) {
        System.arraycopy(tape[--at], 0, work.r, 0, work.r.length);
      }
      double[] gather = work.partial.gather[s];
      if (step.perSample()) {
        gather = work.gather;
        Arrays.fill(gather, 0);
      }
      step.backward(work, coefficients(work, s), !kept, gather);
      if (step.perSample()) {
        step.differentiate(work.reader, gather, work);
      }
    }
  }

  /** Work on a block or a range, with a workspace. */
  private interface Task {
    void run(Workspace work, int number);
  }

  private void each(int count, Task task) {
    IntConsumer withWorkspace =
        number -> {
          Workspace taken = workspaces.poll();
          Workspace work = taken == null ? new Workspace(plan) : taken;
          try {
            task.run(work, number);
          } finally {
            work.release();
            workspaces.add(work);
          }
        };
    workers.run(count, withWorkspace);
  }
}
