package org.ketloom.model.latentflow;

import org.ketloom.api.part.Option;

/**
 * How images are drawn. All pictures but samples consist of rows of {@code length} images.
 *
 * @param picture what is drawn
 * @param length images per row of a picture that isn't of samples, at least 2
 * @param sampler how the way from noise to latents is computed
 * @param steps steps of the way; heun and midpoint ask the field twice in each
 * @param guidance w of classifier-free guidance: {@code (1 + w) conditional - w unconditional} (Ho
 *     and Salimans, arXiv 2207.12598, eq. 6); 0 for none
 * @param average whether the moving average of the field's weights draws, or the weights themselves
 * @param shots measurements of the circuit in each basis each time the field is asked; 0 for exact
 *     values
 */
public record SamplingOptions(
    @Option(
            value =
                "samples; trajectory: rows from noise to the image; interpolation: rows between two"
                    + " noises; reconstructions",
            defaultValue = "samples")
        Picture picture,
    @Option(
            value = "images per row of a picture that isn't of samples",
            defaultValue = "8",
            range = "[2,)")
        int length,
    @Option(
            value = "flow: euler, heun or midpoint; diffusion: ddim or ddpm; auto: heun, or ddim",
            defaultValue = "auto")
        Sampler sampler,
    @Option(
            value = "steps from noise to latents; heun and midpoint ask the field twice in each",
            defaultValue = "20",
            range = "[1,)")
        int steps,
    @Option(
            value = "strength of classifier-free guidance, 0 for none",
            defaultValue = "0.6",
            range = "[0,100]")
        double guidance,
    @Option(
            value =
                "whether images are drawn with the moving average of the weights, or with the"
                    + " weights themselves",
            defaultValue = "true")
        boolean average,
    @Option(
            value = "measurements of the circuit in each basis for each pass; 0 for exact values",
            defaultValue = "0",
            range = "[0,)")
        int shots) {

  /** What is drawn. */
  public enum Picture {
    /** Images of independent noises. */
    SAMPLES,
    /** Each row is one image on its way, from noise at the left to its end at the right. */
    TRAJECTORY,
    /** Each row goes from one noise to another, along a great circle, within a class. */
    INTERPOLATION,
    /** Training images, a row, and what the autoencoder makes of them, the next row. */
    RECONSTRUCTIONS
  }

  /** How the way from noise to latents is computed. */
  public enum Sampler {
    /** Heun for flow, DDIM for diffusion. */
    AUTO,
    /** Explicit Euler steps, of order 1. */
    EULER,
    /** The explicit trapezoidal rule, of order 2. */
    HEUN,
    /** The explicit midpoint rule, of order 2. */
    MIDPOINT,
    /** Deterministic (Song et al., arXiv 2010.02502, eq. 12 with sigma 0). */
    DDIM,
    /** Ancestral (Ho et al., arXiv 2006.11239, algorithm 2). */
    DDPM
  }
}
