package org.ketloom.model.lastqgan;

import java.util.Map;
import java.util.Optional;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.engine.Shots;
import org.ketloom.nn.BatchNorm;
import org.ketloom.nn.Variable;

/** Makes latents of noise. */
interface Generator {

  /**
   * Latents of noise.
   *
   * @param noise {@code [batch, components]}
   * @param mode of the batch normalisations, where there are any
   * @return {@code [batch, latent]}
   */
  Variable apply(Variable noise, BatchNorm.Mode mode);

  /** Number of layers that see the noise anew; 1 if only the first does. */
  int layers();

  /**
   * Latents of two noises.
   *
   * @param early what the layers before {@code layer} see, {@code [batch, components]}
   * @param late what the others see
   */
  Variable mix(Variable early, Variable late, int layer);

  /**
   * This generator with its circuit measured a finite number of times.
   *
   * @throws IllegalArgumentException if it has no circuit, or one that can't be measured
   */
  default Generator withShots(Shots shots) {
    throw new IllegalArgumentException(
        "shots needs a generator with a circuit; this run's is a classical one, leave shots at 0");
  }

  /** This generator with what its circuit's engine draws from a seed, if it has a circuit. */
  default Generator withSeed(long seed) {
    return this;
  }

  /**
   * This generator with random numbers of a seed: as {@link #withShots}, or as {@link #withSeed} if
   * the circuit isn't measured.
   */
  default Generator with(Shots shots) {
    return shots.exact() ? withSeed(shots.seed()) : withShots(shots);
  }

  /** The circuit inside, if there is one. */
  default Optional<Circuit> circuit() {
    return Optional.empty();
  }

  /** What to watch while training, by name. */
  default Map<String, Double> quantities() {
    return Map.of();
  }
}
