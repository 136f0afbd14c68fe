package org.ketloom.tck;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.ketloom.api.circuit.Angle;
import org.ketloom.api.circuit.Angles;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.circuit.Gate;
import org.ketloom.api.circuit.Pauli;
import org.ketloom.api.circuit.PauliTerm;
import org.ketloom.api.circuit.UnitaryMatrix;
import org.ketloom.api.engine.Inputs;
import org.ketloom.api.engine.QuantumEngine;
import org.ketloom.tck.Calls.Violation;
import org.ketloom.tck.CircuitCheck.Example;
import org.ketloom.tck.Finding.Check;

/** Checks an engine with circuits of every gate, angle source and observable. */
final class EngineChecks {
  private static final double TOLERANCE = 1e-9;

  private final QuantumEngine engine;
  private final Calls calls;
  private final Numbers numbers;

  EngineChecks(QuantumEngine engine, Calls calls) {
    this.engine = engine;
    this.calls = calls;
    this.numbers = new Numbers(engine);
  }

  List<Finding> findings() {
    return all(
        () -> {
          rotation();
          product();
          for (Example example : examples()) {
            run(example.name(), () -> requireSound(example));
          }
        });
  }

  /** Where the engine doesn't say what another says of the same circuit. */
  List<Finding> against(QuantumEngine other) {
    return all(
        () -> {
          for (Example example : examples()) {
            run(example.name(), () -> numbers.requireSameAs(other, example));
          }
        });
  }

  private interface Step {
    void run() throws Violation;
  }

  private static List<Finding> all(Step checks) {
    try {
      checks.run();
      return List.of();
    } catch (Violation e) {
      return List.of(e.finding());
    } catch (IllegalArgumentException e) {
      return List.of(new Finding(Check.EXCEPTION, "a circuit doesn't run: " + e.getMessage()));
    }
  }

  private static List<Example> examples() {
    List<Example> examples = new ArrayList<>();
    for (Gate gate : Gate.values()) {
      if (!gate.isUnitary()) {
        for (Angle.Source source : Angle.Source.values()) {
          if (source == Angle.Source.CONSTANT || gate.angles() > 0) {
            String name = gate + " with " + source + " angles";
            examples.add(new Example(gate(gate, source, false), name));
            examples.add(new Example(gate(gate, source, true), "controlled " + name));
          }
        }
      }
    }
    examples.add(new Example(matrix(false), "a unitary matrix"));
    examples.add(new Example(matrix(true), "a controlled unitary matrix"));
    examples.add(new Example(amplitudes(), "amplitude preparation and a trainable Hermitian"));
    examples.add(new Example(products(), "products of Pauli operators"));
    for (Gate gate : Gate.values()) {
      if (!gate.isUnitary() && gate.angles() > 0) {
        examples.add(new Example(scaled(gate), gate + " with products of angles"));
      }
    }
    return examples;
  }

  private void requireSound(Example example) throws Violation {
    numbers.requireSound(example.circuit(), example.name());
    numbers.requireGradients(example.circuit(), example.name());
  }

  private void run(String what, Step check) throws Violation {
    Optional<Violation> violation =
        calls.call(
            "running " + what,
            () -> {
              try {
                check.run();
                return Optional.empty();
              } catch (Violation e) {
                return Optional.of(e);
              }
            });
    if (violation.isPresent()) {
      throw violation.get();
    }
  }

  /** {@code <Z> = cos x} of both wires and {@code <X X> = sin x} after RY(x) and CNOT. */
  private void rotation() throws Violation {
    CircuitBuilder builder = Circuit.builder(2);
    builder.ry(1, builder.features(1).at(0));
    builder.cnot(1, 0);
    builder.expect(PauliTerm.of(Pauli.Z, 0)).expect(PauliTerm.of(Pauli.Z, 1));
    builder.expect(PauliTerm.parse("X0 X1"));
    double[] x = {0.4, -1.3, 2.9};
    double[] values =
        calls.call(
            "running RY and CNOT",
            () -> engine.compile(builder.build()).values(Inputs.of(3, x, new double[0])));
    List<String> read = List.of("<Z0>", "<Z1>", "<X0 X1>");
    for (int i = 0; i < x.length; i++) {
      for (int output = 0; output < 3; output++) {
        double found = values[3 * i + output];
        double expected = output < 2 ? Math.cos(x[i]) : Math.sin(x[i]);
        // Written so that NaN fails.
        if (!(Math.abs(found - expected) <= TOLERANCE)) {
          throw new Violation(
              Check.AGREEMENT,
              read.get(output)
                  + " after RY("
                  + x[i]
                  + ") on wire 1 and CNOT on wire 0 is "
                  + found
                  + ", expected "
                  + (output < 2 ? "cos(" : "sin(")
                  + x[i]
                  + ") = "
                  + expected);
        }
      }
    }
  }

  private static Circuit gate(Gate gate, Angle.Source source, boolean controlled) {
    int wires = gate.wires() + 1;
    CircuitBuilder builder = Circuits.scrambled(wires);
    Angle[] angles = new Angle[gate.angles()];
    Angles block =
        switch (source) {
          case CONSTANT -> null;
          case FEATURE -> builder.features(gate.angles());
          case WEIGHT -> builder.weights(gate.angles());
          case SAMPLE -> builder.sampleAngles(gate.angles());
        };
    for (int i = 0; i < angles.length; i++) {
      angles[i] = block == null ? Angle.constant(0.3 + 0.4 * i) : block.at(i).times(1.5).plus(0.2);
    }
    int[] on = gate.wires() == 1 ? new int[] {0} : new int[] {0, 1};
    (controlled ? builder.controlledBy(wires - 1) : builder).gate(gate, on, angles);
    Circuits.readAll(builder);
    return builder.build();
  }

  /** {@code <Z> = cos(x (1 + w))}: an engine that passes over the factor is sound in itself. */
  private void product() throws Violation {
    CircuitBuilder builder = Circuit.builder(1);
    Angles x = builder.features(1);
    Angles w = builder.weights(1);
    builder.ry(0, x.at(0).times(w.at(0).plus(1))).expect(PauliTerm.of(Pauli.Z, 0));
    double[] features = {0.4, -1.3, 2.9};
    double weight = 0.7;
    double[] values =
        calls.call(
            "running RY of a product",
            () ->
                engine
                    .compile(builder.build())
                    .values(Inputs.of(3, features, new double[] {weight})));
    for (int i = 0; i < features.length; i++) {
      double angle = features[i] * (weight + 1);
      // Written so that NaN fails.
      if (!(Math.abs(values[i] - Math.cos(angle)) <= TOLERANCE)) {
        throw new Violation(
            Check.AGREEMENT,
            "<Z0> after RY(x0*(w0+1)) with x0 = "
                + features[i]
                + " and w0 = "
                + weight
                + " is "
                + values[i]
                + ", expected cos("
                + angle
                + ") = "
                + Math.cos(angle)
                + "; an engine that knows no products leaves them to ProductAngles");
      }
    }
  }

  /** Trainable scales of features and per-sample angles; a feature is read with and without. */
  private static Circuit scaled(Gate gate) {
    CircuitBuilder builder = Circuits.scrambled(3);
    Angles features = builder.features(gate.angles());
    Angles weights = builder.weights(2, gate.angles());
    Angles samples = builder.sampleAngles(gate.angles());
    Angle[] first = new Angle[gate.angles()];
    Angle[] second = new Angle[gate.angles()];
    for (int i = 0; i < first.length; i++) {
      first[i] = features.at(i).times(weights.at(0, i).plus(1)).times(0.8).plus(0.2);
      second[i] = weights.at(1, i).times(samples.at(i));
    }
    int[] on = gate.wires() == 1 ? new int[] {0} : new int[] {0, 1};
    builder.gate(gate, on, first).rx(1, features.at(0)).cnot(1, 0);
    builder.controlledBy(2).gate(gate, on, second);
    Circuits.readAll(builder);
    return builder.build();
  }

  private static Circuit matrix(boolean controlled) {
    CircuitBuilder builder = Circuits.scrambled(3);
    double s = Math.sqrt(0.5);
    // Hadamard times diag(1, i): neither real nor symmetric.
    UnitaryMatrix unitary =
        new UnitaryMatrix(new double[] {s, 0, s, 0}, new double[] {0, s, 0, -s});
    (controlled ? builder.controlledBy(2) : builder).unitary(unitary, 1);
    builder.ry(1, builder.weights(1).at(0));
    Circuits.readAll(builder);
    return builder.build();
  }

  private static Circuit products() {
    CircuitBuilder builder = Circuits.scrambled(3);
    Angles features = builder.features(3);
    for (int wire = 0; wire < 3; wire++) {
      builder.rx(wire, features.at(wire));
    }
    builder.expect(PauliTerm.parse("X0 Y2"), PauliTerm.parse("Z0 Z1 X2").times(0.5));
    builder.probabilities(2, 0);
    return builder.build();
  }

  private static Circuit amplitudes() {
    CircuitBuilder builder = Circuit.builder(3);
    builder.prepareAmplitudes(builder.features(6), false, 0.3);
    Angles weights = builder.weights(3);
    for (int wire = 0; wire < 3; wire++) {
      builder.ry(wire, weights.at(wire));
    }
    builder.expectHermitian(0, 2);
    Circuits.readAll(builder);
    return builder.build();
  }
}
