package org.ketloom.engine.statevector;

import java.util.List;
import org.ketloom.api.circuit.Pauli;
import org.ketloom.api.engine.QuantumEngine;
import org.ketloom.api.engine.Shots;

/**
 * The reduced state of k wires, estimated in all {@code 3^k} bases of Pauli matrices: what the
 * gradients of a Hermitian's entries are made of. Each Pauli string's expectation value is the mean
 * over the bases that agree with it.
 */
final class Tomography {
  private final int k;
  private final List<List<Pauli>> strings;
  private final List<MeasurementBasis> bases;

  Tomography(List<Integer> wires, Unrolled unrolled, QuantumEngine engine) {
    k = wires.size();
    strings = MeasurementBasis.strings(k);
    bases = strings.stream().map(b -> MeasurementBasis.of(engine, unrolled, wires, b)).toList();
  }

  /**
   * Weighted sums over samples of the derivatives {@code dy/dh} of a Hermitian's value.
   *
   * @param weights for each of some Hermitians, {@code [hermitians][batch]}
   * @param shots for each sample
   * @return {@code [hermitians][4^k]}, laid out as a Hermitian's entries
   */
  double[][] gradients(double[] features, double[] angles, double[][] weights, Shots[] shots) {
    int rows = 1 << k;
    double[][] re = new double[weights.length][rows * rows];
    double[][] im = new double[weights.length][rows * rows];
    for (int s = 0; s < bases.size(); s++) {
      double[] found = bases.get(s).probabilities(shots.length, features, angles);
      double[][] sums = new double[weights.length][rows];
      for (int b = 0; b < shots.length; b++) {
        MeasurementBasis.sample(found, b * rows, rows, shots[b].at(s));
        for (int h = 0; h < weights.length; h++) {
          for (int o = 0; o < rows; o++) {
            sums[h][o] += weights[h][b] * found[b * rows + o];
          }
        }
      }
      for (int h = 0; h < weights.length; h++) {
        transform(sums[h]);
        for (int subset = 0; subset < rows; subset++) {
          double share = Math.pow(3, Integer.bitCount(subset) - k) / rows;
          add(strings.get(s), subset, share * sums[h][subset], re[h], im[h]);
        }
      }
    }
    double[][] gradients = new double[weights.length][];
    for (int h = 0; h < weights.length; h++) {
      gradients[h] = entries(re[h], im[h]);
    }
    return gradients;
  }

  /** Frequencies of outcomes to expectation values of the parities of all subsets of bits. */
  private static void transform(double[] values) {
    for (int bit = 1; bit < values.length; bit <<= 1) {
      for (int o = 0; o < values.length; o++) {
        if ((o & bit) == 0) {
          double zero = values[o];
          double one = values[o + bit];
          values[o] = zero + one;
          values[o + bit] = zero - one;
        }
      }
    }
  }

  /** Adds a multiple of the Pauli string that a basis has on a subset of the wires. */
  private void add(List<Pauli> basis, int subset, double factor, double[] re, double[] im) {
    int rows = 1 << k;
    int flips = 0;
    for (int i = 0; i < k; i++) {
      int bit = 1 << (k - 1 - i);
      if ((subset & bit) != 0 && basis.get(i) != Pauli.Z) {
        flips |= bit;
      }
    }
    for (int row = 0; row < rows; row++) {
      // Y is -i at (0, 1) and i at (1, 0); Z is -1 at (1, 1).
      int quarters = 0;
      for (int i = 0; i < k; i++) {
        int bit = 1 << (k - 1 - i);
        if ((subset & bit) != 0) {
          boolean set = (row & bit) != 0;
          quarters +=
              switch (basis.get(i)) {
                case X -> 0;
                case Y -> set ? 1 : 3;
                case Z -> set ? 2 : 0;
              };
        }
      }
      int at = row * rows + (row ^ flips);
      switch (quarters & 3) {
        case 0 -> re[at] += factor;
        case 1 -> im[at] += factor;
        case 2 -> re[at] -= factor;
        default -> im[at] -= factor;
      }
    }
  }

  /** Derivatives of {@code tr(rho H)} by the entries of H. */
  private static double[] entries(double[] re, double[] im) {
    int n = (int) Math.round(Math.sqrt(re.length));
    double[] entries = new double[n * n];
    int at = n;
    int upper = n * (n - 1) / 2;
    for (int i = 0; i < n; i++) {
      entries[i] = re[i * n + i];
      for (int j = i + 1; j < n; j++, at++) {
        entries[at] = 2 * re[i * n + j];
        entries[at + upper] = 2 * im[i * n + j];
      }
    }
    return entries;
  }
}
