package org.ketloom.model.lastqgan;

import org.ketloom.api.part.Option;

/**
 * What is drawn. All but samples are pictures in rows of {@code length} images.
 *
 * @param picture what is drawn
 * @param length images per row of a picture, at least 2
 * @param layer first layer that sees the other noise in style mixing; 0 for the middle one
 * @param average whether the moving average of the generator's weights draws
 * @param shots measurements of the circuit in each basis for each image; 0 for exact values
 */
public record SamplingOptions(
    @Option(
            value =
                "samples; reconstructions; interpolation: strips between two noises; mixing of"
                    + " styles",
            defaultValue = "samples")
        Picture picture,
    @Option(
            value = "images per row of a picture that isn't of samples",
            defaultValue = "8",
            range = "[2,)")
        int length,
    @Option(
            value =
                "mixing: first layer that sees the column's noise, from 1; 0 for the middle one",
            defaultValue = "0",
            range = "[0,)")
        int layer,
    @Option(
            value =
                "whether images are drawn with the moving average of the weights, or with the"
                    + " weights themselves",
            defaultValue = "true")
        boolean average,
    @Option(
            value = "measurements of the circuit in each basis for each image; 0 for exact values",
            defaultValue = "0",
            range = "[0,)")
        int shots) {

  /** What is drawn. */
  public enum Picture {
    /** Images of independent noises. The model doesn't know classes: labels make no difference. */
    SAMPLES,
    /** Training images, a row, and what the autoencoder makes of them, the next row. */
    RECONSTRUCTIONS,
    /** Each row goes from one noise to another, along a great circle. */
    INTERPOLATION,
    /**
     * The first row and the first column are samples; each other image has the noise of its row's
     * first image in the first layers, and that of its column's in the rest.
     */
    MIXING
  }
}
