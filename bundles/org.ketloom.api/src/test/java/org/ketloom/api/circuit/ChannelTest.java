package org.ketloom.api.circuit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class ChannelTest {
  private static final Angle TENTH = Angle.constant(0.1);

  private static CircuitBuilder bell() {
    return Circuit.builder(2).h(0).cnot(0, 1);
  }

  @Test
  void channelsStandBetweenGates() {
    CircuitBuilder builder = Circuit.builder(2);
    Angles strengths = builder.weights(1);
    Circuit circuit =
        builder.h(0).depolarizing(strengths.at(0), 0, 1).cnot(0, 1).measure(1).build();
    assertEquals(
        "[H on wire 0, DEPOLARIZING[w[0]] on wires [0, 1], CNOT on wire 1 controlled by [0],"
            + " MEASURE on wire 1]",
        circuit.instructions().toString());
    assertEquals(2, circuit.operations().size());
    assertEquals(2, circuit.depth());
    assertTrue(circuit.toString().endsWith(", 2 channels"), circuit.toString());
    assertFalse(circuit.isPure());
    assertTrue(bell().probabilities(0).build().isPure());
  }

  @Test
  void fingerprintsTellChannelsApart() {
    List<Circuit> circuits =
        List.of(
            bell().build(),
            bell().depolarizing(TENTH, 0).build(),
            bell().depolarizing(TENTH, 0, 1).build(),
            bell().amplitudeDamping(0, TENTH).build(),
            bell().phaseDamping(0, TENTH).build(),
            bell().boundedChannel(Channel.Kind.PHASE_DAMPING, new int[] {0}, TENTH).build(),
            bell().readoutError(0, new ReadoutError(0.1, 0)).build(),
            bell().readoutError(0, new ReadoutError(0, 0.1)).build(),
            bell().densityMatrix(0).build(),
            bell().purity(0).build(),
            bell().fidelity(new double[] {1, 0, 0, 0}, 0).build(),
            bell().fidelity(new double[] {0, 1, 0, 0}, 0).build(),
            bell().successProbability().build(),
            bell().postSelect(0, 0).build(),
            bell().postSelect(0, 1).build(),
            Circuit.builder(2).prepareMixed().build(),
            Circuit.builder(2).prepareHaarRandom(1).build(),
            Circuit.builder(2).prepareHaarRandom(2).build(),
            Circuit.builder(2).build());
    assertEquals(circuits.size(), circuits.stream().map(Circuit::fingerprint).distinct().count());
  }

  @Test
  void aNoiseModelIsAMap() {
    CircuitBuilder builder = bell();
    builder.ry(0, builder.weights(1).at(0)).expect(PauliTerm.parse("Z0 Z1")).expectHermitian(1);
    Circuit circuit = builder.readoutError(1, new ReadoutError(0.1, 0.2)).build();
    Circuit noisy =
        circuit.map(
            (target, instruction) -> {
              target.append(instruction);
              instruction.wires().forEach(w -> target.depolarizing(TENTH, w));
            });
    assertEquals(6, noisy.instructions().size());
    assertEquals(circuit.operations(), noisy.operations());
    assertEquals(circuit.observables(), noisy.observables());
    assertEquals(circuit.readoutErrors(), noisy.readoutErrors());
    assertEquals(4, noisy.hermitianEntries());
    assertEquals(1, noisy.weights());
    assertEquals(circuit, circuit.map(CircuitBuilder::append));
    assertEquals(circuit, circuit.toBuilder().build());
    assertNotEquals(circuit, circuit.toBuilder().x(0).build());
    assertEquals(circuit, noisy.map(ChannelTest::appendGate));
  }

  private static void appendGate(CircuitBuilder builder, Instruction instruction) {
    if (instruction instanceof Operation) {
      builder.append(instruction);
    }
  }

  @Test
  void mapsKeepStarts() {
    List<CircuitBuilder> builders = new ArrayList<>();
    CircuitBuilder density = Circuit.builder(2);
    builders.add(density.on(1).prepareDensityMatrix(density.features(4)));
    builders.add(Circuit.builder(2).prepareMixed());
    builders.add(Circuit.builder(2).prepareHaarRandom(3));
    CircuitBuilder amplitudes = Circuit.builder(2);
    builders.add(amplitudes.prepareAmplitudes(amplitudes.features(4), false, 0));
    Circuit[] circuits = {
      density.h(0).build(),
      builders.get(1).h(0).build(),
      builders.get(2).h(0).build(),
      amplitudes.h(0).build()
    };
    for (Circuit circuit : circuits) {
      assertTrue(circuit.start().isPresent());
      assertEquals(circuit, circuit.map(CircuitBuilder::append));
    }
  }

  @Test
  void boundedStrengthsStayInside() {
    Channel pauli =
        (Channel)
            Circuit.builder(1)
                .boundedChannel(Channel.Kind.PAULI, new int[] {0}, TENTH, TENTH, TENTH)
                .build()
                .instructions()
                .get(0);
    double[] t = {2.5, -1.3, 40};
    double[] p = pauli.strengths(t);
    assertEquals(Math.pow(Math.sin(1.25), 2), p[0], 1e-15);
    assertEquals((1 - p[0]) * Math.pow(Math.sin(0.65), 2), p[1], 1e-15);
    assertEquals((1 - p[0] - p[1]) * Math.pow(Math.sin(20), 2), p[2], 1e-15);
    double[][] derivatives = pauli.derivatives(t);
    for (int j = 0; j < 3; j++) {
      double[] up = t.clone();
      double[] down = t.clone();
      up[j] += 1e-5;
      down[j] -= 1e-5;
      for (int i = 0; i < 3; i++) {
        double expected = (pauli.strengths(up)[i] - pauli.strengths(down)[i]) / 2e-5;
        assertEquals(expected, derivatives[i][j], 1e-9);
      }
    }
  }

  @Test
  void refusesStrengthsOutOfRange() {
    refused(
        "gate 2: the strength of BITFLIP[1.1] on wire 0 is 1.1, expected 0 to 1",
        () -> bell().channel(Channel.Kind.BIT_FLIP, new int[] {0}, Angle.constant(1.1)));
    bell().depolarizing(Angle.constant(4.0 / 3), 0);
    refused(
        "gate 2: the strength of DEPOLARIZING[1.1] on wires [0, 1] is 1.1, expected 0 to"
            + " 1.0666666666666667",
        () -> bell().depolarizing(Angle.constant(1.1), 0, 1));
    refused(
        "gate 2: the strengths of PAULI[0.5, 0.4, 0.2] on wire 0 add up to 1.1, expected at most 1",
        () -> channel(Channel.Kind.PAULI, 0.5, 0.4, 0.2));
    refused(
        "gate 2: T2 = 30.0 of THERMALRELAXATION[10.0, 30.0, 1.0, 0.0] on wire 0 is above 2 T1 ="
            + " 20.0",
        () -> channel(Channel.Kind.THERMAL_RELAXATION, 10, 30, 1, 0));
    refused(
        "gate 2 (PAULI on [0]) takes 3 strengths, found 1", () -> channel(Channel.Kind.PAULI, 1));
    refused("gate 2 (MEASURE on [0, 1]) acts on 1 wire, found 2", () -> measureBoth());
    refused(
        "gate 2 (MEASURE on [1]): a channel has no controls, found the controls [0]",
        () -> bell().controlledBy(0).measure(1));
    refused(
        "readout errors are probabilities from 0 to 1, found 1.5 and 0.0",
        () -> new ReadoutError(1.5, 0));
  }

  private static CircuitBuilder measureBoth() {
    return bell().channel(Channel.Kind.MEASURE, new int[] {0, 1});
  }

  private static CircuitBuilder channel(Channel.Kind kind, double... strengths) {
    Angle[] angles = new Angle[strengths.length];
    for (int i = 0; i < angles.length; i++) {
      angles[i] = Angle.constant(strengths[i]);
    }
    return bell().channel(kind, new int[] {0}, angles);
  }

  @Test
  void refusesKrausSetsThatDoNotAddUp() {
    double[][] half = {{0.5, 0, 0, 0.5}};
    String message =
        assertThrows(IllegalArgumentException.class, () -> new KrausSet(half, new double[1][4]))
            .getMessage();
    assertEquals(
        "the Kraus operators don't add up: the sum of K^† K differs from the identity by 0.75 in"
            + " row 0, column 0",
        message);
  }

  @Test
  void enginesOfPureStatesRefuseTheRest() {
    refused(
        "engine takes circuits of pure states and unitary gates, found instruction 2, RESET on"
            + " wire 1; use an engine for mixed states, such as density-matrix",
        () -> bell().reset(1).build().requirePure("engine"));
    refused(
        "engine takes circuits of pure states and unitary gates, found observable 1, purity of"
            + " wires [0]; use an engine for mixed states, such as density-matrix",
        () -> bell().probabilities(0).purity(0).build().requirePure("engine"));
    bell().amplitudes().build().requirePure("engine");
  }

  @Test
  void haarRandomStatesDependOnSeedAndSample() {
    HaarPreparation start = new HaarPreparation(List.of(0, 1), 7);
    assertArrayEquals(start.amplitudes(3), new HaarPreparation(List.of(4, 2), 7).amplitudes(3));
    assertNotEquals(start.amplitudes(3)[0], start.amplitudes(4)[0]);
    double[] mean = new double[4];
    int count = 4000;
    for (int sample = 0; sample < count; sample++) {
      double[] psi = start.amplitudes(sample);
      double sum = 0;
      for (int i = 0; i < 4; i++) {
        double probability = psi[i] * psi[i] + psi[4 + i] * psi[4 + i];
        mean[i] += probability / count;
        sum += probability;
      }
      assertEquals(1, sum, 1e-12);
    }
    // The variance of a probability is 3 / 80.
    for (double m : mean) {
      assertEquals(0.25, m, 4 * Math.sqrt(3.0 / 80 / count));
    }
  }

  private static void refused(String message, Executable call) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call).getMessage());
  }
}
