package org.ketloom.api.part;

import org.ketloom.api.circuit.Circuit;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Service: a map from circuits to circuits that says what a device does to them. It puts channels
 * between the gates and errors on the readout; see {@link Circuit#map}. The platform applies it to
 * whatever a model compiles, in training and in drawing.
 */
@ConsumerType
public interface NoiseModel extends Part {
  /** This kind of parts. */
  PartKind KIND = new PartKind("noise", NoiseModel.class);

  /**
   * The circuit as the device runs it. It has the same wires, the same blocks of features, weights
   * and per-sample angles, and reads the same.
   *
   * @param circuit the circuit as it was meant
   * @throws IllegalArgumentException if the device can't run the circuit, saying what of it
   */
  Circuit apply(Circuit circuit);
}
