package org.ketloom.api.part;

import org.ketloom.api.circuit.Angles;
import org.ketloom.api.circuit.CircuitBuilder;
import org.osgi.annotation.versioning.ConsumerType;

/** Service: puts classical features into a circuit. */
@ConsumerType
public interface Encoding extends Part {
  /** This kind of parts. */
  PartKind KIND = new PartKind("encoding", Encoding.class);

  /** The most features that the encoding takes on a number of wires. */
  int capacity(int wires);

  /**
   * Checks that features fit, before a circuit is begun.
   *
   * @param option where the number of features was asked for, begins the message
   * @throws IllegalArgumentException if there are none, or more than {@link #capacity}
   */
  default void requireFit(String option, int features, int wires) {
    int capacity = capacity(wires);
    if (features < 1 || features > capacity) {
      throw new IllegalArgumentException(
          option
              + ": the encoding takes 1 to "
              + capacity
              + " features on "
              + wires
              + (wires == 1 ? " wire" : " wires")
              + " (qubits), found "
              + features
              + (features > capacity ? "; give fewer features or more wires" : ""));
    }
  }

  /**
   * Appends what encodes the features.
   *
   * @param circuit the circuit, or a view of the wires to use
   * @param features block of shape [count], count at most {@link #capacity}
   * @throws IllegalArgumentException if the features don't fit
   */
  void append(CircuitBuilder circuit, Angles features);
}
