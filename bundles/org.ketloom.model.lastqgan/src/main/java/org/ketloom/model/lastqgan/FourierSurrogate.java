package org.ketloom.model.lastqgan;

import org.ketloom.api.random.SplitMix64;
import org.ketloom.nn.BatchNorm;
import org.ketloom.nn.Dense;
import org.ketloom.nn.ParameterStore;
import org.ketloom.nn.RandomStreams;
import org.ketloom.nn.Variable;

/**
 * A classical surrogate of the circuit, whose outputs are Fourier series of its angles and so of
 * the noise: a linear map of {@code sqrt(2 / F) cos(omega_f . z + phi_f)} with fixed random
 * frequencies and phases (Rahimi and Recht, "Random features for large-scale kernel machines",
 * 2007).
 */
final class FourierSurrogate implements Generator {
  private final double range;
  private final int noise;
  private final double[] frequencies;
  private final double[] phases;
  private final Dense map;

  /**
   * @param budget number of trainable parameters to come close to
   */
  FourierSurrogate(ParameterStore store, LastQgan options, int budget, long seed) {
    range = options.outputRange();
    noise = options.noise();
    int features = Math.max(1, Math.round((budget - options.latent()) / (float) options.latent()));
    SplitMix64 random = RandomStreams.of(seed, "fourier frequencies");
    frequencies = new double[features * noise];
    for (int i = 0; i < frequencies.length; i++) {
      frequencies[i] = options.frequency() * random.nextGaussian();
    }
    phases = random.doubles(features, 0, 2 * Math.PI).toArray();
    map = new Dense(store, "fourier", features, options.latent());
  }

  @Override
  public Variable apply(Variable z, BatchNorm.Mode mode) {
    double[] values = z.toDoubles();
    int n = values.length / noise;
    int features = phases.length;
    double scale = Math.sqrt(2.0 / features);
    double[] waves = new double[n * features];
    for (int i = 0; i < n; i++) {
      for (int f = 0; f < features; f++) {
        double angle = phases[f];
        for (int k = 0; k < noise; k++) {
          angle += frequencies[f * noise + k] * values[i * noise + k];
        }
        waves[i * features + f] = scale * Math.cos(angle);
      }
    }
    return map.apply(z.tape().constant(waves, n, features)).mul(range);
  }

  @Override
  public int layers() {
    return 1;
  }

  @Override
  public Variable mix(Variable early, Variable late, int layer) {
    return apply(layer > 0 ? early : late, BatchNorm.Mode.INFER);
  }
}
