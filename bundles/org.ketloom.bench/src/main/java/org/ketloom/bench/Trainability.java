package org.ketloom.bench;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.SingularValueDecomposition;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.Pauli;
import org.ketloom.api.circuit.PauliTerm;
import org.ketloom.api.engine.Inputs;
import org.ketloom.api.engine.QuantumEngine;
import org.ketloom.api.engine.SecondOrder;
import org.ketloom.api.random.SplitMix64;
import org.ketloom.metrics.GradientVariance;

/**
 * Whether what a circuit can reach can be trained, over random angles and features. Figures that
 * don't exist are NaN: of a circuit without angles, or gradients on a single wire.
 *
 * @param gradientVariance of the expectation of Z on the first two wires, as {@link
 *     GradientVariance} measures it over a full turn
 * @param gradientVarianceError half the width of its 95 % confidence interval
 * @param fisherRank the largest rank of the quantum Fisher information: the number of directions in
 *     which the angles move the state, at most 2^(n+1) - 2 for one input (Haug, Bharti and Kim, PRX
 *     Quantum 2, 040309, 2021); of several inputs it is that of the mean
 * @param effectiveDimension how evenly the information is spread over the angles, as a share of
 *     their number: {@code 2 ln E[sqrt(det(1 + k F))] / (d ln k)} with {@code k = N / (2 pi ln N)},
 *     N = 1000 data and F the Fisher information divided by its mean trace over d angles (Abbas et
 *     al., Nature Computational Science 1, 403, 2021); here of the quantum Fisher information,
 *     which no measurement exceeds
 * @param spectrum eigenvalues of the normalised F, descending, the mean over initialisations
 */
public record Trainability(
    double gradientVariance,
    double gradientVarianceError,
    double fisherRank,
    double effectiveDimension,
    List<Double> spectrum) {

  /** What wasn't measured. */
  static final Trainability UNKNOWN =
      new Trainability(Double.NaN, Double.NaN, Double.NaN, Double.NaN, List.of());

  private static final double DATA = 1000;

  /** Initialisations whose Fisher information is computed, which takes longer than gradients. */
  private static final int MAX_FISHER = 50;

  /** Inputs of an initialisation that the Fisher information is the mean over. */
  private static final int INPUTS = 8;

  /** An eigenvalue up to this is 0 but for rounding; others are of the order of 1. */
  private static final double ZERO = 1e-9;

  private static final double[] NONE = {};

  /** Copies the list. */
  public Trainability {
    spectrum = List.copyOf(spectrum);
  }

  /**
   * Measures a circuit.
   *
   * @param initialisations at least 3
   * @throws IllegalArgumentException if the engine can't run it
   * @throws UnsupportedOperationException if the engine computes no Fisher information
   */
  public static Trainability measure(
      QuantumEngine engine, BenchCase circuit, int initialisations, long seed) {
    if (circuit.circuit().sampleAngles() == 0) {
      return UNKNOWN;
    }
    double variance = Double.NaN;
    double error = Double.NaN;
    if (circuit.circuit().wires() > 1) {
      Circuit read =
          circuit.circuit().toBuilder()
              .expect(new PauliTerm(1, List.of(0, 1), List.of(Pauli.Z, Pauli.Z)))
              .build();
      GradientVariance.Estimate estimate =
          GradientVariance.estimate(engine, read, 2 * Math.PI, initialisations, seed);
      variance = estimate.variance();
      error = estimate.error();
    }
    double[][] eigenvalues =
        eigenvalues(engine, circuit.shared(), Math.min(initialisations, MAX_FISHER), seed);
    double trace =
        Arrays.stream(eigenvalues).flatMapToDouble(Arrays::stream).sum() / eigenvalues.length;
    int angles = circuit.shared().weights();
    double scale = trace > 0 ? angles / trace : 0;
    return new Trainability(
        variance,
        error,
        Arrays.stream(eigenvalues).mapToLong(Trainability::rank).max().orElse(0),
        effectiveDimension(eigenvalues, scale),
        IntStream.range(0, angles)
            .mapToObj(
                i -> scale * Arrays.stream(eigenvalues).mapToDouble(e -> e[i]).average().orElse(0))
            .toList());
  }

  private static long rank(double[] eigenvalues) {
    return Arrays.stream(eigenvalues).filter(e -> e > 0).count();
  }

  /** Of the quantum Fisher information for each initialisation, descending. */
  private static double[][] eigenvalues(
      QuantumEngine engine, Circuit circuit, int initialisations, long seed) {
    SecondOrder second =
        engine
            .compile(
                circuit.toBuilder().expect(new PauliTerm(1, List.of(0), List.of(Pauli.Z))).build())
            .secondOrder();
    int angles = circuit.weights();
    int batch = circuit.features() == 0 ? 1 : INPUTS;
    List<int[]> all = List.of(IntStream.range(0, angles).toArray());
    SplitMix64 ofAngles = new SplitMix64(SplitMix64.mix(seed + 1));
    SplitMix64 ofFeatures = new SplitMix64(SplitMix64.mix(seed + 2));
    double[][] eigenvalues = new double[initialisations][];
    for (int i = 0; i < initialisations; i++) {
      double[] weights = ofAngles.doubles(angles, 0, 2 * Math.PI).toArray();
      double[] features =
          ofFeatures.doubles((long) batch * circuit.features(), -Math.PI, Math.PI).toArray();
      double[] metric = second.metric(new Inputs(batch, features, weights, NONE, NONE), all).get(0);
      double[][] fisher = new double[angles][angles];
      for (int row = 0; row < angles; row++) {
        for (int column = 0; column < angles; column++) {
          fisher[row][column] = 4 * metric[row * angles + column] / batch;
        }
      }
      // Singular values of a matrix without negative eigenvalues are these, descending.
      eigenvalues[i] =
          Arrays.stream(
                  new SingularValueDecomposition(new Array2DRowRealMatrix(fisher, false))
                      .getSingularValues())
              .map(e -> e > ZERO ? e : 0)
              .toArray();
    }
    return eigenvalues;
  }

  private static double effectiveDimension(double[][] eigenvalues, double scale) {
    double constant = DATA / (2 * Math.PI * Math.log(DATA));
    double[] logs =
        Arrays.stream(eigenvalues)
            .mapToDouble(
                some -> Arrays.stream(some).map(e -> Math.log1p(constant * scale * e) / 2).sum())
            .toArray();
    double most = Arrays.stream(logs).max().orElse(0);
    double mean = Arrays.stream(logs).map(log -> Math.exp(log - most)).average().orElse(1);
    return 2 * (most + Math.log(mean)) / (eigenvalues[0].length * Math.log(constant));
  }
}
