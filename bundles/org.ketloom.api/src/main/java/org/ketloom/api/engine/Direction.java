package org.ketloom.api.engine;

/**
 * A direction in which inputs move, shaped like the {@link Inputs}; an empty array stands for
 * zeros. The arrays are not copied and must not change during the call that takes them.
 *
 * @param features row-major {@code [batch][features]}
 * @param weights {@code [weights]}
 * @param sampleAngles row-major {@code [batch][sampleAngles]}
 * @param hermitianEntries {@code [hermitianEntries]}
 */
public record Direction(
    double[] features, double[] weights, double[] sampleAngles, double[] hermitianEntries) {

  private static final double[] NONE = {};

  /** A direction in which only the weights move. */
  public static Direction ofWeights(double... weights) {
    return new Direction(NONE, weights, NONE, NONE);
  }
}
