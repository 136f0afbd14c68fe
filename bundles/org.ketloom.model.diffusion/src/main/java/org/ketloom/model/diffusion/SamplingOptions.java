package org.ketloom.model.diffusion;

import org.ketloom.api.part.Option;

/**
 * How images are drawn.
 *
 * @param picture what is drawn
 * @param length images per row of a trajectory, at least 2
 * @param sampler the reverse process
 * @param steps steps from noise to the image, of a diffusion 1 to its timesteps
 * @param guidance w of classifier-free guidance: {@code (1 + w) conditional - w unconditional} (Ho
 *     and Salimans, arXiv 2207.12598, eq. 6); 0 for none
 * @param average whether the moving average of the weights draws, or the weights themselves
 * @param shots measurements of the circuit in each basis, for each pass of an image; 0 for exact
 *     values
 */
public record SamplingOptions(
    @Option(
            value = "samples, or trajectory: rows from noise to the image",
            defaultValue = "samples")
        Picture picture,
    @Option(value = "images per row of a trajectory", defaultValue = "8", range = "[2,)")
        int length,
    @Option(
            value =
                "the reverse process: ddim is deterministic after the first noise, ddpm adds noise;"
                    + " of a flow euler, or heun, which asks the network twice in each step but the"
                    + " last",
            defaultValue = "ddim")
        Sampler sampler,
    @Option(
            value = "steps from noise to the image, of a diffusion at most its timesteps",
            defaultValue = "40",
            range = "[1,)")
        int steps,
    @Option(
            value = "strength of classifier-free guidance, 0 for none",
            defaultValue = "0.3",
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

  /** The reverse process. */
  public enum Sampler {
    /** Deterministic (Song et al., arXiv 2010.02502, eq. 12 with sigma 0). */
    DDIM,
    /** Ancestral (Ho et al., arXiv 2006.11239, algorithm 2). */
    DDPM,
    /** Of a flow: explicit Euler steps, of order 1. */
    EULER,
    /** Of a flow: the explicit trapezoidal rule, of order 2, but for the last step. */
    HEUN
  }
}
