package org.ketloom.engine.trajectories;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
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

  /** Memory of a call that has returned, for the next one. */
  private final AtomicReference<Optional<Room.Rooms>> spare;

  TrajectoryProgram(Unraveller.Plan plan, Shots trajectories) {
    this(plan, trajectories, new AtomicReference<>(Optional.empty()));
  }

  private TrajectoryProgram(
      Unraveller.Plan plan, Shots trajectories, AtomicReference<Optional<Room.Rooms>> spare) {
    this.plan = plan;
    this.trajectories = trajectories;
    this.spare = spare;
  }

  @Override
  public Circuit circuit() {
    return plan.circuit();
  }

  /**
   * Of all trajectories of a sample, as if each were run, without what draws and applies branches.
   */
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
    plan.sweep().ifPresent(sweep -> stages.add(stage(sweep, count)));
    long states = plan.numbersPerRow() * Double.BYTES;
    return new ExecutionPlan(
        String.format(
            Locale.ROOT,
            "%d trajectories of each sample, %s; %s",
            count,
            plan.sweep()
                .map(sweep -> "states that aren't normalised, " + sweep.kernels().describe())
                .orElse("pure states"),
            kernels),
        stages,
        left,
        buffers + rowsOfAChunk() * states,
        count * states,
        1,
        2L * (circuit().features() + circuit().sampleAngles() + circuit().outputs()));
  }

  /** As if each gate and each branch took a pass over the state: most of them share one. */
  private static ExecutionPlan.Stage stage(Sweep sweep, int count) {
    long flops = sweep.steps().stream().mapToLong(step -> 8L * step.places().length).sum();
    return new ExecutionPlan.Stage(
        sweep.steps().size() + " gates and branches of channels",
        "sweep of a matrix for each trajectory",
        -1,
        (double) count * flops,
        (double) count * sweep.steps().size() * 2 * (16L << sweep.wires()));
  }

  @Override
  public Program withSeed(long seed) {
    return new TrajectoryProgram(plan, trajectories.at(seed), spare);
  }

  @Override
  public Program withTrajectories(int count, long seed) {
    return new TrajectoryProgram(plan, TrajectoryEngine.shots(count, seed), spare);
  }

  @Override
  public double[] values(Inputs inputs) {
    return estimates(inputs).values();
  }

  @Override
  public Estimates estimates(Inputs inputs) {
    inputs.requireShape(circuit());
    Sums sums = new Sums(inputs.batch());
    Room.Rooms rooms = spare.getAndSet(Optional.empty()).orElseGet(() -> Room.Rooms.of(plan));
    for (List<Piece> pieces : pieces(inputs.batch())) {
      Chunk chunk = chunk(inputs, pieces, rooms);
      sums.add(chunk, chunk.values());
    }
    spare.set(Optional.of(rooms));
    return sums.estimates();
  }

  @Override
  public Evaluation evaluate(Inputs inputs) {
    TrajectoryEvaluation evaluation = new TrajectoryEvaluation();
    evaluation.update(inputs);
    return evaluation;
  }

  /**
   * Trajectories in chunks, samples in their order; those of one sample are cut at the same places
   * whatever else is in the batch.
   */
  private List<List<Piece>> pieces(int batch) {
    int most = rowsOfAChunk();
    List<List<Piece>> chunks = new ArrayList<>();
    List<Piece> pieces = new ArrayList<>();
    int rows = 0;
    for (int b = 0; b < batch; b++) {
      for (int first = 0; first < trajectories.count(); first += most) {
        int count = Math.min(most, trajectories.count() - first);
        if (rows + count > most) {
          chunks.add(pieces);
          pieces = new ArrayList<>();
          rows = 0;
        }
        pieces.add(new Piece(b, first, count));
        rows += count;
      }
    }
    chunks.add(pieces);
    return chunks;
  }

  private Chunk chunk(Inputs inputs, List<Piece> pieces, Room.Rooms rooms) {
    return new Chunk(plan, inputs, trajectories, pieces, rooms);
  }

  /** Whether the final states of a batch's trajectories may be kept for the backward sweep. */
  private boolean keeps(int batch) {
    return (double) plan.numbersPerRow() * batch * trajectories.count() * Double.BYTES
        <= Runtime.getRuntime().maxMemory() / 8.0;
  }

  private int rowsOfAChunk() {
    return (int) Math.max(1, Math.min(MAX_ROWS, MAX_NUMBERS / plan.numbersPerRow()));
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

    void add(Chunk chunk, double[] outputs) {
      int number = 0;
      for (Piece piece : chunk.pieces()) {
        int to = piece.sample() * width;
        for (int t = piece.first(); t < piece.first() + piece.count(); t++) {
          int from = chunk.row(number++) * width;
          for (int k = 0; k < width; k++) {
            if (t == 0) {
              first[to + k] = outputs[from + k];
            }
            double off = outputs[from + k] - first[to + k];
            sums[to + k] += off;
            squares[to + k] += off * off;
          }
        }
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

    /** Of each chunk, or of one after another where states aren't kept. */
    private final List<Room.Rooms> rooms = new ArrayList<>();

    /** All chunks of the inputs, if their states are kept. */
    private final List<Chunk> kept = new ArrayList<>();

    @Override
    public double[] outputs() {
      return outputs;
    }

    @Override
    public void update(Inputs given) {
      enter();
      try {
        given.requireShape(circuit());
        // If these inputs are refused, the sweep runs those of before again.
        kept.clear();
        boolean keeps = keeps(given.batch());
        List<Chunk> made = new ArrayList<>();
        Sums sums = new Sums(given.batch());
        for (List<Piece> pieces : pieces(given.batch())) {
          Chunk chunk = chunk(given, pieces, room(made.size()));
          sums.add(chunk, keeps ? chunk.evaluate() : chunk.values());
          if (keeps) {
            made.add(chunk);
          }
        }
        kept.addAll(made);
        outputs = sums.estimates().values();
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

    /** Where the states of all trajectories would fill the memory, it runs them again. */
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
        for (Chunk chunk : kept) {
          chunk.backward(cotangents, into);
        }
        if (kept.isEmpty()) {
          for (List<Piece> pieces : pieces(inputs.batch())) {
            Chunk chunk = chunk(inputs, pieces, room(0));
            chunk.evaluate();
            chunk.backward(cotangents, into);
          }
        }
      } finally {
        busy.set(false);
      }
    }

    private Room.Rooms room(int number) {
      if (number == rooms.size()) {
        rooms.add(Room.Rooms.of(plan));
      }
      return rooms.get(number);
    }

    private void enter() {
      if (!busy.compareAndSet(false, true)) {
        throw new IllegalStateException(
            "two threads use the same evaluation at once; let each evaluate the program itself");
      }
    }
  }
}
