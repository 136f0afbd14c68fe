package org.ketloom.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.annotation.Annotation;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.ketloom.ansatz.hardwareefficient.HardwareEfficientAnsatz;
import org.ketloom.api.circuit.Angles;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.engine.QuantumEngine;
import org.ketloom.api.part.Ansatz;
import org.ketloom.api.part.Encoding;
import org.ketloom.engine.statevector.StateVectorEngine;

class GradientVarianceTest {
  private final QuantumEngine engine =
      new StateVectorEngine(
          new StateVectorEngine.Config() {
            @Override
            public int threads() {
              return 1;
            }

            @Override
            public Class<? extends Annotation> annotationType() {
              return StateVectorEngine.Config.class;
            }
          });

  /** A turn of each of the first two qubits. */
  record TwoTurns() implements Ansatz {
    @Override
    public List<Integer> angleShape(int wires, int layers) {
      return List.of(2);
    }

    @Override
    public void append(CircuitBuilder circuit, int layers, Angles angles) {
      circuit.ry(0, angles.at(0)).ry(1, angles.at(1));
    }
  }

  /** One weight, the scale of a feature of the first qubit, in each upload. */
  record Scale() implements Encoding {
    @Override
    public int capacity(int wires) {
      return 1;
    }

    @Override
    public int uploads(int layers) {
      return layers;
    }

    @Override
    public List<Integer> weightShape(int wires, int features) {
      return List.of(1);
    }

    @Override
    public void append(CircuitBuilder circuit, Angles features) {}

    @Override
    public void append(CircuitBuilder circuit, Angles features, Angles weights) {
      circuit.ry(0, features.at(0).times(weights.at(0)));
    }
  }

  /**
   * {@code <Z Z> = cos(x w + a) cos(b)}: with x uniform within pi and a, b on the circle the mean
   * square of the derivatives by a and b is 1/4, by w it is {@code (pi^2 / 3) / 4}.
   */
  @Test
  void anEncodingsWeightsCountAsAnglesDo() {
    double found =
        GradientVariance.estimate(
                engine, Optional.of(new Scale()), new TwoTurns(), 2, 1, 2 * Math.PI, 40_000, 1)
            .variance();
    double expected = (0.25 + 0.25 + Math.PI * Math.PI / 12) / 3;
    assertEquals(expected, found, 0.02 * expected);
  }

  /** How far estimates of other seeds scatter is what the error of one of them says. */
  @Test
  void theErrorIsThatOfTheEstimate() {
    double[] found = new double[200];
    double errors = 0;
    for (int seed = 0; seed < found.length; seed++) {
      GradientVariance.Estimate estimate =
          GradientVariance.estimate(engine, new TwoTurns(), 2, 1, 2 * Math.PI, 200, seed);
      found[seed] = estimate.variance();
      errors += estimate.error() / found.length;
    }
    double mean = Arrays.stream(found).average().orElse(0);
    double deviation =
        Math.sqrt(
            Arrays.stream(found).map(v -> (v - mean) * (v - mean)).sum() / (found.length - 1));
    // 200 estimates tell their deviation to 5 %, the jackknife of 20 groups has a bias of about 2
    // %.
    assertEquals(1.96 * deviation, errors, 0.15 * errors);
    assertTrue(
        Double.isNaN(GradientVariance.estimate(engine, new TwoTurns(), 2, 1, 1, 2, 1).error()));
  }

  @Test
  void aProductOfCosinesByHand() {
    // cos(a) cos(b) with a and b uniform on the circle: the variance of sin(a) cos(b) is 1/4.
    double full = GradientVariance.of(engine, new TwoTurns(), 2, 1, 2 * Math.PI, 20_000, 1);
    assertEquals(0.25, full, 0.006);
    // On a small interval the derivative is -x, and x has the variance width^2 / 12.
    double small = GradientVariance.of(engine, new TwoTurns(), 3, 1, 0.01, 20_000, 1);
    assertEquals(1e-4 / 12, small, 2e-7);
  }

  @Test
  void deepCircuitsHaveBarrenPlateausAndSmallAnglesDoNot() {
    List<Integer> qubits = List.of(2, 4, 6);
    Ansatz ansatz = new HardwareEfficientAnsatz();
    List<Double> full =
        qubits.stream()
            .map(n -> GradientVariance.of(engine, ansatz, n, n * n, 2 * Math.PI, 300, 3))
            .toList();
    GradientVariance.Fit fall = GradientVariance.fit(qubits, full);
    // A 2-design gives 2^-n.
    assertEquals(1, fall.rate(), 0.35, () -> full.toString());
    List<Double> narrow =
        qubits.stream()
            .map(n -> GradientVariance.of(engine, ansatz, n, n * n, 0.01, 300, 3))
            .toList();
    assertTrue(GradientVariance.fit(qubits, narrow).rate() < 0.3, () -> narrow.toString());
  }

  @Test
  void fitsTheFall() {
    GradientVariance.Fit exact =
        GradientVariance.fit(List.of(2, 4, 8), List.of(1.0, 1 / 8.0, 1 / 512.0));
    assertEquals(1.5, exact.rate(), 1e-12);
    assertEquals(0, exact.error(), 1e-6);
    assertEquals(1 / 64.0, exact.at(6), 1e-12);
    assertTrue(Double.isNaN(GradientVariance.fit(List.of(2, 3), List.of(1.0, 0.5)).error()));
    // By hand: logarithms 0, -1, 0 at 1, 2, 3 have slope 0; the residuals 1/3, -2/3, 1/3 give the
    // slope an error of sqrt(2/3 / 2) and t(0.975, 1) = 12.706.
    GradientVariance.Fit rough = GradientVariance.fit(List.of(1, 2, 3), List.of(1.0, 0.5, 1.0));
    assertEquals(0, rough.rate(), 1e-12);
    assertEquals(12.7062 * Math.sqrt(1 / 3.0), rough.error(), 1e-3);
  }

  @Test
  void refusesWhatHasNoVariance() {
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> GradientVariance.of(engine, new TwoTurns(), 2, 1, 1, 1, 1))
            .getMessage();
    assertTrue(message.contains("at least 2 samples, found 1"), message);
    assertThrows(
        IllegalArgumentException.class,
        () -> GradientVariance.of(engine, new TwoTurns(), 1, 1, 1, 10, 1));
  }
}
