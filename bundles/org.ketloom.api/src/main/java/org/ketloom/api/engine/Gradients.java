package org.ketloom.api.engine;

import org.ketloom.api.circuit.Circuit;

/**
 * Result of a backward sweep, shaped like the {@link Inputs}.
 *
 * @param features row-major {@code [batch][features]}, through amplitude preparation too
 * @param weights {@code [weights]}, summed over the batch
 * @param sampleAngles row-major {@code [batch][sampleAngles]}
 * @param hermitianEntries {@code [hermitianEntries]}, summed over the batch
 */
public record Gradients(
    double[] features, double[] weights, double[] sampleAngles, double[] hermitianEntries) {

  /** Zeros for all that a circuit reads. */
  public static Gradients zeros(Circuit circuit, int batch) {
    return new Gradients(
        new double[Math.multiplyExact(batch, circuit.features())],
        new double[circuit.weights()],
        new double[Math.multiplyExact(batch, circuit.sampleAngles())],
        new double[circuit.hermitianEntries()]);
  }

  /**
   * Checks that these are gradients of a circuit.
   *
   * @throws IllegalArgumentException naming the array
   */
  public void requireShape(Circuit circuit, int batch) {
    Inputs.requireLength("features", features, batch, circuit.features());
    Inputs.requireLength("weights", weights, 1, circuit.weights());
    Inputs.requireLength("sampleAngles", sampleAngles, batch, circuit.sampleAngles());
    Inputs.requireLength("hermitianEntries", hermitianEntries, 1, circuit.hermitianEntries());
  }
}
