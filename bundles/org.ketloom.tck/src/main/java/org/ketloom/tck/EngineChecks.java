package org.ketloom.tck;

import java.util.ArrayList;
import java.util.List;
import org.ketloom.api.circuit.Angle;
import org.ketloom.api.circuit.Angles;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.circuit.Gate;
import org.ketloom.api.circuit.Pauli;
import org.ketloom.api.circuit.PauliTerm;
import org.ketloom.api.engine.Inputs;
import org.ketloom.api.engine.QuantumEngine;
import org.ketloom.tck.Calls.Violation;
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
    List<Finding> findings = new ArrayList<>();
    try {
      rotation();
      for (Gate gate : Gate.values()) {
        if (!gate.isUnitary()) {
          for (Angle.Source source : Angle.Source.values()) {
            if (source == Angle.Source.CONSTANT || gate.angles() > 0) {
              run(gate(gate, source, false), gate + " with " + source + " angles");
              run(gate(gate, source, true), "controlled " + gate + " with " + source + " angles");
            }
          }
        }
      }
      run(amplitudes(), "amplitude preparation and a trainable Hermitian");
    } catch (Violation e) {
      findings.add(e.finding());
    } catch (IllegalArgumentException e) {
      findings.add(new Finding(Check.EXCEPTION, "a circuit doesn't run: " + e.getMessage()));
    }
    return findings;
  }

  private void run(Circuit circuit, String what) throws Violation {
    Violation violation =
        calls.call(
            "running " + what,
            () -> {
              try {
                numbers.requireSound(circuit, what);
                numbers.requireGradients(circuit, what);
                return null;
              } catch (Violation e) {
                return e;
              }
            });
    if (violation != null) {
      throw violation;
    }
  }

  /** {@code <Z> = cos x} and {@code <X> = sin x} after {@code RY(x)}. */
  private void rotation() throws Violation {
    CircuitBuilder builder = Circuit.builder(2);
    builder.ry(1, builder.features(1).at(0));
    builder.cnot(1, 0);
    builder.expect(PauliTerm.of(Pauli.Z, 0)).expect(PauliTerm.of(Pauli.Z, 1));
    double[] x = {0.4, -1.3, 2.9};
    double[] values =
        calls.call(
            "running RY and CNOT",
            () -> engine.compile(builder.build()).values(Inputs.of(3, x, new double[0])));
    for (int i = 0; i < x.length; i++) {
      for (int output = 0; output < 2; output++) {
        double found = values[2 * i + output];
        if (!(Math.abs(found - Math.cos(x[i])) <= TOLERANCE)) {
          throw new Violation(
              Check.FINITE,
              "<Z"
                  + output
                  + "> after RY("
                  + x[i]
                  + ") on wire 1 and CNOT on wire 0 is "
                  + found
                  + ", expected cos("
                  + x[i]
                  + ") = "
                  + Math.cos(x[i]));
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
