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

  /**
   * The density matrix of some wires: with {@code D = 2^k}, its D diagonal entries, then the real
   * parts of the upper triangle row by row (i &lt; j), then its imaginary parts, the form in which
   * a {@link DensityPreparation} takes them.
   *
   * @param wires the k wires, most significant first
   */
  record DensityMatrix(List<Integer> wires) implements Observable {
    /** The largest number of wires: {@code 4^10} outputs per sample. */
    public static final int MAX_WIRES = 10;

    /** Copies the wires. */
    public DensityMatrix {
      wires = List.copyOf(wires);
    }

    @Override
    public int outputs() {
      return 1 << 2 * wires.size();
    }
  }

  /**
   * The purity {@code tr(rho^2)} of some wires' density matrix: 1 for a pure state, {@code 2^-k}
   * for the maximally mixed one.
   *
   * @param wires the k wires
   */
  record Purity(List<Integer> wires) implements Observable {
    /** Copies the wires. */
    public Purity {
      wires = List.copyOf(wires);
    }

    @Override
    public int outputs() {
      return 1;
    }
  }

  /**
   * The fidelity {@code <phi|rho|phi>} of some wires' density matrix to a given pure state.
   *
   * @param wires the k wires, most significant first
   * @param state {@code 2^k} real parts, then the imaginary parts
   */
  record Fidelity(List<Integer> wires, List<Double> state) implements Observable {
    /** The largest number of wires. */
    public static final int MAX_WIRES = 10;

    private static final double TOLERANCE = 1e-10;

    /** Copies the lists, and checks that the state fits the wires and is normalised. */
    public Fidelity {
      wires = List.copyOf(wires);
      state = List.copyOf(state);
      if (state.size() != 2 << wires.size()) {
        throw new IllegalArgumentException(
            "the state of a fidelity on "
                + wires.size()
                + " wires has "
                + (2 << wires.size())
                + " numbers, real and imaginary parts; found "
                + state.size());
      }
      double norm = state.stream().mapToDouble(a -> a * a).sum();
      // Negated, so that a NaN is refused too.
      if (!(Math.abs(norm - 1) <= TOLERANCE)) {
        throw new IllegalArgumentException(
            "the state of a fidelity has the squared norm " + norm + ", expected 1");
      }
    }

    @Override
    public int outputs() {
      return 1;
    }
  }

  /** The probability that all post-selections of the circuit succeed; 1 if there are none. */
  record SuccessProbability() implements Observable {
    @Override
    public int outputs() {
      return 1;
    }

    /** None: it is read of the circuit as a whole. */
    @Override
    public List<Integer> wires() {
      return List.of();
    }
  }
}
