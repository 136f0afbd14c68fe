package org.ketloom.api.part;

import org.ketloom.api.circuit.CircuitBuilder;
import org.osgi.annotation.versioning.ConsumerType;

/** Service: says what is measured at the end of a circuit. */
@ConsumerType
public interface ObservableHead extends Part {
  /** This kind of parts. */
  PartKind KIND = new PartKind("observable", ObservableHead.class);

  /**
   * Number of values that the head reads per sample.
   *
   * @throws IllegalArgumentException if the head can't be laid on so few wires
   */
  int outputs(int wires);

  /**
   * Adds the observables.
   *
   * @param circuit the circuit, or a view of the wires to read
   */
  void append(CircuitBuilder circuit);
}
