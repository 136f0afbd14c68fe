package org.ketloom.api.part;

import org.ketloom.api.circuit.Angles;
import org.ketloom.api.circuit.CircuitBuilder;
import org.osgi.annotation.versioning.ConsumerType;

/** Service: puts classical features into a circuit. */
@ConsumerType
public interface Encoding extends Part {

  /** The most features that the encoding takes on a number of wires. */
  int capacity(int wires);

  /**
   * Appends what encodes the features.
   *
   * @param circuit the circuit, or a view of the wires to use
   * @param features block of shape [count], count at most {@link #capacity}
   * @throws IllegalArgumentException if the features don't fit
   */
  void append(CircuitBuilder circuit, Angles features);
}
