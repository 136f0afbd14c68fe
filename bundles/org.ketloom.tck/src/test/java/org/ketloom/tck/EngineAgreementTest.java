package org.ketloom.tck;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.ketloom.api.circuit.Angle;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.circuit.Operation;
import org.ketloom.api.circuit.PauliTerm;
import org.ketloom.api.engine.Evaluation;
import org.ketloom.api.engine.Gradients;
import org.ketloom.api.engine.Inputs;
import org.ketloom.api.engine.Program;
import org.ketloom.api.engine.QuantumEngine;
import org.ketloom.engine.densitymatrix.DensityMatrixEngine;
import org.ketloom.engine.statevector.StateVectorEngine;
import org.ketloom.engine.trajectories.TrajectoryEngine;

/** Ketloom's engines keep to the kit, and to each other in all that they share. */
class EngineAgreementTest {
  private static final QuantumEngine PURE = new StateVectorEngine();
  private static final Duration LIMIT = Duration.ofSeconds(60);

  static Stream<QuantumEngine> engines() {
    return Stream.of(PURE, new DensityMatrixEngine(), new TrajectoryEngine(PURE, 3, 1));
  }

  @ParameterizedTest
  @MethodSource("engines")
  void everyEngineConforms(QuantumEngine engine) {
    assertEquals(List.of(), new Conformance(engine, LIMIT).checkEngine());
  }

  @ParameterizedTest
  @MethodSource("engines")
  void everyEngineGivesWhatTheOthersGive(QuantumEngine engine) {
    for (QuantumEngine other : engines().toList()) {
      assertEquals(List.of(), new Conformance(engine, LIMIT).checkAgainst(other));
    }
  }

  /** What only the engines with noise share: random states, which both draw alike. */
  @Test
  void enginesWithNoiseDrawTheSameRandomStates() {
    CircuitBuilder builder = Circuit.builder(3);
    builder.prepareHaarRandom(4);
    builder.ry(1, builder.features(1).at(0));
    builder.expect(PauliTerm.parse("X0 Y2")).probabilities(0, 1);
    Inputs inputs = Inputs.of(2, new double[] {0.3, -1.1}, new double[0]);
    assertArrayEquals(
        new DensityMatrixEngine().compile(builder.build()).values(inputs),
        new TrajectoryEngine(PURE, 3, 1).compile(builder.build()).values(inputs),
        1e-12);
  }

  /** Sound in itself, and differentiated right: every rotation is the other way round. */
  @Test
  void anEngineThatTurnsTheOtherWayRoundIsFound() {
    QuantumEngine wrong = circuit -> new Reversed(PURE.compile(circuit));
    List<Finding> findings = new Conformance(wrong, LIMIT).checkAgainst(PURE);
    assertEquals(
        "[agreement: output 1 of the circuit of RX with FEATURE angles is ",
        findings.toString().replaceFirst("is .*", "is "));
    assertEquals(
        "[agreement: <X0 X1> after RY(0.4) on wire 1 and CNOT on wire 0 is -0.389, expected"
            + " sin(0.4) = 0.389]",
        new Conformance(wrong, LIMIT).checkEngine().toString().replaceAll("(0\\.389)\\d*", "$1"));
  }

  /** It compiles a circuit of its own, which its gradients belong to. */
  @Test
  void anEngineThatPassesOverFactorsIsFound() {
    QuantumEngine wrong = circuit -> PURE.compile(withoutFactors(circuit));
    assertTrue(
        new Conformance(wrong, LIMIT)
            .checkEngine()
            .toString()
            .startsWith(
                "[agreement: <Z0> after RY(x0*(w0+1)) with x0 = 0.4 and w0 = 0.7 is 0.92106"));
  }

  private static Circuit withoutFactors(Circuit circuit) {
    return circuit.map(
        (builder, instruction) -> {
          Operation o = (Operation) instruction;
          List<Angle> angles =
              o.angles().stream()
                  .map(a -> new Angle(a.source(), a.index(), a.scale(), a.offset()))
                  .toList();
          builder.append(new Operation(o.gate(), o.wires(), o.controls(), angles, o.matrix()));
        });
  }

  private record Reversed(Program program) implements Program {
    @Override
    public Circuit circuit() {
      return program.circuit();
    }

    @Override
    public double[] values(Inputs inputs) {
      return program.values(reversed(inputs));
    }

    @Override
    public Evaluation evaluate(Inputs inputs) {
      Evaluation right = program.evaluate(reversed(inputs));
      return new Evaluation() {
        @Override
        public double[] outputs() {
          return right.outputs();
        }

        @Override
        public Gradients vjp(double[] cotangents) {
          Gradients found = right.vjp(cotangents);
          return new Gradients(
              negated(found.features()),
              negated(found.weights()),
              negated(found.sampleAngles()),
              found.hermitianEntries());
        }
      };
    }

    private static Inputs reversed(Inputs inputs) {
      return new Inputs(
          inputs.batch(),
          negated(inputs.features()),
          negated(inputs.weights()),
          negated(inputs.sampleAngles()),
          inputs.hermitianEntries());
    }

    private static double[] negated(double[] values) {
      return Arrays.stream(values).map(v -> -v).toArray();
    }
  }
}
