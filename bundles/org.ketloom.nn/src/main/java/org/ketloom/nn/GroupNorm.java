package org.ketloom.nn;

import org.jspecify.annotations.Nullable;

/** Group normalisation with a scale and a shift per channel, see {@link Functions#groupNorm}. */
public final class GroupNorm {
  private static final double EPSILON = 1e-5;

  private final int groups;
  private final Parameter gamma;
  private final Parameter beta;

  /**
   * A layer that neither scales nor shifts at first.
   *
   * @param name of the layer; its parameters are {@code name.weight} and {@code name.bias}
   * @param groups a divisor of the channels; 1 for layer normalisation
   * @throws IllegalArgumentException if the groups don't divide the channels
   */
  public GroupNorm(ParameterStore store, String name, int groups, int channels) {
    if (groups < 1 || channels % groups != 0) {
      throw new IllegalArgumentException(
          name + ": " + groups + " groups don't divide " + channels + " channels");
    }
    this.groups = groups;
    gamma = store.create(name + ".weight", Groups.CLASSICAL, Initializer.constant(1), channels);
    beta = store.create(name + ".bias", Groups.CLASSICAL, Initializer.zeros(), channels);
  }

  /** Applies it to {@code [batch, ..., channels]}. */
  public Variable apply(Variable x) {
    return Functions.groupNorm(
        x, groups, x.tape().parameter(gamma), x.tape().parameter(beta), EPSILON);
  }

  /** Applies it and SiLU to {@code [batch, ..., channels]}. */
  public Variable applySilu(Variable x) {
    return applySilu(x, null);
  }

  /**
   * Applies it and SiLU to {@code [batch, ..., channels]}.
   *
   * @param shift {@code [batch, channels]}, added to all of a sample's pixels before; null for none
   */
  public Variable applySilu(Variable x, @Nullable Variable shift) {
    return Functions.groupNormSilu(
        x, groups, x.tape().parameter(gamma), x.tape().parameter(beta), shift, EPSILON);
  }
}
