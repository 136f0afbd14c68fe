package org.ketloom.api.model;

import java.util.Map;
import java.util.Optional;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.convolution.ConvolutionEngine;
import org.ketloom.api.data.ImageShape;
import org.ketloom.api.engine.Precision;
import org.ketloom.api.engine.Program;
import org.ketloom.api.part.Part;
import org.osgi.annotation.versioning.ProviderType;

/** What a model is built with: the platform implements it. */
@ProviderType
public interface ModelContext {

  /** Shape of the images that the model learns from. */
  ImageShape images();

  /** Number of classes, at least 1. */
  int classes();

  /** Number of optimizer steps of the whole training, for schedules; at least 1. */
  long steps();

  /** Seed of the run. */
  long seed();

  /** The configured parts by slot. */
  Map<String, Part> parts();

  /** Fingerprint of the training data, if it is known. */
  Optional<String> data();

  /** Keeps what several runs have in common. */
  TensorCache cache();

  /**
   * Compiles a circuit, with the run's noise model if it has one, on the run's engine: the one that
   * the Blueprint names, or the first that can run the model's first circuit.
   *
   * @throws IllegalArgumentException as {@link
   *     org.ketloom.api.engine.QuantumEngine#compile(Circuit)}, if the engine doesn't offer the
   *     precision, or if the noise model refuses the circuit
   */
  Program compile(Circuit circuit, Precision precision);

  /** Compiles a circuit for states of double precision. */
  default Program compile(Circuit circuit) {
    return compile(circuit, Precision.DOUBLE);
  }

  /**
   * What computes the convolutions of the model's networks, which is the run's from then on; empty
   * if the library that the networks are written with does. Only a model that has convolutions
   * should ask.
   */
  default Optional<ConvolutionEngine> convolutions() {
    return Optional.empty();
  }

  /**
   * The part in a slot.
   *
   * @throws IllegalArgumentException if the slot is empty or holds a part of another kind
   */
  default <P extends Part> P part(String slot, Class<P> kind) {
    Part part = parts().get(slot);
    if (!kind.isInstance(part)) {
      throw new IllegalArgumentException(
          "slot \"" + slot + "\" needs a part of kind " + kind.getSimpleName());
    }
    return kind.cast(part);
  }
}
