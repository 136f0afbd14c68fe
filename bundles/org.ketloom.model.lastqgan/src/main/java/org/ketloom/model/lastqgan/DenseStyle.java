package org.ketloom.model.lastqgan;

import java.util.ArrayList;
import java.util.List;
import org.ketloom.nn.BatchNorm;
import org.ketloom.nn.Dense;
import org.ketloom.nn.ParameterStore;
import org.ketloom.nn.Variable;

/**
 * The classical rival of the circuit's size: two hidden layers and one of outputs, each of which
 * sees the noise beside what the layer before gave. LeakyReLU, and tanh at the end.
 */
final class DenseStyle implements Generator {
  private static final int LAYERS = 3;

  private final double range;
  private final List<Dense> dense = new ArrayList<>();

  /**
   * @param budget number of parameters to come close to
   */
  DenseStyle(ParameterStore store, LastQgan options, int budget) {
    range = options.outputRange();
    int noise = options.noise();
    int width = width(noise, options.latent(), budget);
    dense.add(new Dense(store, "style.1", noise, width));
    dense.add(new Dense(store, "style.2", width + noise, width));
    dense.add(new Dense(store, "style.3", width + noise, options.latent()));
  }

  /** The width whose number of parameters is nearest to a budget, at least 1. */
  static int width(int noise, int latent, int budget) {
    int width = 1;
    while (Math.abs(parameters(noise, latent, width + 1) - budget)
        <= Math.abs(parameters(noise, latent, width) - budget)) {
      width++;
    }
    return width;
  }

  private static long parameters(long noise, long latent, long width) {
    return (noise + 1) * width + (width + noise + 1) * width + (width + noise + 1) * latent;
  }

  @Override
  public Variable apply(Variable noise, BatchNorm.Mode mode) {
    return mix(noise, noise, LAYERS);
  }

  @Override
  public int layers() {
    return LAYERS;
  }

  @Override
  public Variable mix(Variable early, Variable late, int layer) {
    Variable h = dense.get(0).apply(layer > 0 ? early : late).leakyRelu(0.2);
    Variable second = layer > 1 ? early : late;
    h = dense.get(1).apply(Variable.concat(1, List.of(h, second))).leakyRelu(0.2);
    Variable third = layer > 2 ? early : late;
    return dense.get(2).apply(Variable.concat(1, List.of(h, third))).tanh().mul(range);
  }
}
