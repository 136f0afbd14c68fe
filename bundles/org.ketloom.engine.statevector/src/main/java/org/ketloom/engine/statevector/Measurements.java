package org.ketloom.engine.statevector;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.circuit.Observable;
import org.ketloom.api.circuit.Pauli;
import org.ketloom.api.circuit.PauliTerm;
import org.ketloom.api.engine.Inputs;
import org.ketloom.api.engine.Program;
import org.ketloom.api.engine.QuantumEngine;
import org.ketloom.api.engine.Shots;

/**
 * What has to be measured to estimate a circuit's outputs. Immutable; the states are simulated
 * exactly, the outcomes are drawn.
 */
final class Measurements {
  /** Outcomes of more wires are too many to be told apart. */
  private static final int MAX_WIRES = 20;

  /** Projectors of larger Hermitians don't fit in memory. */
  private static final int MAX_HERMITIAN_WIRES = 6;

  /** Probabilities that are held at a time. */
  private static final int MAX_NUMBERS = 1 << 22;

  /** What of a basis's outcomes an output is. */
  private sealed interface Reading {}

  /** An expectation value: outcomes count with the parity of some bits. */
  private record Parity(int output, double coefficient, int mask) implements Reading {}

  /** Probabilities of basis states of some wires. */
  private record Marginal(int output, int[] masks) implements Reading {}

  /** Measurements in one basis, and what they are for. */
  private record Group(MeasurementBasis basis, List<Reading> readings) {}

  /** A trainable Hermitian, and where in the program's outputs its probabilities begin. */
  private record Eigen(int output, Observable.Hermitian hermitian, int firstProbability) {}

  private final int outputs;
  private final int features;
  private final int places;
  private final WorkerPool workerPool;
  private final double[] constants;
  private final List<Group> groups;
  private final List<Eigen> eigen;

  /** Reads the probabilities of all eigenvectors of all Hermitians; empty if there are none. */
  private final Optional<Program> projections;

  Measurements(Circuit circuit, Unrolled unrolled, QuantumEngine engine, WorkerPool workerPool) {
    this.outputs = circuit.outputs();
    this.features = circuit.features();
    this.places = unrolled.places().size();
    this.workerPool = workerPool;
    this.constants = new double[outputs];
    List<Basis> bases = new ArrayList<>();
    eigen = new ArrayList<>();
    int output = 0;
    int probabilities = 0;
    for (int o = 0; o < circuit.observables().size(); o++) {
      Observable observable = circuit.observables().get(o);
      if (observable instanceof Observable.PauliSum sum) {
        for (PauliTerm term : sum.terms()) {
          if (term.wires().isEmpty()) {
            constants[output] += term.coefficient();
          } else {
            Basis basis = Basis.join(bases, o, term.wires(), term.paulis());
            basis.strings.add(new Basis.Term(output, term));
          }
        }
      } else if (observable instanceof Observable.Probabilities read) {
        List<Pauli> paulis = read.wires().stream().map(w -> Pauli.Z).toList();
        Basis basis = Basis.join(bases, o, read.wires(), paulis);
        basis.marginals.add(new Basis.Read(output, read.wires()));
      } else if (observable instanceof Observable.Hermitian hermitian) {
        requireWires(o, "a trainable Hermitian", hermitian.wires().size(), MAX_HERMITIAN_WIRES);
        eigen.add(new Eigen(output, hermitian, probabilities));
        probabilities += hermitian.dimension();
      } else {
        throw new IllegalArgumentException(
            "observable "
                + o
                + " reads amplitudes, which no measurement gives; read probabilities, Pauli strings"
                + " or Hermitians, or take exact values");
      }
      output += observable.outputs();
    }
    groups = bases.stream().map(b -> b.group(unrolled, engine)).toList();
    projections =
        eigen.isEmpty() ? Optional.empty() : Optional.of(engine.compile(projections(unrolled)));
  }

  private Circuit projections(Unrolled unrolled) {
    CircuitBuilder builder = unrolled.builder();
    for (Eigen e : eigen) {
      for (int m = 0; m < e.hermitian().dimension(); m++) {
        builder.expectHermitian(Unrolled.ints(e.hermitian().wires()));
      }
    }
    return builder.build();
  }

  private static void requireWires(int observable, String what, int wires, int most) {
    if (wires > most) {
      throw new IllegalArgumentException(
          "observable "
              + observable
              + ": "
              + what
              + " on "
              + wires
              + " wires can't be estimated from measurements, at most "
              + most
              + " wires can; take exact values");
    }
  }

  /** Wires that are measured together while bases are still being joined. */
  private static final class Basis {
    private record Term(int output, PauliTerm term) {}

    private record Read(int output, List<Integer> wires) {}

    private final List<Integer> wires = new ArrayList<>();
    private final List<Pauli> paulis = new ArrayList<>();
    private final List<Term> strings = new ArrayList<>();
    private final List<Read> marginals = new ArrayList<>();

    /** The first that agrees with a string on every wire, widened to its wires. */
    static Basis join(List<Basis> bases, int observable, List<Integer> wires, List<Pauli> paulis) {
      requireWires(observable, "a Pauli string", wires.size(), MAX_WIRES);
      Basis found = bases.stream().filter(b -> b.agrees(wires, paulis)).findFirst().orElse(null);
      if (found == null) {
        found = new Basis();
        bases.add(found);
      }
      for (int i = 0; i < wires.size(); i++) {
        if (!found.wires.contains(wires.get(i))) {
          found.wires.add(wires.get(i));
          found.paulis.add(paulis.get(i));
        }
      }
      return found;
    }

    private boolean agrees(List<Integer> others, List<Pauli> otherPaulis) {
      int joined = wires.size();
      for (int i = 0; i < others.size(); i++) {
        int at = wires.indexOf(others.get(i));
        if (at < 0) {
          joined++;
        } else if (paulis.get(at) != otherPaulis.get(i)) {
          return false;
        }
      }
      return joined <= MAX_WIRES;
    }

    Group group(Unrolled unrolled, QuantumEngine engine) {
      List<Reading> readings = new ArrayList<>();
      for (Term t : strings) {
        readings.add(
            new Parity(
                t.output(),
                t.term().coefficient(),
                MeasurementBasis.mask(wires, t.term().wires())));
      }
      for (Read r : marginals) {
        readings.add(
            new Marginal(
                r.output(),
                r.wires().stream()
                    .mapToInt(w -> MeasurementBasis.mask(wires, List.of(w)))
                    .toArray()));
      }
      return new Group(MeasurementBasis.of(engine, unrolled, wires, paulis), List.copyOf(readings));
    }
  }

  /** The bases of the Hermitians for given entries. */
  List<Eigenbasis> bases(double[] hermitianEntries) {
    return eigen.stream()
        .map(
            e ->
                Eigenbasis.of(
                    hermitianEntries, e.hermitian().firstEntry(), e.hermitian().dimension()))
        .toList();
  }

  /**
   * Estimates of all outputs.
   *
   * @param given features, row-major {@code [batch][features]}
   * @param angles of all places, row-major {@code [batch][places]}
   * @param bases of the Hermitians
   * @param shots for each row
   * @return row-major {@code [batch][outputs]}
   */
  double[] values(double[] given, double[] angles, List<Eigenbasis> bases, Shots[] shots) {
    int batch = shots.length;
    double[] values = new double[Math.multiplyExact(batch, outputs)];
    int widest = groups.stream().mapToInt(g -> g.basis().outcomes()).max().orElse(1);
    int together = Math.max(1, MAX_NUMBERS / widest);
    for (int from = 0; from < batch; from += together) {
      int rows = Math.min(together, batch - from);
      double[] x = part(given, from, rows, features);
      double[] t = part(angles, from, rows, places);
      for (int g = 0; g < groups.size(); g++) {
        measure(g, rows, x, t, from, shots, values);
      }
      if (projections.isPresent()) {
        project(projections.get(), rows, x, t, from, bases, shots, values);
      }
    }
    for (int i = 0; i < values.length; i++) {
      values[i] += constants[i % outputs];
    }
    return values;
  }

  private static double[] part(double[] all, int from, int rows, int width) {
    return rows * width == all.length
        ? all
        : java.util.Arrays.copyOfRange(all, from * width, (from + rows) * width);
  }

  private void measure(
      int number, int rows, double[] x, double[] t, int from, Shots[] shots, double[] values) {
    Group group = groups.get(number);
    int outcomes = group.basis().outcomes();
    double[] frequencies = group.basis().probabilities(rows, x, t);
    workerPool.run(
        rows,
        row -> {
          int first = row * outcomes;
          MeasurementBasis.sample(frequencies, first, outcomes, shots[from + row].at(number));
          int to = (from + row) * outputs;
          for (Reading reading : group.readings()) {
            if (reading instanceof Parity parity) {
              double sum = 0;
              for (int o = 0; o < outcomes; o++) {
                sum += sign(o & parity.mask()) * frequencies[first + o];
              }
              values[to + parity.output()] += parity.coefficient() * sum;
            } else if (reading instanceof Marginal marginal) {
              for (int o = 0; o < outcomes; o++) {
                int state = state(o, marginal.masks());
                values[to + marginal.output() + state] += frequencies[first + o];
              }
            }
          }
        });
  }

  private static int sign(int bits) {
    return 1 - 2 * (Integer.bitCount(bits) & 1);
  }

  private static int state(int outcome, int[] masks) {
    int state = 0;
    for (int mask : masks) {
      state = 2 * state + ((outcome & mask) == 0 ? 0 : 1);
    }
    return state;
  }

  private void project(
      Program program,
      int rows,
      double[] x,
      double[] t,
      int from,
      List<Eigenbasis> bases,
      Shots[] shots,
      double[] values) {
    double[] projectors =
        bases.stream().flatMapToDouble(b -> java.util.Arrays.stream(b.projectors())).toArray();
    double[] frequencies = program.values(new Inputs(rows, x, new double[0], t, projectors));
    int width = program.circuit().outputs();
    workerPool.run(
        rows,
        row -> {
          for (int h = 0; h < eigen.size(); h++) {
            int first = row * width + eigen.get(h).firstProbability();
            double[] spectrum = bases.get(h).values();
            Shots own = shots[from + row].at(groups.size() + h);
            MeasurementBasis.sample(frequencies, first, spectrum.length, own);
            double sum = 0;
            for (int m = 0; m < spectrum.length; m++) {
              sum += spectrum[m] * frequencies[first + m];
            }
            values[(from + row) * outputs + eigen.get(h).output()] = sum;
          }
        });
  }
}
