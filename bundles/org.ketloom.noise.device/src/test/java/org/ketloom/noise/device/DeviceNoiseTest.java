package org.ketloom.noise.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.ketloom.api.circuit.Channel;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.circuit.Instruction;
import org.ketloom.api.circuit.ReadoutError;
import org.ketloom.api.engine.Inputs;
import org.ketloom.api.part.Options;
import org.ketloom.engine.densitymatrix.DensityMatrixEngine;
import org.ketloom.tck.Conformance;

class DeviceNoiseTest {
  private static final DeviceNoise MANILA = new DeviceNoise();

  private static DeviceNoise noise(Map<String, ?> options) {
    return Options.with(new DeviceNoise(), "noise \"device\"", options);
  }

  private static Stream<Channel> channels(Circuit circuit) {
    return circuit.instructions().stream()
        .filter(Channel.class::isInstance)
        .map(Channel.class::cast);
  }

  /**
   * Average infidelity of the channels on the first wires: a maximally entangled partner of them,
   * which is left alone, gives the process fidelity.
   */
  private static double infidelity(Circuit noisy, int k) {
    CircuitBuilder builder = Circuit.builder(2 * k);
    double[] entangled = new double[2 << 2 * k];
    for (int wire = 0; wire < k; wire++) {
      builder.h(wire).cnot(wire, k + wire);
    }
    for (int i = 0; i < 1 << k; i++) {
      entangled[i << k | i] = Math.pow(2, -k / 2.0);
    }
    channels(noisy).forEach(builder::append);
    int[] all = IntStream.range(0, 2 * k).toArray();
    Circuit circuit = builder.fidelity(entangled, all).build();
    double[] values = values(circuit);
    double d = 1 << k;
    return 1 - (d * values[0] + 1) / (d + 1);
  }

  private static double[] values(Circuit circuit) {
    return new DensityMatrixEngine()
        .compile(circuit)
        .values(Inputs.of(1, new double[0], new double[0]));
  }

  @Test
  void aGateHasItsPublishedError() {
    DeviceNoise noise = noise(Map.of("gateErrors", List.of(0.0004, 0, 0, 0, 0)));
    assertEquals(0.0004, infidelity(noise.apply(Circuit.builder(1).x(0).build()), 1), 1e-13);
    assertEquals(
        0.00882771, infidelity(MANILA.apply(Circuit.builder(2).cnot(1, 0).build()), 2), 1e-13);
  }

  @Test
  void whatRelaxationTakesAlreadyIsNotTakenTwice() {
    Circuit noisy =
        noise(Map.of("gateErrors", List.of(0, 0, 0, 0, 0))).apply(Circuit.builder(1).x(0).build());
    assertEquals(
        List.of(Channel.Kind.THERMAL_RELAXATION), channels(noisy).map(Channel::kind).toList());
  }

  @Test
  void qubitsRelaxWhileTheyWait() {
    Circuit circuit = Circuit.builder(3).x(0).cnot(0, 1).build();
    assertEquals(
        List.of("0 0.0356", "1 0.0356", "0 0.2773", "1 0.2773", "2 0.3129"),
        channels(MANILA.apply(circuit))
            .filter(c -> c.kind() == Channel.Kind.THERMAL_RELAXATION)
            .map(
                c ->
                    String.format(
                        Locale.ROOT, "%d %.4f", c.wires().get(0), c.strengths().get(2).offset()))
            .toList());
    assertEquals(
        3,
        channels(noise(Map.of("idle", false)).apply(circuit))
            .filter(c -> c.kind() == Channel.Kind.THERMAL_RELAXATION)
            .count());
  }

  @Test
  void virtualGatesCostNothing() {
    Circuit circuit = Circuit.builder(1).z(0).s(0).t(0).build();
    assertEquals(
        List.of("Z", "S", "T"),
        MANILA.apply(circuit).instructions().stream().map(Instruction::name).toList());
  }

  @Test
  void eachQubitHasItsReadout() {
    Map<Integer, ReadoutError> errors = MANILA.apply(Circuit.builder(3).build()).readoutErrors();
    assertEquals(new ReadoutError(0.0702, 0.1226), errors.get(2));
    assertEquals(3, errors.size());
  }

  @Test
  void aPairThatIsntThereIsRefusedOrTakenAsTheMean() {
    Circuit circuit = Circuit.builder(3).cz(2, 0).build();
    assertTrue(
        message(() -> MANILA.apply(circuit))
            .startsWith("ibmq_manila joins the pairs [0-1, 1-2, 2-3, 3-4], and the circuit has"));
    assertEquals(
        (0.00882771 + 0.0139404 + 0.0113541 + 0.00569628) / 4,
        infidelity(
            noise(Map.of("otherPairs", "mean", "t1", same(1e6), "t2", same(1e6), "idle", false))
                .apply(Circuit.builder(3).cz(2, 0).build())
                .map(
                    (builder, instruction) -> {
                      if (instruction instanceof Channel c
                          && c.kind() == Channel.Kind.DEPOLARIZING) {
                        builder.channel(c.kind(), new int[] {0, 1}, c.strengths().get(0));
                      }
                    }),
            2),
        1e-6);
  }

  private static List<Double> same(double value) {
    return List.of(value, value, value, value, value);
  }

  private static String message(Runnable call) {
    return assertThrows(IllegalArgumentException.class, call::run).getMessage();
  }

  @Test
  void calibrationsThatCantBeAreRefused() {
    CircuitBuilder toffoli = Circuit.builder(3);
    toffoli.controlledBy(0, 1).x(2);
    assertEquals(
        "noise \"device\": gateErrors has 4 numbers and t1 has 5: qubit 4 is missing",
        message(() -> noise(Map.of("gateErrors", List.of(0, 0, 0, 0)))));
    assertEquals(
        "noise \"device\": qubit 1 has T2 = 250.0 above 2 T1 = 249.08, which no process gives",
        message(() -> noise(Map.of("t2", List.of(1, 250, 1, 1, 1)))));
    assertEquals(
        "noise \"device\": a pair is two qubits of 0 to 4, for example 0-1; found \"3-5\"",
        message(() -> noise(Map.of("pairs", List.of("0-1", "1-2", "2-3", "3-5")))));
    assertEquals(
        "noise \"device\": pair 3-4 has no error: pairErrors has 3 numbers for 4 pairs",
        message(() -> noise(Map.of("pairErrors", List.of(0, 0, 0)))));
    assertEquals(
        "ibmq_manila has 5 qubits, and the circuit 6 wires: give the calibration of a larger device",
        message(() -> MANILA.apply(Circuit.builder(6).build())));
    assertTrue(
        message(() -> MANILA.apply(toffoli.build()))
            .startsWith("ibmq_manila has gates on one and two qubits, and the circuit"));
  }

  @Test
  void conforms() {
    new Conformance(new DensityMatrixEngine()).require(MANILA);
  }
}
