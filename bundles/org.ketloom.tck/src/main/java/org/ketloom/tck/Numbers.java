package org.ketloom.tck;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.Observable;
import org.ketloom.api.engine.Evaluation;
import org.ketloom.api.engine.Gradients;
import org.ketloom.api.engine.Inputs;
import org.ketloom.api.engine.Program;
import org.ketloom.api.engine.QuantumEngine;
import org.ketloom.api.random.SplitMix64;
import org.ketloom.tck.Calls.Violation;
import org.ketloom.tck.Finding.Check;

/** Runs circuits: finite, normalised, and differentiated right. */
final class Numbers {
  private static final int BATCH = 2;
  private static final double STEP = 1e-5;
  private static final double GRADIENT_TOLERANCE = 1e-6;
  private static final double NORM_TOLERANCE = 1e-9;

  /** Of more values than these, evenly spaced ones are differentiated. */
  private static final int MAX_DIFFERENCES = 48;

  /** What gradients are for, in the order of {@link #arrays}. */
  private static final List<String> KINDS =
      List.of("feature", "weight", "per-sample angle", "Hermitian entry");

  private final QuantumEngine engine;

  Numbers(QuantumEngine engine) {
    this.engine = engine;
  }

  /** All that is wrong with a circuit's numbers. */
  List<Finding> check(Circuit circuit, String what) {
    List<Finding> findings = new ArrayList<>();
    try {
      requireSound(circuit, what);
      requireGradients(circuit, what);
    } catch (Violation e) {
      findings.add(e.finding());
    } catch (IllegalArgumentException e) {
      findings.add(
          new Finding(
              Check.EXCEPTION, "the circuit of " + what + " doesn't run: " + e.getMessage()));
    }
    return findings;
  }

  /** Finite and normalised. */
  void requireSound(Circuit circuit, String what) throws Violation {
    Inputs inputs = inputs(circuit);
    double[] values = engine.compile(circuit).values(inputs);
    int outputs = circuit.outputs();
    if (values.length != BATCH * outputs) {
      throw new Violation(
          Check.SHAPE,
          "the circuit of "
              + what
              + " gave "
              + values.length
              + " values for "
              + BATCH
              + " samples of "
              + outputs
              + " outputs");
    }
    for (int i = 0; i < values.length; i++) {
      if (!Double.isFinite(values[i])) {
        throw new Violation(
            Check.FINITE,
            "output " + i % outputs + " of the circuit of " + what + " is " + values[i]);
      }
    }
    int first = 0;
    for (Observable observable : circuit.observables()) {
      if (observable instanceof Observable.Probabilities) {
        for (int sample = 0; sample < BATCH; sample++) {
          double sum = 0;
          for (int k = 0; k < observable.outputs(); k++) {
            sum += values[sample * outputs + first + k];
          }
          if (Math.abs(sum - 1) > NORM_TOLERANCE) {
            throw new Violation(
                Check.NORM,
                "the probabilities of the circuit of " + what + " add up to " + sum + ", not 1");
          }
        }
      }
      first += observable.outputs();
    }
  }

  /** What a circuit gives with all weights at 0 is what another gives that has none. */
  void requireSameAtZeroWeights(Circuit weighted, Circuit plain, String what) throws Violation {
    double[] features = random(BATCH * plain.features(), 3);
    double[] found =
        engine.compile(weighted).values(Inputs.of(BATCH, features, new double[weighted.weights()]));
    double[] expected = engine.compile(plain).values(Inputs.of(BATCH, features, new double[0]));
    for (int i = 0; i < expected.length; i++) {
      // Written so that NaN fails.
      if (!(Math.abs(found[i] - expected[i]) <= NORM_TOLERANCE)) {
        throw new Violation(
            Check.SHAPE,
            what
                + " with all weights at 0 isn't what append(features) gives: output "
                + i % plain.outputs()
                + " is "
                + found[i]
                + ", expected "
                + expected[i]);
      }
    }
  }

  /** Equal to central differences. */
  void requireGradients(Circuit circuit, String what) throws Violation {
    Program program = engine.compile(circuit);
    Inputs inputs = inputs(circuit);
    double[] cotangents = random(BATCH * circuit.outputs(), 23);
    Gradients gradients;
    try {
      gradients = program.evaluate(inputs).vjp(cotangents);
    } catch (UnsupportedOperationException e) {
      // The engine says what it can't differentiate; that is no fault of the circuit.
      return;
    }
    List<double[]> arrays =
        List.of(
            inputs.features(), inputs.weights(), inputs.sampleAngles(), inputs.hermitianEntries());
    for (int k = 0; k < arrays.size(); k++) {
      compare(
          program, inputs, cotangents, arrays.get(k), arrays(gradients).get(k), KINDS.get(k), what);
    }
    requireSameAgain(program, inputs, cotangents, gradients, what);
  }

  /** The numbers of another engine, values and gradients. */
  void requireSameAs(QuantumEngine other, CircuitCheck.Example example) throws Violation {
    Circuit circuit = example.circuit();
    Inputs inputs = inputs(circuit);
    double[] cotangents = random(BATCH * circuit.outputs(), 23);
    Evaluation own = engine.compile(circuit).evaluate(inputs);
    Evaluation others = other.compile(circuit).evaluate(inputs);
    requireSame(own.outputs(), others.outputs(), "output", example.name());
    List<double[]> gradients = arrays(own.vjp(cotangents));
    List<double[]> expected = arrays(others.vjp(cotangents));
    for (int k = 0; k < gradients.size(); k++) {
      requireSame(gradients.get(k), expected.get(k), "gradient of " + KINDS.get(k), example.name());
    }
  }

  private static void requireSame(double[] found, double[] expected, String kind, String what)
      throws Violation {
    if (found.length != expected.length) {
      throw new Violation(
          Check.AGREEMENT,
          "there are "
              + found.length
              + " numbers of kind "
              + kind
              + " for the circuit of "
              + what
              + ", the other engine gives "
              + expected.length);
    }
    for (int i = 0; i < found.length; i++) {
      // Written so that NaN fails.
      if (!(Math.abs(found[i] - expected[i])
          <= NORM_TOLERANCE * Math.max(1, Math.abs(expected[i])))) {
        throw new Violation(
            Check.AGREEMENT,
            kind
                + " "
                + i
                + " of the circuit of "
                + what
                + " is "
                + found[i]
                + ", the other engine gives "
                + expected[i]);
      }
    }
  }

  /** As a training loop asks: an evaluation that served other inputs, arrays that aren't zero. */
  private static void requireSameAgain(
      Program program, Inputs inputs, double[] cotangents, Gradients expected, String what)
      throws Violation {
    Evaluation evaluation =
        program.evaluate(
            new Inputs(
                inputs.batch(),
                halves(inputs.features()),
                halves(inputs.weights()),
                halves(inputs.sampleAngles()),
                halves(inputs.hermitianEntries())));
    try {
      evaluation.update(inputs);
    } catch (UnsupportedOperationException e) {
      evaluation = program.evaluate(inputs);
    }
    Gradients again = Gradients.zeros(program.circuit(), inputs.batch());
    List<double[]> arrays = arrays(again);
    arrays.forEach(a -> Arrays.fill(a, 7));
    evaluation.vjp(cotangents, again);
    for (int k = 0; k < arrays.size(); k++) {
      for (int i = 0; i < arrays.get(k).length; i++) {
        double first = arrays(expected).get(k)[i];
        if (!(Math.abs(arrays.get(k)[i] - first)
            <= NORM_TOLERANCE * Math.max(1, Math.abs(first)))) {
          throw new Violation(
              Check.GRADIENTS,
              "an evaluation of the circuit of "
                  + what
                  + " that is used again gives a gradient of "
                  + arrays.get(k)[i]
                  + ", a new one "
                  + first);
        }
      }
    }
  }

  private static List<double[]> arrays(Gradients g) {
    return List.of(g.features(), g.weights(), g.sampleAngles(), g.hermitianEntries());
  }

  private static double[] halves(double[] values) {
    return Arrays.stream(values).map(v -> v / 2).toArray();
  }

  /** {@code array} belongs to the inputs, and is as before at the end. */
  private static void compare(
      Program program,
      Inputs inputs,
      double[] cotangents,
      double[] array,
      double[] gradient,
      String kind,
      String what)
      throws Violation {
    if (gradient.length != array.length) {
      throw new Violation(
          Check.GRADIENTS,
          "there are "
              + gradient.length
              + " gradients for "
              + array.length
              + " values of kind "
              + kind
              + " in the circuit of "
              + what);
    }
    int stride = Math.max(1, array.length / MAX_DIFFERENCES);
    for (int i = 0; i < array.length; i += stride) {
      double value = array[i];
      array[i] = value + STEP;
      double above = dot(cotangents, program.values(inputs));
      array[i] = value - STEP;
      double below = dot(cotangents, program.values(inputs));
      array[i] = value;
      double difference = (above - below) / (2 * STEP);
      // Written so that NaN fails.
      if (!(Math.abs(difference - gradient[i])
          <= GRADIENT_TOLERANCE * (1 + Math.abs(difference)))) {
        throw new Violation(
            Check.GRADIENTS,
            "the gradient of "
                + kind
                + " "
                + i
                + " in the circuit of "
                + what
                + " is "
                + gradient[i]
                + ", but finite differences give "
                + difference);
      }
    }
  }

  private static Inputs inputs(Circuit circuit) {
    return new Inputs(
        BATCH,
        random(BATCH * circuit.features(), 3),
        random(circuit.weights(), 5),
        random(BATCH * circuit.sampleAngles(), 7),
        random(circuit.hermitianEntries(), 11));
  }

  private static double[] random(int count, long seed) {
    return new SplitMix64(seed).doubles(count, -1, 1).toArray();
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
