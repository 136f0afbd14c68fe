package org.ketloom.model.latentflow;

import org.ketloom.api.random.SplitMix64;
import org.ketloom.nn.Dense;
import org.ketloom.nn.ParameterStore;
import org.ketloom.nn.RandomStreams;
import org.ketloom.nn.Variable;

/**
 * A classical surrogate of the circuit, whose outputs are Fourier series of its angles: a linear
 * map of {@code sqrt(2 / F) cos(omega_f . u + phi_f)} with fixed random frequencies and phases
 * (Rahimi and Recht, "Random features for large-scale kernel machines", 2007).
 */
final class FourierField implements VectorField {
  private final int width;
  private final double[] frequencies;
  private final double[] phases;
  private final Dense map;

  /**
   * @param inputs numbers that it reads
   * @param budget number of trainable parameters to come close to
   * @param deviation of the frequencies
   */
  FourierField(
      ParameterStore store, int inputs, int latent, int budget, double deviation, long seed) {
    width = inputs;
    int features = Math.max(1, Math.round((budget - latent) / (float) latent));
    SplitMix64 random = RandomStreams.of(seed, "fourier frequencies");
    // [inputs][features], as the product with the inputs takes them.
    frequencies = new double[inputs * features];
    for (int i = 0; i < frequencies.length; i++) {
      frequencies[i] = deviation * random.nextGaussian();
    }
    phases = random.doubles(features, 0, 2 * Math.PI).toArray();
    map = new Dense(store, "fourier", features, latent);
  }

  @Override
  public Variable apply(Variable inputs) {
    int features = phases.length;
    double[] angles =
        inputs.matmul(inputs.tape().constant(frequencies, width, features)).toDoubles();
    double scale = Math.sqrt(2.0 / features);
    for (int i = 0; i < angles.length; i++) {
      angles[i] = scale * Math.cos(angles[i] + phases[i % features]);
    }
    return map.apply(inputs.tape().constant(angles, angles.length / features, features));
  }
}
