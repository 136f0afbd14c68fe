package org.ketloom.engine.statevector;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.ketloom.ansatz.clusterstate.ClusterStateAnsatz;
import org.ketloom.ansatz.cnotline.CnotLineAnsatz;
import org.ketloom.ansatz.controlledring.ControlledRingAnsatz;
import org.ketloom.ansatz.hardwareefficient.HardwareEfficientAnsatz;
import org.ketloom.ansatz.style.StyleAnsatz;
import org.ketloom.ansatz.twoqubit.TwoQubitAnsatz;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.engine.Evaluation;
import org.ketloom.api.engine.Gradients;
import org.ketloom.api.engine.Inputs;
import org.ketloom.api.engine.Precision;
import org.ketloom.api.part.Ansatz;
import org.ketloom.api.part.Encoding;
import org.ketloom.api.part.ObservableHead;
import org.ketloom.encoding.amplitude.AmplitudeEncoding;
import org.ketloom.encoding.angle.AngleEncoding;
import org.ketloom.encoding.basis.BasisEncoding;
import org.ketloom.encoding.denseangle.DenseAngleEncoding;
import org.ketloom.encoding.phase.PhaseEncoding;
import org.ketloom.observable.adaptive.AdaptiveHead;
import org.ketloom.observable.pauli.PauliHead;

/** Every encoding, ansatz and head that comes with Ketloom, against the naive simulator. */
class PartsTest {
  private static final double TOLERANCE = 1e-10;

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4, 5, 6, 7, 8})
  void valuesAndAllGradients(int wires) {
    Random random = new Random(wires);
    for (Encoding encoding :
        List.of(
            new AmplitudeEncoding(),
            new AngleEncoding(),
            new BasisEncoding(),
            new DenseAngleEncoding(),
            new PhaseEncoding())) {
      for (Ansatz ansatz :
          List.of(
              new ClusterStateAnsatz(),
              new CnotLineAnsatz(),
              new ControlledRingAnsatz(),
              new HardwareEfficientAnsatz(),
              new StyleAnsatz(),
              new TwoQubitAnsatz())) {
        ObservableHead adaptive =
            new AdaptiveHead(Math.min(3, wires), AdaptiveHead.Windows.WRAP, 1);
        for (ObservableHead head : List.of(adaptive, new PauliHead())) {
          // Angles of the ansatz that the batch shares, and ones that it doesn't, in turn.
          check(circuit(encoding, ansatz, head, wires, random.nextBoolean()), random);
        }
      }
    }
  }

  private static Circuit circuit(
      Encoding encoding, Ansatz ansatz, ObservableHead head, int wires, boolean shared) {
    CircuitBuilder builder = Circuit.builder(wires);
    encoding.append(builder, builder.features(encoding.capacity(wires)));
    int[] shape = ansatz.angleShape(wires, 1).stream().mapToInt(Integer::intValue).toArray();
    ansatz.append(builder, 1, shared ? builder.weights(shape) : builder.sampleAngles(shape));
    head.append(builder);
    return builder.build();
  }

  private static void check(Circuit circuit, Random random) {
    Inputs inputs = RandomCircuits.inputs(circuit, 2, random);
    double[] cotangents = RandomCircuits.gaussian(2 * circuit.outputs(), random);
    NaiveSimulator naive = new NaiveSimulator(circuit);
    double[] expected = naive.values(inputs);
    Gradients gradients = naive.vjp(inputs, cotangents);
    List<StateVectorEngine> engines = new ArrayList<>();
    for (Map<Precision, Arithmetic> kernels : List.of(Arithmetic.plain(), Arithmetic.best())) {
      engines.add(new StateVectorEngine(1, kernels, 13, 16));
      engines.add(new StateVectorEngine(1, kernels, 3, 6));
    }
    for (StateVectorEngine engine : engines) {
      Evaluation found = engine.compile(circuit).evaluate(inputs);
      String what = engine + ", " + circuit;
      assertArrayEquals(expected, found.outputs(), TOLERANCE, what);
      RandomCircuitTest.assertGradients(gradients, found.vjp(cotangents), what);
      engine.close();
    }
  }
}
