package org.ketloom.engine.statevector;

import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.Gate;
import org.ketloom.api.circuit.Observable;
import org.ketloom.api.circuit.Operation;
import org.ketloom.api.circuit.Pauli;
import org.ketloom.api.circuit.PauliTerm;

/**
 * The gates that an observable depends on. Going back from the observables, a gate that commutes
 * with all that is read so far is left out: it changes no output, and its derivatives are exactly
 * zero. On each wire what is read is nothing, a function of the bit alone, or anything.
 */
final class LightCone {
  /** Wires on which something is read. */
  private final BitSet read = new BitSet();

  /** Wires on which what is read isn't diagonal. */
  private final BitSet mixed = new BitSet();

  private LightCone() {}

  /** The gates that count, in their order. */
  static List<Operation> of(Circuit circuit) {
    LightCone cone = new LightCone();
    circuit.observables().forEach(cone::read);
    Deque<Operation> kept = new ArrayDeque<>();
    for (int i = circuit.operations().size() - 1; i >= 0; i--) {
      Operation operation = circuit.operations().get(i);
      if (!cone.commutes(operation)) {
        kept.addFirst(operation);
        cone.spread(operation);
      }
    }
    return List.copyOf(kept);
  }

  private void read(Observable observable) {
    observable.wires().forEach(read::set);
    if (observable instanceof Observable.Hermitian || observable instanceof Observable.Amplitudes) {
      observable.wires().forEach(mixed::set);
    } else if (observable instanceof Observable.PauliSum sum) {
      for (PauliTerm term : sum.terms()) {
        for (int i = 0; i < term.wires().size(); i++) {
          if (term.paulis().get(i) != Pauli.Z) {
            mixed.set(term.wires().get(i));
          }
        }
      }
    }
  }

  private boolean commutes(Operation operation) {
    return operation.controls().stream().noneMatch(mixed::get)
        && operation.wires().stream()
            .noneMatch(isDiagonal(operation.gate()) ? mixed::get : read::get);
  }

  private void spread(Operation operation) {
    operation.wires().forEach(read::set);
    operation.controls().forEach(read::set);
    if (operation.gate() == Gate.SWAP && operation.controls().isEmpty()) {
      int a = operation.wires().get(0);
      int b = operation.wires().get(1);
      boolean first = mixed.get(a);
      mixed.set(a, mixed.get(b));
      mixed.set(b, first);
    } else if (!isDiagonal(operation.gate()) && !movesBasisStates(operation)) {
      // What is diagonal on a control, or on a wire of a diagonal gate, stays so.
      operation.wires().forEach(mixed::set);
    }
  }

  /** Whether it maps what is diagonal on its wires to what is. */
  private boolean movesBasisStates(Operation operation) {
    return operation.gate() == Gate.X
        && operation.wires().stream().noneMatch(mixed::get)
        && operation.controls().stream().noneMatch(mixed::get);
  }

  private static boolean isDiagonal(Gate gate) {
    return switch (gate) {
      case Z, S, T, RZ, PHASE, RZZ -> true;
      default -> false;
    };
  }
}
