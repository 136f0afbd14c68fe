package org.ketloom.model.latentflow;

import org.ketloom.nn.Dense;
import org.ketloom.nn.ParameterStore;
import org.ketloom.nn.Variable;

/** The classical field: two hidden layers of one width with SiLU. */
final class MlpField implements VectorField {
  private final Dense first;
  private final Dense second;
  private final Dense third;

  /**
   * @param inputs numbers that it reads
   * @param budget number of parameters to come close to
   */
  MlpField(ParameterStore store, int inputs, int latent, int budget) {
    int width = width(inputs, latent, budget);
    first = new Dense(store, "mlp.1", inputs, width);
    second = new Dense(store, "mlp.2", width, width);
    third = new Dense(store, "mlp.3", width, latent);
  }

  /** The width whose number of parameters is nearest to a budget, at least 1. */
  static int width(int inputs, int latent, int budget) {
    int width = 1;
    while (Math.abs(parameters(inputs, latent, width + 1) - budget)
        <= Math.abs(parameters(inputs, latent, width) - budget)) {
      width++;
    }
    return width;
  }

  private static long parameters(long inputs, long latent, long width) {
    return (inputs + 1) * width + (width + 1) * width + (width + 1) * latent;
  }

  @Override
  public Variable apply(Variable inputs) {
    return third.apply(second.apply(first.apply(inputs).silu()).silu());
  }
}
