package org.ketloom.engine.trajectories;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.engine.Estimates;
import org.ketloom.api.engine.Evaluation;
import org.ketloom.api.engine.ExecutionPlan;
import org.ketloom.api.engine.Gradients;
import org.ketloom.api.engine.Inputs;
import org.ketloom.api.engine.Program;
import org.ketloom.api.engine.Shots;

/** A circuit whose values are means over trajectories. */
final class TrajectoryProgram implements Program {
  /** Numbers of all states of a chunk. */
  private static final int MAX_NUMBERS = 1 << 22;

  private static final int MAX_ROWS = 8192;

  private final Unraveller.Plan plan;
  private final Shots trajectories;

  TrajectoryProgram(Unraveller.Plan plan, Shots trajectories) {
    this.plan = plan;
    this.trajectories = trajectories;
  }

  @Override
  public Circuit circuit() {
    return plan.circuit();
  }

  /** Of all trajectories of a sample, without what draws and applies branches. */
  @Override
  public ExecutionPlan plan() {
    int count = trajectories.count();
    List<ExecutionPlan.Stage> stages = new ArrayList<>();
    List<String> left = new ArrayList<>();
    long buffers = 0;
    String kernels = "";
    for (Segment segment : plan.segments()) {
      ExecutionPlan pure = segment.program().plan();
      for (ExecutionPlan.Stage stage : pure.stages()) {
        stages.add(
            new ExecutionPlan.Stage(
                stage.gates(),
                stage.kernel(),
                stage.group(),
                count * stage.flops(),
                count * stage.bytes()));
      }
      left.addAll(pure.left());
      buffers = Math.max(buffers, (long) pure.leastBytes(rowsOfAChunk()));
      kernels = pure.kernels();
    }
    left.add("the backward sweep runs the same trajectories again: their states are not kept");
    long states = (2L << circuit().wires()) * plan.segments().size() * Double.BYTES;
    return new ExecutionPlan(
        String.format(
            Locale.ROOT,
            "%d trajectories of each sample, %d %s of pure states; %s",
            count,
            plan.segments().size(),
            plan.segments().size() == 1 ? "segment" : "segments",
            kernels),
        stages,
        left,
        buffers + rowsOfAChunk() * states,
        0,
        1,
        2L * (circuit().features() + circuit().sampleAngles() + circuit().outputs()));
  }

  @Override
  public Program withTrajectories(int count, long seed) {
    return new TrajectoryProgram(plan, TrajectoryEngine.trajectories(count, seed));
  }

  @Override
  public double[] values(Inputs inputs) {
    return estimates(inputs).values();
  }

  @Override
  public Estimates estimates(Inputs inputs) {
    inputs.requireShape(circuit());
    Sums sums = new Sums(inputs.batch());
    each(inputs, sums::add);
    return sums.estimates();
  }

  @Override
  public Evaluation evaluate(Inputs inputs) {
    TrajectoryEvaluation evaluation = new TrajectoryEvaluation();
    evaluation.update(inputs);
    return evaluation;
  }

  /** Work on some rows. */
  private interface Task {
    void accept(Chunk chunk, double[] outputs, int from);
  }

  private void each(Inputs inputs, Task task) {
    int rows = Math.multiplyExact(inputs.batch(), trajectories.count());
    int size = rowsOfAChunk();
    for (int from = 0; from < rows; from += size) {
      Chunk chunk = new Chunk(plan, inputs, trajectories, from, Math.min(size, rows - from));
      task.accept(chunk, chunk.outputs(), from);
    }
  }

  private int rowsOfAChunk() {
    long numbers = (2L << circuit().wires()) * plan.segments().size();
    return (int) Math.max(1, Math.min(MAX_ROWS, MAX_NUMBERS / numbers));
  }

  /** Sums of the rows' outputs and of their squares, each about the first row of its sample. */
  private final class Sums {
    private final int width = circuit().outputs();
    private final double[] first;
    private final double[] sums;
    private final double[] squares;

    Sums(int batch) {
      first = new double[Math.multiplyExact(batch, width)];
      sums = new double[first.length];
      squares = new double[first.length];
    }

    void add(Chunk chunk, double[] outputs, int from) {
      for (int i = 0; i < outputs.length; i++) {
        int row = from + i / width;
        int at = row / trajectories.count() * width + i % width;
        if (row % trajectories.count() == 0) {
          first[at] = outputs[i];
        }
        double off = outputs[i] - first[at];
        sums[at] += off;
        squares[at] += off * off;
      }
    }

    Estimates estimates() {
      int count = trajectories.count();
      double[] values = new double[sums.length];
      double[] errors = new double[sums.length];
      for (int i = 0; i < sums.length; i++) {
        double mean = sums[i] / count;
        values[i] = first[i] + mean;
        errors[i] = Math.sqrt(Math.max(0, squares[i] / count - mean * mean) / (count - 1));
      }
      return new Estimates(values, errors);
    }
  }

  private final class TrajectoryEvaluation implements Evaluation {
    private final AtomicBoolean busy = new AtomicBoolean();
    private Inputs inputs = Inputs.of(0, new double[0], new double[0]);
    private double[] outputs = {};

    @Override
    public double[] outputs() {
      return outputs;
    }

    @Override
    public void update(Inputs given) {
      enter();
      try {
        outputs = values(given);
        inputs = given;
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

    /** Runs the same trajectories again: their states would fill the memory. */
    @Override
    public void vjp(double[] cotangents, Gradients into) {
      into.requireShape(circuit(), inputs.batch());
      Inputs.requireLength("cotangents", cotangents, inputs.batch(), circuit().outputs());
      Inputs.requireFiniteRows("cotangent", cotangents, circuit().outputs());
      enter();
      try {
        Arrays.fill(into.features(), 0);
        Arrays.fill(into.weights(), 0);
        Arrays.fill(into.sampleAngles(), 0);
        Arrays.fill(into.hermitianEntries(), 0);
        each(inputs, (chunk, values, from) -> chunk.backward(cotangents, into));
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
