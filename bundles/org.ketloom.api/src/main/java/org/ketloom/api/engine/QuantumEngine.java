package org.ketloom.api.engine;

import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.part.Part;
import org.ketloom.api.part.PartKind;
import org.osgi.annotation.versioning.ProviderType;

/** Service that turns a circuit into a program that can be run for a batch. */
@ProviderType
public interface QuantumEngine extends Part {
  /** This kind of parts. */
  PartKind KIND = new PartKind("engine", QuantumEngine.class);

  /**
   * Compiles a circuit.
   *
   * @throws IllegalArgumentException if the engine can't run it: too many wires for the memory (the
   *     message gives the estimate), or a gate or observable that it doesn't know
   */
  Program compile(Circuit circuit);

  /**
   * Compiles a circuit for states of a given precision.
   *
   * @throws IllegalArgumentException as {@link #compile(Circuit)}
   * @throws UnsupportedOperationException if the engine doesn't offer the precision
   */
  default Program compile(Circuit circuit, Precision precision) {
    if (precision != Precision.DOUBLE) {
      throw new UnsupportedOperationException("this engine computes in double precision only");
    }
    return compile(circuit);
  }
}
