package org.ketloom.engine.trajectories;

import java.util.List;
import java.util.Optional;
import org.ketloom.api.engine.Program;

/**
 * A part of a circuit that is unitary once the branches of its Pauli channels are drawn.
 *
 * @param program of pure states; its features are the circuit's, then the amplitudes that it starts
 *     from; its per-sample angles are the circuit's, then the branches' angles
 * @param amplitudes whether it starts from amplitudes
 * @param flips where Pauli channels set angles
 * @param jump what follows it, and takes its final state to the next segment's initial one; empty
 *     for the last
 */
record Segment(Program program, boolean amplitudes, List<Flip> flips, Optional<Integer> jump) {

  /**
   * A Pauli channel: the angles of RX and of RZ on each of its wires.
   *
   * @param unravelling its number
   * @param firstAngle the first of two angles for each wire
   */
  record Flip(int unravelling, int firstAngle) {}
}
