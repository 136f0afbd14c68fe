package org.ketloom.engine.trajectories;

import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.ketloom.api.circuit.Angle;
import org.ketloom.api.circuit.HaarPreparation;
import org.ketloom.api.circuit.Operation;
import org.ketloom.api.engine.Evaluation;
import org.ketloom.api.engine.Gradients;
import org.ketloom.api.engine.Inputs;
import org.ketloom.api.engine.Shots;
import org.ketloom.api.random.SplitMix64;

/**
 * Some trajectories of a call. Trajectories of a sample for which the same branches are drawn are
 * one row, which counts as often.
 */
final class Chunk implements SweepRun.Source {
  private static final double SMALLEST_NORM = 1e-200;
  private static final double[] NO_NUMBERS = {};

  /** By their numbers in a string. */
  private static final double[][] PAULIS = {
    SweepRun.IDENTITY,
    {0, 0, 1, 0, 1, 0, 0, 0},
    {0, 0, 0, -1, 0, 1, 0, 0},
    {1, 0, 0, 0, 0, 0, -1, 0}
  };

  private final Unraveller.Plan plan;
  private final Inputs inputs;
  private final Shots trajectories;
  private final List<Piece> pieces;

  /** For each unravelling the branches: of all samples, or of each where strengths differ. */
  private final Unravelling.Branches[][] branches;

  /** For each unravelling and row, the branch that was drawn. */
  private final int[][] drawn;

  /** Of each row. */
  private final int[] samples;

  private final int[] counts;

  /** The row of each trajectory, piece by piece. */
  private final int[] rowOf;

  private int rows;

  /** Weight of each row, and the squared norm after the sweep. */
  private final double[] weights;

  private final double[] norms;

  /** Matrices of the sweep's gates, by step: of all samples, or of each; then of derivatives. */
  private final double[][][] gates;

  private final double[][][][] derivatives;

  /** What is drawn, and what becomes of it. */
  private final long[][] bits;

  private final Room.Rooms rooms;

  private final List<Evaluation> evaluations = new ArrayList<>();
  private double[] outputs = {};

  /**
   * A chunk that has nothing drawn yet.
   *
   * @param rooms which no other chunk uses at the same time
   */
  Chunk(
      Unraveller.Plan plan,
      Inputs inputs,
      Shots trajectories,
      List<Piece> pieces,
      Room.Rooms rooms) {
    this.plan = plan;
    this.rooms = rooms;
    this.inputs = inputs;
    this.trajectories = trajectories;
    this.pieces = List.copyOf(pieces);
    int most = pieces.stream().mapToInt(Piece::count).sum();
    int count = plan.unravellings().size();
    this.branches = new Unravelling.Branches[count][];
    for (int u = 0; u < count; u++) {
      branches[u] =
          new Unravelling.Branches[plan.unravellings().get(u).perSample() ? inputs.batch() : 1];
    }
    this.drawn = new int[count][most];
    this.norms = new double[plan.sweep().isPresent() ? most : 0];
    int steps = plan.sweep().map(sweep -> sweep.steps().size()).orElse(0);
    this.gates = new double[steps][][];
    this.derivatives = new double[steps][][][];
    this.weights = new double[most];
    this.samples = new int[most];
    this.counts = new int[most];
    this.rowOf = new int[most];
    this.bits = plan.frame().zeros(most);
  }

  List<Piece> pieces() {
    return pieces;
  }

  /** Row of a trajectory, of which those of all pieces are counted. */
  int row(int trajectory) {
    return rowOf[trajectory];
  }

  /** Draws all branches; a trajectory's depend on the seed and its own numbers alone. */
  private void draw() {
    int[] key = new int[1 + 2 * drawn.length];
    int at = 0;
    for (Piece piece : pieces) {
      Map<IntBuffer, Integer> known = new HashMap<>();
      Unravelling.Branches[] own = new Unravelling.Branches[drawn.length];
      for (int u = 0; u < own.length; u++) {
        own[u] = branches(u, piece.sample());
      }
      for (int t = piece.first(); t < piece.first() + piece.count(); t++) {
        SplitMix64 random = new SplitMix64(trajectories.at(piece.sample(), t).seed());
        int length = 0;
        key[length++] = random.nextInt(1 << plan.startBits().size());
        for (int u = 0; u < own.length; u++) {
          int branch = draw(own[u].probabilities(), random.nextDouble());
          if (branch != 0) {
            key[length++] = u;
            key[length++] = branch;
          }
        }
        Integer row = known.get(IntBuffer.wrap(key, 0, length));
        if (row == null) {
          row = rows++;
          int[] copy = Arrays.copyOf(key, length);
          known.put(IntBuffer.wrap(copy), row);
          begin(row, piece.sample(), copy, own);
        }
        counts[row]++;
        rowOf[at++] = row;
      }
    }
    plan.frame().apply(bits);
  }

  /**
   * Begins a row.
   *
   * @param key the start's bits, then numbers of unravellings and branches in turn; others are 0
   */
  private void begin(int row, int sample, int[] key, Unravelling.Branches[] own) {
    samples[row] = sample;
    for (int i = 0; i < plan.startBits().size(); i++) {
      set(plan.startBits().get(i), row, key[0] >> i);
    }
    for (int i = 1; i < key.length; i += 2) {
      int u = key[i];
      int branch = key[i + 1];
      drawn[u][row] = branch;
      Unravelling unravelling = plan.unravellings().get(u);
      boolean framed = plan.firstBits().get(u) != PauliFrame.ZERO;
      int wires = framed ? unravelling.wires().size() : 0;
      for (int w = 0; w < wires; w++) {
        int digit = branch >> 2 * (wires - 1 - w);
        int to = plan.firstBits().get(u) + 2 * w;
        // 1 is X, 2 is Y, 3 is Z.
        set(to, row, digit ^ digit >> 1);
        set(to + 1, row, digit >> 1);
      }
    }
    double weight = 1;
    for (int u = 0; u < own.length; u++) {
      weight *= own[u].weights()[drawn[u][row]];
    }
    weights[row] = weight;
  }

  private void set(int bitRow, int row, int bit) {
    if ((bit & 1) == 1) {
      BitMoves.set(bits[bitRow], row);
    }
  }

  private Unravelling.Branches branches(int number, int sample) {
    Unravelling.Branches[] all = branches[number];
    int at = all.length == 1 ? 0 : sample;
    if (all[at] == null) {
      all[at] = branches(plan.unravellings().get(number), sample);
    }
    return all[at];
  }

  private Unravelling.Branches branches(Unravelling unravelling, int sample) {
    double[] read = unravelling.strengths().stream().mapToDouble(s -> read(s, sample)).toArray();
    try {
      return unravelling.branches(read);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("sample " + sample + ": " + e.getMessage(), e);
    }
  }

  private double read(Angle angle, int sample) {
    double value =
        switch (angle.source()) {
          case CONSTANT -> 0;
          case WEIGHT -> inputs.weights()[angle.index()];
          case FEATURE -> inputs.features()[sample * plan.circuit().features() + angle.index()];
          case SAMPLE ->
              inputs.sampleAngles()[sample * plan.circuit().sampleAngles() + angle.index()];
        };
    return angle.scale() * value + angle.offset();
  }

  private static int draw(double[] probabilities, double uniform) {
    double rest = uniform;
    int last = 0;
    for (int k = 0; k < probabilities.length; k++) {
      if (probabilities[k] > 0) {
        last = k;
        if (rest < probabilities[k]) {
          return k;
        }
      }
      rest -= probabilities[k];
    }
    // Rounding left a little beyond the last one.
    return last;
  }

  /** The rows' weighted outputs, row-major. */
  double[] values() {
    return run(false);
  }

  /** As {@link #values}, and keeps what {@link #backward} needs. */
  double[] evaluate() {
    return run(true);
  }

  private double[] run(boolean keeps) {
    draw();
    double[] read = segment(0, NO_NUMBERS, keeps);
    if (plan.sweep().isPresent()) {
      read = segment(1, sweep(read), keeps);
    }
    outputs = read(read);
    double[] weighted = outputs.clone();
    int width = plan.circuit().outputs();
    for (int i = 0; i < weighted.length; i++) {
      weighted[i] *= weights[i / width];
    }
    return weighted;
  }

  /** A segment's outputs. */
  private double[] segment(int number, double[] state, boolean keeps) {
    Inputs given = inputs(number, state);
    if (!keeps) {
      return plan.segments().get(number).program().values(given);
    }
    Evaluation evaluation = rooms.segments().get(number).evaluate(given);
    evaluations.add(evaluation);
    return evaluation.outputs();
  }

  /** The circuit's outputs from those of the last segment's program. */
  private double[] read(double[] from) {
    int width = plan.circuit().outputs();
    int count = plan.readings().size();
    double[] to = new double[rows * width];
    for (int k = 0; k < count; k++) {
      Segment.Reading reading = plan.readings().get(k);
      for (int r = 0; r < rows; r++) {
        to[r * width + reading.output()] += sign(reading.bits(), r) * from[r * count + k];
      }
    }
    return to;
  }

  private double sign(int bitRow, int row) {
    return bitRow != PauliFrame.ZERO && BitMoves.get(bits[bitRow], row) ? -1 : 1;
  }

  private Inputs inputs(int number, double[] state) {
    Segment segment = plan.segments().get(number);
    boolean first = number == 0;
    Inputs to =
        rooms
            .segments()
            .get(number)
            .inputs(
                rows,
                inputs.weights(),
                number == plan.last() ? inputs.hermitianEntries() : NO_NUMBERS);
    int given = plan.circuit().features();
    int width = segment.program().circuit().features();
    double[] features = to.features();
    int shared = plan.circuit().sampleAngles();
    int angleWidth = segment.program().circuit().sampleAngles();
    double[] angles = to.sampleAngles();
    double[] signed = new double[segment.signed().size()];
    for (int r = 0; r < rows; r++) {
      int b = samples[r];
      System.arraycopy(inputs.features(), b * given, features, r * width, given);
      if (segment.amplitudes()) {
        double[] from =
            first ? ((HaarPreparation) plan.circuit().start().orElseThrow()).amplitudes(b) : state;
        System.arraycopy(
            from, first ? 0 : r * (width - given), features, r * width + given, width - given);
      }
      int at = r * angleWidth;
      System.arraycopy(inputs.sampleAngles(), b * shared, angles, at, shared);
      for (int i = 0; i < signed.length; i++) {
        Segment.Signed angle = segment.signed().get(i);
        if (r == 0 || samples[r - 1] != b) {
          signed[i] = read(angle.angle(), b);
        }
        angles[at + angle.index()] = sign(angle.bits(), r) * signed[i];
      }
      for (Segment.Flip flip : segment.flips()) {
        angles[at + flip.index()] = BitMoves.get(bits[flip.bits()], r) ? Math.PI : 0;
      }
    }
    return to;
  }

  /** The states after the sweep; they aren't normalised, and their norms go into the weights. */
  private double[] sweep(double[] psi) {
    Room.SweepRoom room = rooms.sweep().orElseThrow();
    double[] phi = room.states(psi.length);
    for (int first = 0; first < rows; first += Kernels.LANES) {
      int count = Math.min(Kernels.LANES, rows - first);
      room.run().forward(this, psi, first, count, false);
      room.run().store(phi, first, count);
    }
    int width = 2 << plan.circuit().wires();
    for (int r = 0; r < rows; r++) {
      double norm = 0;
      for (int i = r * width; i < (r + 1) * width; i++) {
        norm += phi[i] * phi[i];
      }
      norms[r] = norm;
      weights[r] *= norm;
      if (norm < SMALLEST_NORM) {
        // Nothing is left of this trajectory: any state serves, with the weight 0.
        norms[r] = 0;
        weights[r] = 0;
        Arrays.fill(phi, r * width, (r + 1) * width, 0);
        phi[r * width] = 1;
      }
    }
    return phi;
  }

  @Override
  public double[] matrix(int number, int row) {
    SweepStep step = plan.sweep().orElseThrow().steps().get(number);
    if (step.gate().isEmpty()) {
      int branch = drawn[step.unravelling()][row];
      return step.digit() < 0
          ? branches(step.unravelling(), samples[row]).matrices().get(branch)
          : PAULIS[branch >> 2 * step.digit() & 3];
    }
    Operation gate = step.gate().get();
    double[][] all = gates[number];
    if (all == null) {
      all = new double[perSample(gate) ? inputs.batch() : 1][];
      gates[number] = all;
    }
    int at = all.length == 1 ? 0 : samples[row];
    if (all[at] == null) {
      all[at] = GateMatrix.of(gate, angles(gate, samples[row]));
    }
    return all[at];
  }

  private static boolean perSample(Operation gate) {
    return gate.angles().stream()
        .anyMatch(a -> a.source() == Angle.Source.FEATURE || a.source() == Angle.Source.SAMPLE);
  }

  private double[] angles(Operation gate, int sample) {
    return gate.angles().stream().mapToDouble(angle -> read(angle, sample)).toArray();
  }

  /** Derivatives of a gate's matrix by each of its angles. */
  private double[][] derivatives(int number, Operation gate, int sample) {
    double[][][] all = derivatives[number];
    if (all == null) {
      all = new double[perSample(gate) ? inputs.batch() : 1][][];
      derivatives[number] = all;
    }
    int at = all.length == 1 ? 0 : sample;
    if (all[at] == null) {
      double[] angles = angles(gate, sample);
      all[at] = new double[angles.length][];
      for (int a = 0; a < angles.length; a++) {
        all[at][a] = GateMatrix.derivative(gate, angles, a);
      }
    }
    return all[at];
  }

  @Override
  public void differentiate(int number, int row, double[] g, Gradients into) {
    SweepStep step = plan.sweep().orElseThrow().steps().get(number);
    int sample = samples[row];
    if (step.gate().isPresent()) {
      List<Angle> angles = step.gate().get().angles();
      for (int a = 0; a < angles.size(); a++) {
        double[] by = derivatives(number, step.gate().get(), sample)[a];
        add(angles.get(a), sample, dot(g, by), into);
      }
      return;
    }
    Unravelling.Branches b = branches(step.unravelling(), sample);
    double derivative = dot(g, b.changes().get(drawn[step.unravelling()][row]));
    List<Angle> strengths = plan.unravellings().get(step.unravelling()).strengths();
    for (int i = 0; i < strengths.size(); i++) {
      add(strengths.get(i), sample, derivative * b.damping()[i], into);
    }
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < b.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  /**
   * Adds the gradients of the means of the rows' outputs.
   *
   * @param cotangents row-major {@code [batch][outputs]}
   */
  void backward(double[] cotangents, Gradients into) {
    int width = plan.circuit().outputs();
    int count = plan.readings().size();
    double[] weighted = new double[rows * count];
    double[] byWeight = new double[rows];
    for (int r = 0; r < rows; r++) {
      double share = (double) counts[r] / trajectories.count();
      int from = samples[r] * width;
      for (int k = 0; k < width; k++) {
        byWeight[r] += share * cotangents[from + k] * weights[r] * outputs[r * width + k];
      }
      for (int k = 0; k < count; k++) {
        Segment.Reading reading = plan.readings().get(k);
        weighted[r * count + k] =
            share * cotangents[from + reading.output()] * weights[r] * sign(reading.bits(), r);
      }
    }
    for (int u = 0; u < drawn.length; u++) {
      factors(u, byWeight, into);
    }
    int last = plan.last();
    Gradients found = rooms.segments().get(last).gradients(rows, weighted);
    add(found, last, into);
    if (last > 0) {
      double[] before = sweepBack(found.features(), byWeight, into);
      add(rooms.segments().get(0).gradients(rows, before), 0, into);
    }
  }

  /** Through the factors c_k of the drawn branches. */
  private void factors(int number, double[] byWeight, Gradients into) {
    Unravelling unravelling = plan.unravellings().get(number);
    for (int r = 0; unravelling.varies() && r < rows; r++) {
      Unravelling.Branches b = branches(number, samples[r]);
      int k = drawn[number][r];
      for (int i = 0; i < unravelling.strengths().size(); i++) {
        double derivative = byWeight[r] / b.factors()[k] * b.derivatives()[k][i];
        add(unravelling.strengths().get(i), samples[r], derivative, into);
      }
    }
  }

  /** Takes the derivatives by the states after the sweep to those by the states before it. */
  private double[] sweepBack(double[] features, double[] byWeight, Gradients into) {
    Room.SweepRoom room = rooms.sweep().orElseThrow();
    double[] psi = evaluations.get(0).outputs();
    double[] phi = room.states(psi.length);
    double[] gradient = room.derivatives();
    int width = 2 << plan.circuit().wires();
    int given = plan.circuit().features();
    for (int r = 0; r < rows; r++) {
      for (int i = 0; i < width; i++) {
        // The weight holds the squared norm.
        gradient[r * width + i] =
            norms[r] == 0
                ? 0
                : features[r * (given + width) + given + i]
                    + 2 * byWeight[r] / norms[r] * phi[r * width + i];
      }
    }
    for (int first = 0; first < rows; first += Kernels.LANES) {
      int count = Math.min(Kernels.LANES, rows - first);
      room.run().forward(this, psi, first, count, true);
      room.run().backward(this, gradient, first, count, into);
    }
    return gradient;
  }

  private void add(Angle angle, int sample, double derivative, Gradients into) {
    double value = angle.scale() * derivative;
    switch (angle.source()) {
      case CONSTANT -> {}
      case WEIGHT -> into.weights()[angle.index()] += value;
      case FEATURE -> into.features()[sample * plan.circuit().features() + angle.index()] += value;
      case SAMPLE ->
          into.sampleAngles()[sample * plan.circuit().sampleAngles() + angle.index()] += value;
    }
  }

  private void add(Gradients found, int number, Gradients into) {
    Segment segment = plan.segments().get(number);
    addRows(found.features(), plan.circuit().features(), into.features());
    addRows(found.sampleAngles(), plan.circuit().sampleAngles(), into.sampleAngles());
    addAll(found.weights(), into.weights());
    int width = segment.program().circuit().sampleAngles();
    for (Segment.Signed signed : segment.signed()) {
      for (int r = 0; signed.angle().source() != Angle.Source.CONSTANT && r < rows; r++) {
        double derivative = found.sampleAngles()[r * width + signed.index()];
        add(signed.angle(), samples[r], sign(signed.bits(), r) * derivative, into);
      }
    }
    if (number == plan.last()) {
      addAll(found.hermitianEntries(), into.hermitianEntries());
    }
  }

  private static void addAll(double[] from, double[] to) {
    for (int i = 0; i < to.length; i++) {
      to[i] += from[i];
    }
  }

  /** The first numbers of each row, to those of its sample. */
  private void addRows(double[] from, int width, double[] to) {
    int all = from.length / rows;
    for (int r = 0; r < rows; r++) {
      for (int i = 0; i < width; i++) {
        to[samples[r] * width + i] += from[r * all + i];
      }
    }
  }
}
