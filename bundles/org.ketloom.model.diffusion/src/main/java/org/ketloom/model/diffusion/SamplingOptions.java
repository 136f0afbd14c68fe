package org.ketloom.model.diffusion;

import static org.ketloom.api.part.Options.require;

import org.ketloom.api.part.Option;

/**
 * How images are drawn.
 *
 * @param sampler the reverse process
 * @param steps network passes per image, 1 to the timesteps of training
 * @param guidance w of classifier-free guidance: {@code (1 + w) conditional - w unconditional} (Ho
 *     and Salimans, arXiv 2207.12598, eq. 6); 0 for none
 * @param average whether the moving average of the weights draws, or the weights themselves
 */
public record SamplingOptions(
    @Option("the reverse process: ddim is deterministic after the first noise, ddpm adds noise")
        Sampler sampler,
    @Option("network passes per image, 1 to the model's timesteps") int steps,
    @Option("strength of classifier-free guidance, 0 for none") double guidance,
    @Option("whether the moving average of the weights draws, or the weights as they are")
        boolean average) {

  /** The reverse process. */
  public enum Sampler {
    /** Deterministic (Song et al., arXiv 2010.02502, eq. 12 with sigma 0). */
    DDIM,
    /** Ancestral (Ho et al., arXiv 2006.11239, algorithm 2). */
    DDPM
  }

  /** Checks the ranges. */
  public SamplingOptions {
    require(steps >= 1, "steps must be at least 1", steps);
    require(guidance >= 0 && guidance <= 100, "guidance must be 0 to 100", guidance);
  }
}
