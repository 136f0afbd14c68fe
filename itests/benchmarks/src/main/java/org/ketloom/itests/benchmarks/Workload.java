package org.ketloom.itests.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.ketloom.api.circuit.Angle;
import org.ketloom.api.circuit.Angles;
import org.ketloom.api.circuit.Channel;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.circuit.Gate;
import org.ketloom.api.circuit.Operation;
import org.ketloom.api.circuit.Pauli;
import org.ketloom.api.circuit.PauliTerm;
import org.ketloom.api.engine.Direction;
import org.ketloom.api.engine.Inputs;

/**
 * A reference circuit, or several that are run one after another, with its batch.
 *
 * @param name its name on the command line and in results
 * @param title its name in tables
 * @param circuits what is run
 * @param batch number of samples
 * @param engine what runs it
 */
record Workload(String name, String title, List<Circuit> circuits, int batch, Engine engine) {
  /** Trajectories of each sample. */
  static final int TRAJECTORIES = 100;

  private static final int JO2026_ROWS = 320;
  private static final int JO2026_LAYERS = 10;
  private static final int LAYERS = 4;
  private static final double DEPOLARIZING = 0.01;
  private static final double DAMPING = 0.01;

  /** An engine. */
  enum Engine {
    /** Pure states. */
    STATE_VECTOR,
    /** Mixed states, exactly. */
    DENSITY_MATRIX,
    /** {@link #TRAJECTORIES} of each sample. */
    TRAJECTORIES
  }

  /** A workload of pure states. */
  Workload(String name, String title, List<Circuit> circuits, int batch) {
    this(name, title, circuits, batch, Engine.STATE_VECTOR);
  }

  /** All workloads in the order of the tables. */
  static List<Workload> all() {
    List<Workload> all = new ArrayList<>();
    for (int wires : new int[] {4, 6, 8, 10, 12}) {
      all.add(
          new Workload("w1-" + wires, "W1, n = " + wires, List.of(layered(wires, LAYERS, 0)), 64));
    }
    for (int wires : new int[] {16, 18, 20}) {
      all.add(
          new Workload("w2-" + wires, "W2, n = " + wires, List.of(layered(wires, LAYERS, 0)), 1));
    }
    all.add(new Workload("w3", "W3", List.of(adaptive()), 64));
    all.add(
        new Workload(
            "jo2026",
            "jo2026 bottleneck",
            List.of(jo2026Interference(), jo2026Readout()),
            JO2026_ROWS));
    all.add(new Workload("lastqgan-a", "LaSt-QGAN circuit A", List.of(styleGenerator()), 128));
    for (int wires : new int[] {4, 6}) {
      all.add(
          new Workload(
              "dm-" + wires,
              "noisy W1, n = " + wires,
              List.of(layered(wires, LAYERS, DEPOLARIZING)),
              64,
              Engine.DENSITY_MATRIX));
      all.add(
          new Workload(
              "dm-" + wires + "-pure",
              "beside it: pure, n = " + 2 * wires,
              List.of(layered(2 * wires, 2 * LAYERS, 0)),
              64));
    }
    all.add(
        new Workload(
            "trajectories-10",
            "noisy W1, n = 10, 16 x 100 trajectories",
            List.of(layered(10, LAYERS, DEPOLARIZING)),
            16,
            Engine.TRAJECTORIES));
    all.add(
        new Workload(
            "trajectories-10-pure",
            "beside it: pure, 1600 rows",
            List.of(layered(10, LAYERS, 0)),
            16 * TRAJECTORIES));
    all.add(
        new Workload(
            "trajectories-damping-10",
            "damped W1, n = 10, 16 x 100 trajectories",
            List.of(noisy(layered(10, LAYERS, 0), Channel.Kind.AMPLITUDE_DAMPING, DAMPING)),
            16,
            Engine.TRAJECTORIES));
    all.add(
        new Workload(
            "trajectories-damping-10-pure",
            "beside it: pure, 1600 rows",
            List.of(layered(10, LAYERS, 0)),
            16 * TRAJECTORIES));
    return all;
  }

  /**
   * The workload of a name.
   *
   * @throws IllegalArgumentException if there is none
   */
  static Workload named(String name) {
    return all().stream()
        .filter(w -> w.name.equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "there is no workload \""
                        + name
                        + "\"; there are "
                        + String.join(", ", all().stream().map(Workload::name).toList())));
  }

  /** Random inputs of a circuit, the same in every run. */
  Inputs inputs(Circuit circuit) {
    Random random = new Random(1);
    return new Inputs(
        batch,
        gaussian(batch * circuit.features(), random),
        gaussian(circuit.weights(), random),
        gaussian(batch * circuit.sampleAngles(), random),
        gaussian(circuit.hermitianEntries(), random));
  }

  /** Random cotangents of a circuit, the same in every run. */
  double[] cotangents(Circuit circuit) {
    return gaussian(batch * circuit.outputs(), new Random(2));
  }

  /** A random direction for a circuit's inputs, the same in every run. */
  Direction direction(Circuit circuit) {
    Random random = new Random(3);
    return new Direction(
        gaussian(batch * circuit.features(), random),
        gaussian(circuit.weights(), random),
        gaussian(batch * circuit.sampleAngles(), random),
        gaussian(circuit.hermitianEntries(), random));
  }

  private static double[] gaussian(int count, Random random) {
    return random.doubles(count).map(u -> random.nextGaussian()).toArray();
  }

  /**
   * W1 and W2: angle encoding; layers of RX RY RZ and a ring of CNOT; Z of every wire.
   *
   * @param noise strength of depolarizing on each wire of a gate after it; 0 for none
   */
  private static Circuit layered(int wires, int layers, double noise) {
    CircuitBuilder b = Circuit.builder(wires);
    Angles x = b.features(wires);
    Angles w = b.weights(layers, wires, 3);
    for (int q = 0; q < wires; q++) {
      b.ry(q, x.at(q));
    }
    for (int layer = 0; layer < layers; layer++) {
      for (int q = 0; q < wires; q++) {
        b.rx(q, w.at(layer, q, 0)).ry(q, w.at(layer, q, 1)).rz(q, w.at(layer, q, 2));
      }
      for (int q = 0; q < wires; q++) {
        b.cnot(q, (q + 1) % wires);
      }
    }
    Circuit pure = expectAll(b, Pauli.Z).build();
    return noise == 0 ? pure : noisy(pure, Channel.Kind.DEPOLARIZING, noise);
  }

  private static Circuit noisy(Circuit pure, Channel.Kind kind, double strength) {
    return pure.map(
        (builder, instruction) -> {
          builder.append(instruction);
          if (instruction instanceof Operation operation) {
            for (int wire : operation.allWires()) {
              builder.channel(kind, new int[] {wire}, Angle.constant(strength));
            }
          }
        });
  }

  /**
   * W3: dense-angle encoding; 2 layers of general two-qubit blocks on even, then odd pairs, then a
   * CZ chain; four trainable Hermitians on windows of three wires.
   */
  private static Circuit adaptive() {
    int wires = 8;
    CircuitBuilder b = Circuit.builder(wires);
    Angles x = b.features(2 * wires);
    Angles w = b.weights(2, wires - 1, 15);
    for (int q = 0; q < wires; q++) {
      b.ry(q, x.at(2 * q)).rz(q, x.at(2 * q + 1));
    }
    for (int layer = 0; layer < 2; layer++) {
      int block = 0;
      for (int start = 0; start < 2; start++) {
        for (int q = start; q + 1 < wires; q += 2, block++) {
          twoQubitBlock(b, w, layer, block, q, q + 1);
        }
      }
      for (int q = 0; q + 1 < wires; q++) {
        b.cz(q, q + 1);
      }
    }
    b.expectHermitian(0, 1, 2).expectHermitian(2, 3, 4).expectHermitian(4, 5, 6);
    return b.expectHermitian(6, 7, 0).build();
  }

  /** Vatan and Williams' general two-qubit unitary (Phys. Rev. A 69, 032315, figure 6). */
  private static void twoQubitBlock(
      CircuitBuilder b, Angles w, int layer, int block, int p, int q) {
    int next = 0;
    for (int wire : new int[] {p, q}) {
      b.rz(wire, w.at(layer, block, next++))
          .ry(wire, w.at(layer, block, next++))
          .rz(wire, w.at(layer, block, next++));
    }
    b.cnot(q, p);
    b.rz(p, w.at(layer, block, next++)).ry(q, w.at(layer, block, next++));
    b.cnot(p, q);
    b.ry(q, w.at(layer, block, next++));
    b.cnot(q, p);
    for (int wire : new int[] {p, q}) {
      b.rz(wire, w.at(layer, block, next++))
          .ry(wire, w.at(layer, block, next++))
          .rz(wire, w.at(layer, block, next++));
    }
  }

  /**
   * The first two blocks of the bottleneck of arXiv 2602.03405: 16 prepared amplitudes, 10 layers,
   * and 10 layers controlled by an ancilla whose Z is read (a Hadamard test). The state between the
   * blocks and its activation aren't the engine's work.
   */
  private static Circuit jo2026Interference() {
    CircuitBuilder b = Circuit.builder(5);
    CircuitBuilder data = b.on(0, 1, 2, 3);
    data.prepareAmplitudes(b.features(16), false, 0);
    int ancilla = 4;
    conv(data, b.sampleAngles(JO2026_LAYERS, 16));
    b.h(ancilla);
    conv(b.controlledBy(ancilla).on(0, 1, 2, 3), b.sampleAngles(JO2026_LAYERS, 16));
    b.h(ancilla);
    return b.expect(PauliTerm.of(Pauli.Z, ancilla)).build();
  }

  /** Its third block: 16 complex amplitudes, 10 layers, 16 Hermitians on all wires. */
  private static Circuit jo2026Readout() {
    CircuitBuilder b = Circuit.builder(4);
    b.prepareAmplitudes(b.features(32), true, 0);
    conv(b, b.sampleAngles(JO2026_LAYERS, 16));
    for (int k = 0; k < 16; k++) {
      b.expectHermitian(0, 1, 2, 3);
    }
    return b.build();
  }

  /** Two-qubit cores on a ring, then cluster-state mixing, on the first four wires. */
  private static void conv(CircuitBuilder b, Angles s) {
    int[][] pairs = {{0, 1}, {2, 3}, {1, 2}, {3, 0}};
    for (int layer = 0; layer < JO2026_LAYERS; layer++) {
      for (int p = 0; p < 4; p++) {
        b.canonical(
            pairs[p][0],
            pairs[p][1],
            s.at(layer, 3 * p),
            s.at(layer, 3 * p + 1),
            s.at(layer, 3 * p + 2));
      }
      IntStream.range(0, 4).forEach(b::h);
      b.cz(0, 1).cz(1, 2).cz(2, 3);
      for (int q = 0; q < 4; q++) {
        b.rx(q, s.at(layer, 12 + q));
      }
    }
  }

  /**
   * A style-based generator: 6 layers of RY RZ RY RZ on every wire and rings of CRY and CRZ, every
   * angle per sample; X, then Z of every wire.
   */
  private static Circuit styleGenerator() {
    int wires = 10;
    CircuitBuilder b = Circuit.builder(wires);
    Angles s = b.sampleAngles(6, wires, 6);
    for (int layer = 0; layer < 6; layer++) {
      for (int q = 0; q < wires; q++) {
        b.ry(q, s.at(layer, q, 0)).rz(q, s.at(layer, q, 1));
        b.ry(q, s.at(layer, q, 2)).rz(q, s.at(layer, q, 3));
      }
      for (int q = 0; q < wires; q++) {
        int[] target = {(q + 1) % wires};
        b.controlledBy(q).gate(Gate.RY, target, s.at(layer, q, 4));
        b.controlledBy(q).gate(Gate.RZ, target, s.at(layer, q, 5));
      }
    }
    Stream.of(Pauli.X, Pauli.Z).forEach(p -> expectAll(b, p));
    return b.build();
  }

  private static CircuitBuilder expectAll(CircuitBuilder b, Pauli pauli) {
    IntStream.range(0, b.wires()).forEach(q -> b.expect(PauliTerm.of(pauli, q)));
    return b;
  }
}
