package org.ketloom.engine.statevector;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.ketloom.api.circuit.Angles;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.circuit.Gate;
import org.ketloom.api.circuit.Pauli;
import org.ketloom.api.circuit.PauliTerm;
import org.ketloom.api.engine.Evaluation;
import org.ketloom.api.engine.Gradients;
import org.ketloom.api.engine.Inputs;
import org.ketloom.api.engine.Program;

/**
 * Medians of the reference circuits, for a first look: {@code Timings [threads] [name prefix] ...}.
 * With one thread they are its processor time, which other work on the machine disturbs less than
 * the time by the clock.
 */
final class Timings {
  private static final double MEASURED_SECONDS = 1.0;

  private Timings() {}

  public static void main(String[] arguments) {
    int threads = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 1;
    List<String> chosen =
        Arrays.asList(arguments).subList(Math.min(1, arguments.length), arguments.length);
    StateVectorEngine engine = new StateVectorEngine(threads, Kernels.best(), 12, 16);
    for (int n : new int[] {4, 6, 8, 10, 12}) {
      measure(engine, threads, chosen, "W1-" + n, w1(n), 64);
    }
    for (int n : new int[] {16, 18, 20}) {
      measure(engine, threads, chosen, "W2-" + n, w1(n), 1);
    }
    measure(engine, threads, chosen, "W3", w3(), 64);
    measure(engine, threads, chosen, "clusterstate", clusterState(), 320);
    measure(engine, threads, chosen, "style", style(), 128);
    engine.close();
  }

  private static void measure(
      StateVectorEngine engine,
      int threads,
      List<String> chosen,
      String name,
      Circuit circuit,
      int batch) {
    if (!chosen.isEmpty() && chosen.stream().noneMatch(name::startsWith)) {
      return;
    }
    Random random = new Random(1);
    boolean wall = threads > 1;
    Program program = engine.compile(circuit);
    Inputs inputs = RandomCircuits.inputs(circuit, batch, random);
    double[] cotangents = RandomCircuits.gaussian(batch * circuit.outputs(), random);
    double[] outputs = new double[batch * circuit.outputs()];
    Gradients gradients = Gradients.zeros(circuit, batch);
    Evaluation evaluation = program.evaluate(inputs);
    Runnable both =
        () -> {
          evaluation.update(inputs);
          evaluation.vjp(cotangents, gradients);
        };
    double valuesTime = median(() -> program.values(inputs, outputs), wall);
    double bothTime = median(both, wall);
    var memory = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = memory.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < 10; i++) {
      both.run();
    }
    long bytes = (memory.getCurrentThreadAllocatedBytes() - before) / 10;
    System.out.printf(
        "%-13s values %9.3f ms   values+VJP %9.3f ms   allocated %d bytes%n",
        name, valuesTime, bothTime, bytes);
  }

  private static double median(Runnable call, boolean wall) {
    double[] times = new double[20000];
    int count = 0;
    ThreadMXBean clock = ManagementFactory.getThreadMXBean();
    long end = clock.getCurrentThreadCpuTime() + (long) (3 * MEASURED_SECONDS * 1e9);
    while (clock.getCurrentThreadCpuTime() < end || count < 5) {
      long start = wall ? System.nanoTime() : clock.getCurrentThreadCpuTime();
      call.run();
      times[count++ % times.length] =
          ((wall ? System.nanoTime() : clock.getCurrentThreadCpuTime()) - start) / 1e6;
    }
    // The first two thirds warm up.
    int used = Math.min(count, times.length);
    double[] last = Arrays.copyOfRange(times, Math.min(used - 1, 2 * used / 3), used);
    Arrays.sort(last);
    return last[last.length / 2];
  }

  /** Angle encoding; layers of RX RY RZ and a ring of CNOT; Z of every wire. */
  static Circuit w1(int wires) {
    CircuitBuilder b = Circuit.builder(wires);
    Angles x = b.features(wires);
    Angles w = b.weights(4, wires, 3);
    for (int q = 0; q < wires; q++) {
      b.ry(q, x.at(q));
    }
    for (int layer = 0; layer < 4; layer++) {
      for (int q = 0; q < wires; q++) {
        b.rx(q, w.at(layer, q, 0)).ry(q, w.at(layer, q, 1)).rz(q, w.at(layer, q, 2));
      }
      for (int q = 0; q < wires; q++) {
        b.cnot(q, (q + 1) % wires);
      }
    }
    for (int q = 0; q < wires; q++) {
      b.expect(PauliTerm.of(Pauli.Z, q));
    }
    return b.build();
  }

  /** Dense-angle encoding; general two-qubit blocks; four Hermitians on three wires each. */
  static Circuit w3() {
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

  private static void twoQubitBlock(
      CircuitBuilder b, Angles w, int layer, int block, int p, int q) {
    int[] next = {0};
    for (int wire : new int[] {p, q}) {
      b.rz(wire, w.at(layer, block, next[0]++))
          .ry(wire, w.at(layer, block, next[0]++))
          .rz(wire, w.at(layer, block, next[0]++));
    }
    b.cnot(q, p);
    b.rz(p, w.at(layer, block, next[0]++)).ry(q, w.at(layer, block, next[0]++));
    b.cnot(p, q);
    b.ry(q, w.at(layer, block, next[0]++));
    b.cnot(q, p);
    for (int wire : new int[] {p, q}) {
      b.rz(wire, w.at(layer, block, next[0]++))
          .ry(wire, w.at(layer, block, next[0]++))
          .rz(wire, w.at(layer, block, next[0]++));
    }
  }

  /** Prepared amplitudes, two-qubit cores on a ring and cluster-state mixing, dense Hermitians. */
  static Circuit clusterState() {
    CircuitBuilder b = Circuit.builder(4);
    b.prepareAmplitudes(b.features(16), false, 0);
    int layers = 30;
    Angles s = b.sampleAngles(layers, 16);
    for (int layer = 0; layer < layers; layer++) {
      int[][] pairs = {{0, 1}, {2, 3}, {1, 2}, {3, 0}};
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
    for (int k = 0; k < 16; k++) {
      b.expectHermitian(0, 1, 2, 3);
    }
    return b.build();
  }

  /** Rotations and controlled rotations whose angles are all given per sample. */
  static Circuit style() {
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
    for (Pauli pauli : new Pauli[] {Pauli.X, Pauli.Z}) {
      for (int q = 0; q < wires; q++) {
        b.expect(PauliTerm.of(pauli, q));
      }
    }
    return b.build();
  }
}
