package org.ketloom.engine.trajectories;

import java.util.List;
import org.ketloom.api.circuit.Angle;
import org.ketloom.api.engine.Program;

/**
 * A part of a circuit that is unitary once the branches of its Pauli channels are drawn.
 *
 * @param program of pure states; its features are the circuit's, then the amplitudes that it starts
 *     from; its per-sample angles are the circuit's, then those that differ between trajectories
 * @param amplitudes whether it starts from amplitudes
 * @param signed angles whose sign is drawn
 * @param flips angles of 0 or π
 */
record Segment(Program program, boolean amplitudes, List<Signed> signed, List<Flip> flips) {

  /**
   * An angle that is negated where a bit is 1.
   *
   * @param angle as the circuit reads it
   * @param bits row of the bits
   * @param index of the per-sample angle that takes its place
   */
  record Signed(Angle angle, int bits, int index) {}

  /**
   * A Pauli matrix where a bit is 1.
   *
   * @param bits row of the bits
   * @param index of the per-sample angle, which is π there
   */
  record Flip(int bits, int index) {}

  /**
   * An output of the last segment's program.
   *
   * @param output of the circuit, which it is added to
   * @param bits row of bits where it is negated; {@link PauliFrame#ZERO} for nowhere
   */
  record Reading(int output, int bits) {}
}
