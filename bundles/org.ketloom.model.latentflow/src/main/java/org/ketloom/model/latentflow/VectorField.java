package org.ketloom.model.latentflow;

import java.util.Map;
import java.util.Optional;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.engine.Shots;
import org.ketloom.nn.Variable;

/** The network of a vector field. */
interface VectorField {

  /**
   * What the network gives.
   *
   * @param inputs {@code [batch, latents + classes + 2 time features]}
   * @return {@code [batch, latents]}
   */
  Variable apply(Variable inputs);

  /**
   * This field with random numbers of a seed: its circuit, if it has one, is measured, or its
   * engine draws.
   *
   * @throws IllegalArgumentException if there are shots, and no circuit or one that can't be
   *     measured
   */
  default VectorField with(Shots shots) {
    if (!shots.exact()) {
      throw new IllegalArgumentException(
          "shots needs a field with a circuit; this run's is a classical one, leave shots at 0");
    }
    return this;
  }

  /** The circuit inside, if there is one. */
  default Optional<Circuit> circuit() {
    return Optional.empty();
  }

  /** What to watch while training, by name. */
  default Map<String, Double> quantities() {
    return Map.of();
  }

  /** Cuts the spectrum of trainable observables, if there are any. */
  default void clipSpectrum(double bound) {}
}
