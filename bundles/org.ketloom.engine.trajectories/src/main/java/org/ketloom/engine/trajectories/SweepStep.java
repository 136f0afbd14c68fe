package org.ketloom.engine.trajectories;

import java.util.List;
import java.util.Optional;
import org.ketloom.api.circuit.Gate;
import org.ketloom.api.circuit.Operation;

/**
 * A linear map of one or two wires: a gate, or the branch of a channel that is drawn.
 *
 * @param wires that it acts on, most significant first
 * @param controls wires that must be 1 for it to act
 * @param places of the amplitudes that it mixes, as {@link Kernels} reads them
 * @param gate empty for a branch
 * @param unravelling number of the branch's unravelling
 * @param digit of a Pauli string's number that is this wire's; -1 for other branches
 * @param varies whether a derivative may be asked for
 */
record SweepStep(
    List<Integer> wires,
    List<Integer> controls,
    int[] places,
    Optional<Operation> gate,
    int unravelling,
    int digit,
    boolean varies) {

  /** Whether it may be multiplied into one matrix with its neighbours on the wire. */
  boolean merges() {
    return wires.size() == 1 && controls.isEmpty();
  }

  /** Whether it exchanges amplitudes. */
  boolean exchanges() {
    return gate.isPresent() && gate.get().gate() == Gate.X;
  }
}
