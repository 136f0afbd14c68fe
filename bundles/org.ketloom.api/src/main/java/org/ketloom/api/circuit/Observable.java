package org.ketloom.api.circuit;

import java.util.List;

/** What is read at the end of a circuit. */
public sealed interface Observable {

  /** Number of values that the observable gives per sample. */
  int outputs();

  /** The wires that it reads, most significant first. */
  List<Integer> wires();

  /**
   * Expectation value of a real combination of Pauli strings.
   *
   * @param terms the strings; at least one
   */
  record PauliSum(List<PauliTerm> terms) implements Observable {
    /** Copies the terms. */
    public PauliSum {
      terms = List.copyOf(terms);
    }

    @Override
    public int outputs() {
      return 1;
    }

    @Override
    public List<Integer> wires() {
      return terms.stream().flatMap(t -> t.wires().stream()).distinct().sorted().toList();
    }
  }

  /**
   * Expectation value of a trainable dense Hermitian on k wires (adaptive non-local observable,
   * arXiv 2504.13414). With {@code D = 2^k}, its {@code D^2 = 4^k} real entries lie in the
   * circuit's Hermitian entries from {@code firstEntry} on: the D diagonal entries {@code c_i},
   * then the real parts {@code a_ij} of the upper triangle row by row (i &lt; j), then its
   * imaginary parts {@code b_ij}; {@code H_ij = a_ij + i b_ij} and {@code H_ji} its conjugate.
   *
   * @param wires the k wires, most significant first
   * @param firstEntry index of the first entry
   */
  record Hermitian(List<Integer> wires, int firstEntry) implements Observable {
    /** The largest number of wires: {@code 4^10} entries. */
    public static final int MAX_WIRES = 10;

    /** Copies the wires. */
    public Hermitian {
      wires = List.copyOf(wires);
    }

    @Override
    public int outputs() {
      return 1;
    }

    /** Number of rows of the matrix, {@code 2^k}. */
    public int dimension() {
      return 1 << wires.size();
    }

    /** Number of real entries, {@code 4^k}. */
    public int entries() {
      return dimension() * dimension();
    }
  }

  /**
   * Probabilities of the {@code 2^k} basis states of some wires.
   *
   * @param wires the k wires, most significant first
   */
  record Probabilities(List<Integer> wires) implements Observable {
    /** The largest number of wires: {@code 2^20} outputs per sample. */
    public static final int MAX_WIRES = 20;

    /** Copies the wires. */
    public Probabilities {
      wires = List.copyOf(wires);
    }

    @Override
    public int outputs() {
      return 1 << wires.size();
    }
  }

  /**
   * The amplitudes of the whole final state: the {@code 2^n} real parts, then the imaginary parts,
   * the form in which a complex {@link AmplitudePreparation} takes them. No measurement gives them
   * (a global phase shows), so that only simulators of pure states can read them.
   *
   * @param wires all n wires, most significant first
   */
  record Amplitudes(List<Integer> wires) implements Observable {
    /** The largest number of wires: {@code 2^21} outputs per sample. */
    public static final int MAX_WIRES = 20;

    /** Copies the wires. */
    public Amplitudes {
      wires = List.copyOf(wires);
    }

    @Override
    public int outputs() {
      return 2 << wires.size();
    }
  }
}
