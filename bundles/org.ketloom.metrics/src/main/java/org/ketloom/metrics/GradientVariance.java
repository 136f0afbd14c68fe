package org.ketloom.metrics;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.commons.math3.stat.regression.SimpleRegression;
import org.ketloom.api.circuit.Angles;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.circuit.Pauli;
import org.ketloom.api.circuit.PauliTerm;
import org.ketloom.api.engine.Evaluation;
import org.ketloom.api.engine.Inputs;
import org.ketloom.api.engine.Program;
import org.ketloom.api.engine.QuantumEngine;
import org.ketloom.api.part.Ansatz;
import org.ketloom.api.part.Encoding;
import org.ketloom.api.part.Uploads;
import org.ketloom.api.random.SplitMix64;

/**
 * Variance of gradients over random initialisations, by which barren plateaus show (McClean et al.,
 * "Barren plateaus in quantum neural network training landscapes", Nature Communications 2018): of
 * the expectation of Z on the first two qubits after the ansatz, from the state of zeros or an
 * encoding of random features. Angles are uniform on an interval around 0. Over the full circle the
 * variance of deep circuits falls like 2^-n; on narrow intervals it doesn't, but goes with the
 * square of the width, since angles of 0 are a stationary point.
 */
public final class GradientVariance {
  private static final int MAX_TOGETHER = 64;

  /** Groups of initialisations, each of which is left out once. */
  private static final int GROUPS = 20;

  /** Standard deviations on each side of a 95 % interval. */
  private static final double NORMAL_95 = 1.96;

  /**
   * A variance that was measured.
   *
   * @param variance mean over all angles of the variance over initialisations
   * @param error half the width of its 95 % confidence interval, by a delete-a-group jackknife over
   *     initialisations (Kott, "The Delete-a-Group Jackknife", Journal of Official Statistics
   *     2001), which takes into account that the gradients of one initialisation aren't
   *     independent; NaN for fewer than 3 initialisations
   */
  public record Estimate(double variance, double error) {}

  /**
   * How the variance falls with the number of qubits: variance = c 2^(-rate n), fitted to
   * logarithms by least squares.
   *
   * @param rate halvings per qubit; 0 where the variance doesn't fall
   * @param error half the width of the 95 % confidence interval of the rate; NaN for fewer than 3
   *     points
   * @param factor c
   */
  public record Fit(double rate, double error, double factor) {
    /** The fitted variance. */
    public double at(double qubits) {
      return factor * Math.pow(2, -rate * qubits);
    }
  }

  /** Sums over some of the initialisations, by angle. */
  private static final class Sums {
    private final double[] sums;
    private final double[] squares;
    private int count;

    Sums(int angles) {
      sums = new double[angles];
      squares = new double[angles];
    }

    void add(double[] gradients, int from) {
      for (int i = 0; i < sums.length; i++) {
        double gradient = gradients[from + i];
        sums[i] += gradient;
        squares[i] += gradient * gradient;
      }
      count++;
    }

    /** The mean variance, of all but those of a group. */
    double variance(Sums without) {
      int n = count - without.count;
      double variance = 0;
      for (int i = 0; i < sums.length; i++) {
        double sum = sums[i] - without.sums[i];
        variance += (squares[i] - without.squares[i] - sum * sum / n) / (n - 1);
      }
      return variance / sums.length;
    }
  }

  private GradientVariance() {}

  /** The variance that {@link #estimate} measures. */
  public static double of(
      QuantumEngine engine,
      Ansatz ansatz,
      int wires,
      int layers,
      double width,
      int samples,
      long seed) {
    return estimate(engine, ansatz, wires, layers, width, samples, seed).variance();
  }

  /**
   * The variance, over initialisations, of the derivative of the value with respect to an angle;
   * the mean over all angles of the ansatz.
   *
   * @param wires qubits, at least 2
   * @param layers of the ansatz, at least 1
   * @param width of the interval that angles are drawn from, in radians; 2 pi for the full circle
   * @param samples initialisations, at least 2
   * @param seed of the angles
   * @throws IllegalArgumentException if a number is out of range, or the engine can't run the
   *     circuit
   */
  public static Estimate estimate(
      QuantumEngine engine,
      Ansatz ansatz,
      int wires,
      int layers,
      double width,
      int samples,
      long seed) {
    return estimate(engine, Optional.empty(), ansatz, wires, layers, width, samples, seed);
  }

  /**
   * The same with an encoding, whose weights are drawn and differentiated as the ansatz's angles
   * are. Its features, as many as it takes, are drawn anew for each initialisation, uniformly from
   * -pi to pi.
   *
   * @param encoding puts features before the ansatz, or between its layers; empty for none
   * @throws IllegalArgumentException if a number is out of range, the parts don't fit together, or
   *     the engine can't run the circuit
   */
  public static Estimate estimate(
      QuantumEngine engine,
      Optional<Encoding> encoding,
      Ansatz ansatz,
      int wires,
      int layers,
      double width,
      int samples,
      long seed) {
    if (wires < 2 || layers < 1 || !(width > 0)) {
      throw new IllegalArgumentException(
          "at least 2 qubits, 1 layer and a positive width are expected, found "
              + wires
              + ", "
              + layers
              + " and "
              + width);
    }
    return estimate(engine, circuit(encoding, ansatz, wires, layers), width, samples, seed);
  }

  /**
   * The same of a circuit with a single output, over its per-sample angles, of which there is at
   * least one. Its features are drawn as those of an encoding.
   *
   * @throws IllegalArgumentException if it is another circuit, there are too few samples, or the
   *     engine can't run the circuit
   */
  public static Estimate estimate(
      QuantumEngine engine, Circuit circuit, double width, int samples, long seed) {
    Samples.require("the variance of gradients", "", samples, 2);
    if (circuit.outputs() != 1 || circuit.sampleAngles() < 1 || circuit.weights() > 0) {
      throw new IllegalArgumentException(
          "the variance of gradients is that of 1 output by per-sample angles, found a " + circuit);
    }
    Program program = engine.compile(circuit);
    int angles = program.circuit().sampleAngles();
    int features = program.circuit().features();
    Sums all = new Sums(angles);
    Sums[] groups = new Sums[Math.min(GROUPS, samples)];
    Arrays.setAll(groups, g -> new Sums(angles));
    SplitMix64 random = new SplitMix64(seed);
    SplitMix64 ofFeatures = new SplitMix64(SplitMix64.mix(seed));
    for (int from = 0; from < samples; from += MAX_TOGETHER) {
      int batch = Math.min(MAX_TOGETHER, samples - from);
      double[] drawn = random.doubles((long) batch * angles).map(u -> (u - 0.5) * width).toArray();
      double[] encoded = ofFeatures.doubles((long) batch * features, -Math.PI, Math.PI).toArray();
      Evaluation evaluation =
          program.evaluate(new Inputs(batch, encoded, new double[0], drawn, new double[0]));
      double[] ones = new double[batch];
      Arrays.fill(ones, 1);
      double[] gradients = evaluation.vjp(ones).sampleAngles();
      for (int b = 0; b < batch; b++) {
        all.add(gradients, b * angles);
        groups[(from + b) % groups.length].add(gradients, b * angles);
      }
    }
    return new Estimate(
        all.variance(new Sums(angles)), samples < 3 ? Double.NaN : error(all, groups));
  }

  private static double error(Sums all, Sums[] groups) {
    double[] left = Arrays.stream(groups).mapToDouble(all::variance).toArray();
    double mean = Arrays.stream(left).average().orElse(Double.NaN);
    double squares = Arrays.stream(left).map(v -> (v - mean) * (v - mean)).sum();
    return NORMAL_95 * Math.sqrt(squares * (groups.length - 1) / groups.length);
  }

  /**
   * Fits the fall of the variance.
   *
   * @param qubits numbers of qubits, at least two different ones
   * @param variances for each, positive
   */
  public static Fit fit(List<Integer> qubits, List<Double> variances) {
    SimpleRegression regression = new SimpleRegression();
    for (int i = 0; i < qubits.size(); i++) {
      regression.addData(qubits.get(i), Math.log(variances.get(i)) / Math.log(2));
    }
    return new Fit(
        -regression.getSlope(),
        qubits.size() < 3 ? Double.NaN : regression.getSlopeConfidenceInterval(0.05),
        Math.pow(2, regression.getIntercept()));
  }

  private static Circuit circuit(
      Optional<Encoding> encoding, Ansatz ansatz, int wires, int layers) {
    CircuitBuilder circuit = Circuit.builder(wires);
    if (encoding.isPresent()) {
      Angles features = circuit.features(encoding.get().capacity(wires));
      Uploads.append(circuit, encoding.get(), features, ansatz, layers, circuit::sampleAngles);
    } else {
      int[] shape = ansatz.angleShape(wires, layers).stream().mapToInt(Integer::intValue).toArray();
      ansatz.append(circuit, layers, circuit.sampleAngles(shape));
    }
    return circuit.expect(new PauliTerm(1, List.of(0, 1), List.of(Pauli.Z, Pauli.Z))).build();
  }
}
