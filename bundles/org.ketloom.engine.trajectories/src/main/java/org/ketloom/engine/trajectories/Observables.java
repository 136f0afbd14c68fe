package org.ketloom.engine.trajectories;

import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.circuit.Observable;
import org.ketloom.api.circuit.Pauli;
import org.ketloom.api.circuit.PauliTerm;
import org.ketloom.api.circuit.ReadoutError;

/**
 * What a circuit reads, as observables of pure states: everything that is linear in the density
 * matrix, output for output.
 */
final class Observables {
  /** A density matrix or fidelity of more wires is too many strings. */
  private static final int MAX_WIRES = 6;

  private final Circuit circuit;
  private final CircuitBuilder builder;
  private final PauliFrame frame;
  private final List<Segment.Reading> readings = new ArrayList<>();

  Observables(Circuit circuit, CircuitBuilder builder, PauliFrame frame) {
    this.circuit = circuit;
    this.builder = builder;
    this.frame = frame;
  }

  /** Makes gates of the frame of a wire. */
  interface Flips {
    /**
     * Makes them.
     *
     * @param signs whether of its Z too
     */
    void flip(int wire, boolean signs);
  }

  /**
   * Appends the observables. The frame changes the signs of strings; before whatever isn't a sum of
   * strings it becomes gates.
   *
   * @return what the program's outputs are
   */
  List<Segment.Reading> append(Flips flips) {
    for (Observable observable : circuit.observables()) {
      if (!(observable instanceof Observable.PauliSum)) {
        // Z changes no probability.
        boolean signs =
            !(observable instanceof Observable.Probabilities) || misread(observable.wires());
        observable.wires().forEach(wire -> flips.flip(wire, signs));
      }
    }
    int output = 0;
    for (int o = 0; o < circuit.observables().size(); o++) {
      append(circuit.observables().get(o), o, output);
      output += circuit.observables().get(o).outputs();
    }
    return List.copyOf(readings);
  }

  private boolean misread(List<Integer> wires) {
    return wires.stream().anyMatch(circuit.readoutErrors()::containsKey);
  }

  private void append(Observable observable, int number, int first) {
    List<Integer> on = observable.wires();
    int[] wires = on.stream().mapToInt(Integer::intValue).toArray();
    int k = on.size();
    if (observable instanceof Observable.PauliSum sum) {
      expect(sum.terms(), first);
    } else if (observable instanceof Observable.Hermitian) {
      builder.expectHermitian(wires);
      readings.add(new Segment.Reading(first, PauliFrame.ZERO));
    } else if (observable instanceof Observable.SuccessProbability) {
      expect(List.of(PauliTerm.parse("I")), first);
    } else if (observable instanceof Observable.Probabilities) {
      if (!misread(on)) {
        builder.probabilities(wires);
        for (int x = 0; x < 1 << k; x++) {
          readings.add(new Segment.Reading(first + x, PauliFrame.ZERO));
        }
        return;
      }
      requireWires(k, number);
      for (int x = 0; x < 1 << k; x++) {
        List<PauliTerm> terms = new ArrayList<>();
        for (int z = 0; z < 1 << k; z++) {
          double sign = 1 - 2 * (Integer.bitCount(x & z) & 1);
          terms.add(string(on, strings(z, k), sign / (1 << k)));
        }
        expect(terms, first + x);
      }
    } else if (observable instanceof Observable.DensityMatrix) {
      requireWires(k, number);
      int rows = 1 << k;
      int next = first;
      for (int i = 0; i < rows; i++) {
        expectExactly(List.of(entry(on, i, i, false)), next++);
      }
      for (boolean imaginary : new boolean[] {false, true}) {
        for (int i = 0; i < rows; i++) {
          for (int j = i + 1; j < rows; j++) {
            expectExactly(List.of(entry(on, i, j, imaginary)), next++);
          }
        }
      }
    } else if (observable instanceof Observable.Fidelity fidelity) {
      requireWires(k, number);
      expectExactly(List.of(fidelity(fidelity)), first);
    } else {
      throw new IllegalArgumentException(
          "engine \"trajectories\" reads what is linear in the density matrix, found observable "
              + number
              + ", "
              + (observable instanceof Observable.Purity ? "a purity" : "amplitudes")
              + "; use engine density-matrix, or statevector for amplitudes");
    }
  }

  private static void requireWires(int k, int number) {
    if (k > MAX_WIRES) {
      throw new IllegalArgumentException(
          "engine \"trajectories\" reads observable "
              + number
              + " on at most "
              + MAX_WIRES
              + " wires, found "
              + k
              + "; use engine density-matrix");
    }
  }

  /** Each matrix P of a wire that is read wrongly becomes {@code scale P + offset}. */
  private void expect(List<PauliTerm> terms, int output) {
    SortedMap<String, PauliTerm> all = new TreeMap<>();
    for (PauliTerm term : terms) {
      List<PauliTerm> parts = List.of(new PauliTerm(term.coefficient(), List.of(), List.of()));
      for (int i = 0; i < term.wires().size(); i++) {
        int wire = term.wires().get(i);
        ReadoutError error = circuit.readoutErrors().getOrDefault(wire, new ReadoutError(0, 0));
        List<PauliTerm> longer = new ArrayList<>();
        for (PauliTerm part : parts) {
          longer.add(with(part.times(error.scale()), wire, term.paulis().get(i)));
          if (error.offset() != 0) {
            longer.add(part.times(error.offset()));
          }
        }
        parts = longer;
      }
      for (PauliTerm part : parts) {
        all.merge(
            part.wires() + "" + part.paulis(),
            part,
            (a, b) -> new PauliTerm(a.coefficient() + b.coefficient(), a.wires(), a.paulis()));
      }
    }
    expectExactly(List.copyOf(all.values()), output);
  }

  /** Without errors of the readout. */
  private void expectExactly(List<PauliTerm> terms, int output) {
    int[] bits = terms.stream().mapToInt(this::bits).toArray();
    if (IntStream.of(bits).allMatch(b -> b == PauliFrame.ZERO)) {
      builder.expect(terms.toArray(PauliTerm[]::new));
      readings.add(new Segment.Reading(output, PauliFrame.ZERO));
      return;
    }
    for (int t = 0; t < bits.length; t++) {
      builder.expect(terms.get(t));
      readings.add(new Segment.Reading(output, bits[t]));
    }
  }

  private int bits(PauliTerm term) {
    return frame.anticommutes(
        term.wires().stream().mapToInt(Integer::intValue).toArray(),
        term.paulis().toArray(Pauli[]::new));
  }

  private static PauliTerm with(PauliTerm term, int wire, Pauli pauli) {
    List<Integer> wires = new ArrayList<>(term.wires());
    List<Pauli> paulis = new ArrayList<>(term.paulis());
    wires.add(wire);
    paulis.add(pauli);
    return new PauliTerm(term.coefficient(), wires, paulis);
  }

  /** A string of Z where bits are 1, as a number of base 4. */
  private static int strings(int bits, int k) {
    int string = 0;
    for (int i = k - 1; i >= 0; i--) {
      string = 4 * string + ((bits >> i & 1) == 1 ? 3 : 0);
    }
    return string;
  }

  private static PauliTerm string(List<Integer> on, int string, double coefficient) {
    PauliTerm term = new PauliTerm(coefficient, List.of(), List.of());
    for (int i = 0; i < on.size(); i++) {
      int digit = string >> 2 * (on.size() - 1 - i) & 3;
      if (digit > 0) {
        term = with(term, on.get(i), Pauli.values()[digit - 1]);
      }
    }
    return term;
  }

  /** {@code rho_ij = 2^-k sum_P <P> P_ij}. */
  private static PauliTerm[] entry(List<Integer> on, int i, int j, boolean imaginary) {
    List<PauliTerm> terms = new ArrayList<>();
    for (int s = 0; s < 1 << 2 * on.size(); s++) {
      double[] value = entry(s, on.size(), i, j);
      double part = imaginary ? value[1] : value[0];
      if (part != 0) {
        terms.add(string(on, s, part / (1 << on.size())));
      }
    }
    return terms.toArray(PauliTerm[]::new);
  }

  /** An entry of a string's matrix: real and imaginary part. */
  private static double[] entry(int string, int k, int row, int column) {
    double re = 1;
    double im = 0;
    for (int i = 0; i < k; i++) {
      int bit = k - 1 - i;
      int digit = string >> 2 * bit & 3;
      int a = row >> bit & 1;
      int b = column >> bit & 1;
      boolean flips = digit == 1 || digit == 2;
      if (flips == (a == b)) {
        return new double[2];
      }
      if (digit == 2) {
        // Y_01 = -i, Y_10 = i
        double sign = a == 0 ? -1 : 1;
        double old = re;
        re = -sign * im;
        im = sign * old;
      } else if (digit == 3 && a == 1) {
        re = -re;
        im = -im;
      }
    }
    return new double[] {re, im};
  }

  /** {@code <phi|rho|phi> = 2^-k sum_P <phi|P|phi> <P>}. */
  private static PauliTerm[] fidelity(Observable.Fidelity fidelity) {
    int k = fidelity.wires().size();
    int rows = 1 << k;
    List<PauliTerm> terms = new ArrayList<>();
    for (int s = 0; s < 1 << 2 * k; s++) {
      double sum = 0;
      for (int i = 0; i < rows; i++) {
        for (int j = 0; j < rows; j++) {
          double[] p = entry(s, k, i, j);
          double a = fidelity.state().get(i);
          double b = fidelity.state().get(rows + i);
          double c = fidelity.state().get(j);
          double d = fidelity.state().get(rows + j);
          sum += (a * c + b * d) * p[0] - (a * d - b * c) * p[1];
        }
      }
      terms.add(string(fidelity.wires(), s, sum / rows));
    }
    return terms.toArray(PauliTerm[]::new);
  }
}
