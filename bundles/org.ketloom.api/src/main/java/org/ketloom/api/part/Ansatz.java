package org.ketloom.api.part;

import java.util.List;
import org.ketloom.api.circuit.Angles;
import org.ketloom.api.circuit.CircuitBuilder;
import org.osgi.annotation.versioning.ConsumerType;

/** Service: appends layers whose angles are trained, or given per sample. */
@ConsumerType
public interface Ansatz extends Part {
  /** This kind of parts. */
  PartKind KIND = new PartKind("ansatz", Ansatz.class);

  /**
   * Shape of the angles that the ansatz needs.
   *
   * @param wires number of wires
   * @param layers number of layers, at least 1
   * @throws IllegalArgumentException if the ansatz can't be laid on so few wires
   */
  List<Integer> angleShape(int wires, int layers);

  /**
   * Appends the layers.
   *
   * @param circuit the circuit, or a view of the wires to use
   * @param layers number of layers, at least 1
   * @param angles block of shape {@link #angleShape}
   */
  void append(CircuitBuilder circuit, int layers, Angles angles);
}
