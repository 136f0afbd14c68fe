package org.ketloom.tck;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.ketloom.api.circuit.Angle;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.circuit.Operation;
import org.ketloom.api.circuit.Pauli;
import org.ketloom.api.circuit.PauliTerm;
import org.ketloom.tck.Calls.Violation;
import org.ketloom.tck.Finding.Check;

/** Circuits to check parts in, and comparisons of circuits. */
final class Circuits {
  private Circuits() {}

  /** A circuit in a state without symmetries, so that every gate after it shows. */
  static CircuitBuilder scrambled(int wires) {
    CircuitBuilder builder = Circuit.builder(wires);
    for (int wire = 0; wire < wires; wire++) {
      builder.ry(wire, Angle.constant(0.7 + 0.31 * wire));
      builder.rz(wire, Angle.constant(1.1 - 0.23 * wire));
    }
    for (int wire = 0; wire + 1 < wires; wire++) {
      builder.cz(wire, wire + 1);
    }
    return builder;
  }

  /** Reads X, Y and Z of every wire, and the probabilities of all basis states. */
  static void readAll(CircuitBuilder builder) {
    for (int wire = 0; wire < builder.wires(); wire++) {
      for (Pauli pauli : Pauli.values()) {
        builder.expect(PauliTerm.of(pauli, wire));
      }
    }
    builder.probabilities(IntStream.range(0, builder.wires()).toArray());
  }

  /** An ansatz or encoding adds gates, and nothing else. */
  static void gatesAlone(Circuit before, Circuit after, String what) throws Violation {
    if (!after.blocks().equals(before.blocks())) {
      throw new Violation(
          Check.SHAPE,
          what
              + " declares "
              + (after.blocks().size() - before.blocks().size())
              + " blocks of angles of its own; it has to use those that it is given");
    }
    if (!after.observables().isEmpty()) {
      throw new Violation(
          Check.SHAPE,
          what + " adds " + after.observables().size() + " observables; only a head may add them");
    }
  }

  static Set<Integer> read(Circuit circuit, Angle.Source source) {
    Set<Integer> read = new HashSet<>();
    for (Operation operation : circuit.operations()) {
      for (Angle angle : operation.angles()) {
        if (angle.source() == source) {
          read.add(angle.index());
        }
        angle.factor().filter(f -> f.source() == source).ifPresent(f -> read.add(f.index()));
      }
    }
    return read;
  }

  static void same(Circuit first, Circuit second, String what) throws Violation {
    if (!first.fingerprint().equals(second.fingerprint())) {
      throw new Violation(
          Check.REPEATABLE,
          what
              + " gave two different circuits for the same arguments: "
              + difference(first, second));
    }
  }

  static void sameGates(Circuit first, Circuit second, String what) throws Violation {
    List<String> one = first.operations().stream().map(o -> o.name() + o.wires()).toList();
    List<String> two = second.operations().stream().map(o -> o.name() + o.wires()).toList();
    if (!one.equals(two)) {
      throw new Violation(
          Check.REPEATABLE,
          what
              + " gave other gates for angles per sample than for weights: "
              + difference(first, second));
    }
  }

  static void onView(Circuit plain, Circuit wide, int[] chosen, String what) throws Violation {
    List<String> expected =
        plain.operations().stream()
            .map(o -> o.name() + o.wires().stream().map(w -> chosen[w]).toList())
            .toList();
    List<String> found = wide.operations().stream().map(o -> o.name() + o.wires()).toList();
    if (!expected.equals(found)) {
      throw new Violation(
          Check.REPEATABLE,
          what
              + " gave other gates on a view of wires "
              + IntStream.of(chosen).boxed().toList()
              + ": expected "
              + expected.size()
              + " gates, found "
              + found.size()
              + "; first difference at gate "
              + firstDifference(expected, found));
    }
  }

  private static String difference(Circuit first, Circuit second) {
    List<String> one = first.operations().stream().map(Operation::toString).toList();
    List<String> two = second.operations().stream().map(Operation::toString).toList();
    int at = firstDifference(one, two);
    return one.size()
        + " and "
        + two.size()
        + " gates"
        + (at < Math.min(one.size(), two.size())
            ? ", gate " + at + " is " + one.get(at) + " and then " + two.get(at)
            : "");
  }

  private static int firstDifference(List<String> one, List<String> two) {
    int at = 0;
    while (at < Math.min(one.size(), two.size()) && one.get(at).equals(two.get(at))) {
      at++;
    }
    return at;
  }

  static int[] reversed(int wires) {
    return IntStream.range(0, wires).map(w -> wires - w).toArray();
  }

  static int[] ints(List<Integer> shape) {
    return shape.stream().mapToInt(Integer::intValue).toArray();
  }

  static String text(List<Integer> shape) {
    return shape.stream().map(String::valueOf).collect(Collectors.joining("x"));
  }

  static String count(int wires) {
    return wires + (wires == 1 ? " wire" : " wires");
  }

  static String some(Set<Integer> indices) {
    String first = indices.stream().limit(8).map(String::valueOf).collect(Collectors.joining(", "));
    return indices.size() > 8 ? first + ", ..." : first;
  }
}
