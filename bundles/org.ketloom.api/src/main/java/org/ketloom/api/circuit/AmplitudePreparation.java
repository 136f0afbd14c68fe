package org.ketloom.api.circuit;

import java.util.List;

/**
 * The initial state of some wires, given by input features as amplitudes; the other wires start in
 * |0>. The vector {@code v} of a sample is padded to {@code 2^wires} entries and divided by its L2
 * norm; the engine differentiates through that division. A zero vector is refused when it is run.
 *
 * @param wires the wires that hold the vector, most significant first
 * @param firstFeature index of the first feature that is read
 * @param count number of amplitudes given; at most {@code 2^wires}
 * @param complex whether {@code count} imaginary parts follow the {@code count} real parts
 * @param padding real value of the amplitudes that are not given, before normalisation
 */
public record AmplitudePreparation(
    List<Integer> wires, int firstFeature, int count, boolean complex, double padding)
    implements Preparation {

  /** Copies the wires. */
  public AmplitudePreparation {
    wires = List.copyOf(wires);
  }
}
