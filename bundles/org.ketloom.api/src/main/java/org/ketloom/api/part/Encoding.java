package org.ketloom.api.part;

import java.util.List;
import org.ketloom.api.circuit.Angles;
import org.ketloom.api.circuit.CircuitBuilder;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Service: puts classical features into a circuit. It may have weights that are trained with the
 * circuit's, and may put the features in several times, between layers of the ansatz; {@link
 * Uploads} lays both into a circuit.
 */
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
   * How often the features are put in, each time before an equal share of the ansatz's layers.
   *
   * @param layers of the ansatz, at least 1
   * @return 1 to {@code layers}
   */
  default int uploads(int layers) {
    return 1;
  }

  /**
   * Shape of the weights that one upload needs.
   *
   * @param features number of features, at most {@link #capacity}
   * @return a shape of size 0 for none
   */
  default List<Integer> weightShape(int wires, int features) {
    return List.of(0);
  }

  /**
   * Appends what encodes the features; of an encoding with weights, what it does when all of them
   * are 0.
   *
   * @param circuit the circuit, or a view of the wires to use
   * @param features block of shape [count], count at most {@link #capacity}
   * @throws IllegalArgumentException if the features don't fit
   */
  void append(CircuitBuilder circuit, Angles features);

  /**
   * Appends one upload of the features.
   *
   * @param circuit the circuit, or a view of the wires to use
   * @param features block of shape [count], count at most {@link #capacity}
   * @param weights block of shape {@link #weightShape}: shared weights, or given per sample
   * @throws IllegalArgumentException if the features don't fit
   */
  default void append(CircuitBuilder circuit, Angles features, Angles weights) {
    append(circuit, features);
  }
}
