package org.ketloom.engine.trajectories;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.ketloom.api.circuit.Angle;
import org.ketloom.api.circuit.HaarPreparation;
import org.ketloom.api.engine.Evaluation;
import org.ketloom.api.engine.Gradients;
import org.ketloom.api.engine.Inputs;
import org.ketloom.api.engine.Shots;
import org.ketloom.api.random.SplitMix64;

/** Some trajectories of a call: row r is a trajectory of a sample. */
final class Chunk {
  private static final double SMALLEST_NORM = 1e-200;

  private final Unraveller.Plan plan;
  private final Inputs inputs;
  private final Shots trajectories;
  private final int from;
  private final int rows;

  /** For each unravelling and sample, the branches; and for each row, the one that was drawn. */
  private final Unravelling.Branches[][] branches;

  private final int[][] drawn;

  /** Weight of each row, and the squared norm after each jump. */
  private final double[] weights;

  private final double[][] norms;

  /** Basis states that mixed wires start in. */
  private final int[] starts;

  private final List<Evaluation> evaluations = new ArrayList<>();

  /**
   * Makes it.
   *
   * @param from number of the first row, counted through all samples' trajectories
   */
  Chunk(Unraveller.Plan plan, Inputs inputs, Shots trajectories, int from, int rows) {
    this.plan = plan;
    this.inputs = inputs;
    this.trajectories = trajectories;
    this.from = from;
    this.rows = rows;
    int count = plan.unravellings().size();
    this.branches = new Unravelling.Branches[count][inputs.batch()];
    this.drawn = new int[count][rows];
    this.norms = new double[count][];
    this.weights = new double[rows];
    this.starts = new int[rows];
  }

  private int sample(int row) {
    return (from + row) / trajectories.count();
  }

  /** Draws all branches; a row's depend on the seed and its own numbers alone. */
  private void draw() {
    Arrays.fill(weights, 1);
    for (int r = 0; r < rows; r++) {
      int b = sample(r);
      int trajectory = (from + r) % trajectories.count();
      SplitMix64 random = new SplitMix64(trajectories.at(b, trajectory).seed());
      starts[r] = random.nextInt(1 << plan.mixedWires().size());
      for (int u = 0; u < drawn.length; u++) {
        if (branches[u][b] == null) {
          branches[u][b] = branches(plan.unravellings().get(u), b);
        }
        drawn[u][r] = draw(branches[u][b].probabilities(), random.nextDouble());
        weights[r] *=
            branches[u][b].factors()[drawn[u][r]] / branches[u][b].probabilities()[drawn[u][r]];
      }
    }
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
  double[] outputs() {
    draw();
    evaluations.clear();
    double[] state = {};
    for (int s = 0; s < plan.segments().size(); s++) {
      Segment segment = plan.segments().get(s);
      Evaluation evaluation = segment.program().evaluate(inputs(segment, s == 0, state));
      evaluations.add(evaluation);
      if (segment.jump().isPresent()) {
        state = jump(segment.jump().get(), evaluation.outputs());
      }
    }
    int width = plan.circuit().outputs();
    double[] outputs = evaluations.get(evaluations.size() - 1).outputs().clone();
    for (int i = 0; i < outputs.length; i++) {
      outputs[i] *= weights[i / width];
    }
    return outputs;
  }

  private Inputs inputs(Segment segment, boolean first, double[] state) {
    int given = plan.circuit().features();
    int width = segment.program().circuit().features();
    double[] features = new double[Math.multiplyExact(rows, width)];
    int shared = plan.circuit().sampleAngles();
    int angleWidth = segment.program().circuit().sampleAngles();
    double[] angles = new double[Math.multiplyExact(rows, angleWidth)];
    for (int r = 0; r < rows; r++) {
      int b = sample(r);
      System.arraycopy(inputs.features(), b * given, features, r * width, given);
      if (segment.amplitudes()) {
        double[] from =
            first ? ((HaarPreparation) plan.circuit().start().orElseThrow()).amplitudes(b) : state;
        System.arraycopy(
            from, first ? 0 : r * (width - given), features, r * width + given, width - given);
      }
      int at = r * angleWidth;
      System.arraycopy(inputs.sampleAngles(), b * shared, angles, at, shared);
      for (int i = 0; first && i < plan.mixedWires().size(); i++) {
        angles[at + shared + i] = (starts[r] >> i & 1) * Math.PI;
      }
      for (Segment.Flip flip : segment.flips()) {
        int wires = plan.unravellings().get(flip.unravelling()).wires().size();
        for (int i = 0; i < wires; i++) {
          int digit = drawn[flip.unravelling()][r] >> 2 * (wires - 1 - i) & 3;
          int to = at + flip.firstAngle() + 2 * i;
          // Y is X and Z, apart from a phase.
          angles[to] = digit == 1 || digit == 2 ? Math.PI : 0;
          angles[to + 1] = digit >= 2 ? Math.PI : 0;
        }
      }
    }
    return new Inputs(
        rows,
        features,
        inputs.weights(),
        angles,
        segment.jump().isPresent() ? new double[0] : inputs.hermitianEntries());
  }

  /** The states after a jump; they aren't normalised, and their norms go into the weights. */
  private double[] jump(int number, double[] psi) {
    Unravelling unravelling = plan.unravellings().get(number);
    double[] phi = new double[psi.length];
    norms[number] = new double[rows];
    int width = psi.length / rows;
    for (int r = 0; r < rows; r++) {
      double[] matrix = branches[number][sample(r)].matrices().get(drawn[number][r]);
      Jumps.apply(matrix, unravelling.wires(), plan.circuit().wires(), psi, phi, r * width, false);
      double norm = 0;
      for (int i = r * width; i < (r + 1) * width; i++) {
        norm += phi[i] * phi[i];
      }
      norms[number][r] = norm;
      weights[r] *= norm;
      if (norm < SMALLEST_NORM) {
        // Nothing is left of this branch: any state serves, with the weight 0.
        norms[number][r] = 0;
        weights[r] = 0;
        Arrays.fill(phi, r * width, (r + 1) * width, 0);
        phi[r * width] = 1;
      }
    }
    return phi;
  }

  /**
   * Adds the gradients of the means of the rows' outputs.
   *
   * @param cotangents row-major {@code [batch][outputs]}
   */
  void backward(double[] cotangents, Gradients into) {
    int width = plan.circuit().outputs();
    int last = plan.segments().size() - 1;
    double[] outputs = evaluations.get(last).outputs();
    double[] weighted = new double[rows * width];
    double[] byWeight = new double[rows];
    for (int r = 0; r < rows; r++) {
      for (int k = 0; k < width; k++) {
        double share = cotangents[sample(r) * width + k] / trajectories.count();
        weighted[r * width + k] = share * weights[r];
        byWeight[r] += share * weights[r] * outputs[r * width + k];
      }
    }
    for (int u = 0; u < drawn.length; u++) {
      factors(u, byWeight, into);
    }
    for (int s = last; s >= 0; s--) {
      Segment segment = plan.segments().get(s);
      Gradients found = evaluations.get(s).vjp(weighted);
      add(found, segment, into);
      if (s > 0) {
        int jump = plan.segments().get(s - 1).jump().orElseThrow();
        weighted =
            jumpBack(jump, found.features(), evaluations.get(s - 1).outputs(), byWeight, into);
      }
    }
  }

  /** Through the factors c_k of the drawn branches. */
  private void factors(int number, double[] byWeight, Gradients into) {
    Unravelling unravelling = plan.unravellings().get(number);
    for (int r = 0; unravelling.varies() && r < rows; r++) {
      Unravelling.Branches b = branches[number][sample(r)];
      int k = drawn[number][r];
      for (int i = 0; i < unravelling.strengths().size(); i++) {
        double derivative = byWeight[r] / b.factors()[k] * b.derivatives()[k][i];
        add(unravelling.strengths().get(i), sample(r), derivative, into);
      }
    }
  }

  /** Takes the derivatives by the states after a jump to those by the states before it. */
  private double[] jumpBack(
      int number, double[] features, double[] psi, double[] byWeight, Gradients into) {
    Unravelling unravelling = plan.unravellings().get(number);
    int wires = plan.circuit().wires();
    int width = 2 << wires;
    int given = plan.circuit().features();
    double[] before = new double[rows * width];
    double[] phi = new double[rows * width];
    double[] gradient = new double[rows * width];
    for (int r = 0; r < rows; r++) {
      if (norms[number][r] == 0) {
        continue;
      }
      Unravelling.Branches b = branches[number][sample(r)];
      double[] matrix = b.matrices().get(drawn[number][r]);
      int at = r * width;
      Jumps.apply(matrix, unravelling.wires(), wires, psi, phi, at, false);
      for (int i = 0; i < width; i++) {
        // The weight holds the squared norm.
        gradient[at + i] =
            features[r * (given + width) + given + i]
                + 2 * byWeight[r] / norms[number][r] * phi[at + i];
      }
      Jumps.apply(matrix, unravelling.wires(), wires, gradient, before, at, true);
      if (unravelling.varies()) {
        double[] change = b.changes().get(drawn[number][r]);
        Jumps.apply(change, unravelling.wires(), wires, psi, phi, at, false);
        double derivative = 0;
        for (int i = at; i < at + width; i++) {
          derivative += gradient[i] * phi[i];
        }
        for (int i = 0; i < unravelling.strengths().size(); i++) {
          add(unravelling.strengths().get(i), sample(r), derivative * b.damping()[i], into);
        }
      }
    }
    return before;
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

  private void add(Gradients found, Segment segment, Gradients into) {
    addRows(found.features(), plan.circuit().features(), into.features());
    addRows(found.sampleAngles(), plan.circuit().sampleAngles(), into.sampleAngles());
    addAll(found.weights(), into.weights());
    if (segment.jump().isEmpty()) {
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
        to[sample(r) * width + i] += from[r * all + i];
      }
    }
  }
}
