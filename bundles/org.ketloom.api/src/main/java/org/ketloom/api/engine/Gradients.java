package org.ketloom.api.engine;

/**
 * Result of a backward sweep, shaped like the {@link Inputs}.
 *
 * @param features row-major {@code [batch][features]}, through amplitude preparation too
 * @param weights {@code [weights]}, summed over the batch
 * @param sampleAngles row-major {@code [batch][sampleAngles]}
 * @param hermitianEntries {@code [hermitianEntries]}, summed over the batch
 */
public record Gradients(
    double[] features, double[] weights, double[] sampleAngles, double[] hermitianEntries) {}
