package org.ketloom.api.engine;

/**
 * What a program reads. The arrays are not copied and must not change until the call that takes
 * them has returned, or, for {@link Program#evaluate}, until its last {@link Evaluation#vjp}.
 *
 * @param batch number of samples, at least 1
 * @param features row-major {@code [batch][features]}
 * @param weights {@code [weights]}, shared by the batch
 * @param sampleAngles row-major {@code [batch][sampleAngles]}
 * @param hermitianEntries {@code [hermitianEntries]}, laid out as {@link
 *     org.ketloom.api.circuit.Observable.Hermitian} says
 */
public record Inputs(
    int batch,
    double[] features,
    double[] weights,
    double[] sampleAngles,
    double[] hermitianEntries) {

  private static final double[] NONE = {};

  /** Inputs of a circuit that reads features and weights alone. */
  public static Inputs of(int batch, double[] features, double[] weights) {
    return new Inputs(batch, features, weights, NONE, NONE);
  }
}
