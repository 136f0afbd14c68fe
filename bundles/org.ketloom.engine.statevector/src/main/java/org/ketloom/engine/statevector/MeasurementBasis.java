package org.ketloom.engine.statevector;

import java.util.List;
import java.util.stream.IntStream;
import org.ketloom.api.circuit.Angle;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.circuit.Gate;
import org.ketloom.api.circuit.Pauli;
import org.ketloom.api.engine.Inputs;
import org.ketloom.api.engine.Program;
import org.ketloom.api.engine.QuantumEngine;
import org.ketloom.api.engine.Shots;
import org.ketloom.api.random.SplitMix64;

/**
 * A basis that some wires are measured in, one Pauli matrix per wire: the circuit, rotated so that
 * the outcomes are basis states.
 *
 * @param program reads the outcomes' probabilities; the first wire is the most significant bit
 * @param outcomes their number
 */
record MeasurementBasis(Program program, int outcomes) {

  /**
   * Compiles the circuit that measures in a basis.
   *
   * @param wires different ones
   * @param bases one for each wire
   */
  static MeasurementBasis of(
      QuantumEngine engine, Unrolled unrolled, List<Integer> wires, List<Pauli> bases) {
    CircuitBuilder builder = unrolled.builder();
    for (int i = 0; i < wires.size(); i++) {
      if (bases.get(i) == Pauli.Y) {
        builder.gate(Gate.PHASE, new int[] {wires.get(i)}, Angle.constant(-Math.PI / 2));
      }
      if (bases.get(i) != Pauli.Z) {
        builder.h(wires.get(i));
      }
    }
    builder.probabilities(Unrolled.ints(wires));
    return new MeasurementBasis(engine.compile(builder.build()), 1 << wires.size());
  }

  /** Probabilities of the outcomes, row-major {@code [batch][outcomes]}. */
  double[] probabilities(int batch, double[] features, double[] angles) {
    return program.values(new Inputs(batch, features, new double[0], angles, new double[0]));
  }

  /**
   * Puts relative frequencies of outcomes in place of their probabilities.
   *
   * @param values holds them from {@code first} on
   * @param shots how often and with which seed; nothing changes if exact
   */
  static void sample(double[] values, int first, int outcomes, Shots shots) {
    if (shots.exact()) {
      return;
    }
    double[] sums = new double[outcomes];
    double sum = 0;
    for (int x = 0; x < outcomes; x++) {
      // Rounding leaves some that are impossible a little below 0.
      sum += Math.max(0, values[first + x]);
      sums[x] = sum;
      values[first + x] = 0;
    }
    SplitMix64 random = new SplitMix64(shots.seed());
    for (int s = 0; s < shots.count(); s++) {
      values[first + outcome(sums, random.nextDouble() * sum)]++;
    }
    for (int x = 0; x < outcomes; x++) {
      values[first + x] /= shots.count();
    }
  }

  /** The first outcome whose sum is greater. */
  private static int outcome(double[] sums, double drawn) {
    int low = 0;
    int high = sums.length - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (sums[middle] > drawn) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  /** The bits of some wires in an outcome, the first wire the most significant. */
  static int mask(List<Integer> all, List<Integer> chosen) {
    return chosen.stream().mapToInt(w -> 1 << (all.size() - 1 - all.indexOf(w))).sum();
  }

  /** All strings of k Pauli matrices in some order. */
  static List<List<Pauli>> strings(int k) {
    int count = (int) Math.pow(3, k);
    return IntStream.range(0, count)
        .mapToObj(
            s ->
                IntStream.range(0, k)
                    .mapToObj(i -> Pauli.values()[s / (int) Math.pow(3, i) % 3])
                    .toList())
        .toList();
  }
}
