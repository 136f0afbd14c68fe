package org.ketloom.latent;

import static org.ketloom.api.part.Options.require;

import java.util.List;
import java.util.Locale;
import org.ketloom.api.part.Option;

/**
 * Options of the autoencoder. As a component of a model's options they are options of the model
 * like any other.
 *
 * @param latent numbers that the autoencoder compresses an image to
 * @param autoencoder whether latents end in a tanh, or are a distribution's mean
 * @param autoencoderSteps optimizer steps of the first phase; 0 for a third of all, at most 4000
 * @param channels channels of the autoencoder's two convolutions
 * @param hidden width of the autoencoder's dense layers
 * @param autoencoderRate learning rate of the autoencoder at its start
 * @param klWeight weight of the divergence from the normal distribution, variational only
 * @param reuse fingerprint of an autoencoder in the cache, in place of the first phase
 */
public record AutoencoderOptions(
    @Option(
            value = "numbers that the autoencoder compresses an image to",
            defaultValue = "20",
            range = "[1,)")
        int latent,
    @Option(
            value =
                "plain ends in a tanh; variational learns a distribution, whose mean is the latent",
            defaultValue = "plain")
        Kind autoencoder,
    @Option(
            value = "optimizer steps of the first phase; 0 for a third of the run's, at most 4000",
            defaultValue = "0",
            range = "[0,)")
        int autoencoderSteps,
    @Option(
            value = "channels of the autoencoder's two convolutions",
            defaultValue = {"64", "128"},
            range = "[1,)")
        List<Integer> channels,
    @Option(
            value = "width of the autoencoder's dense layers",
            defaultValue = "1024",
            range = "[1,)")
        int hidden,
    @Option(
            value = "learning rate of the autoencoder at its start",
            defaultValue = "1e-3",
            range = "(0,)")
        double autoencoderRate,
    @Option(
            value = "weight of the divergence from the normal distribution, variational only",
            defaultValue = "1e-4",
            range = "[0,)")
        double klWeight,
    @Option(
            value = "fingerprint of an autoencoder in the cache to use in place of the first phase",
            defaultValue = "")
        String reuse) {

  private static final int MAX_DEFAULT_STEPS = 4000;

  /** What the autoencoder is. */
  public enum Kind {
    /** Latents end in a tanh, and lie in [-1, 1]. */
    PLAIN,
    /** Latents are the means of normal distributions (Kingma and Welling, arXiv 1312.6114). */
    VARIATIONAL
  }

  /** Checks the ranges. */
  public AutoencoderOptions {
    channels = List.copyOf(channels);
    reuse = reuse.strip().toLowerCase(Locale.ROOT);
    require(
        channels.size() == 2 && channels.stream().allMatch(c -> c >= 1),
        "channels takes two numbers of at least 1",
        channels);
    require(
        reuse.matches("[0-9a-f]*"),
        "reuse is the fingerprint of an autoencoder, made of the digits 0 to 9 and a to f",
        '"' + reuse + '"');
  }

  /**
   * Steps of the first phase; 0 if the cache is to give the autoencoder.
   *
   * @param steps of the whole training
   * @throws IllegalArgumentException if none are left for what comes after it
   */
  public int firstPhase(long steps) {
    if (!reuse.isEmpty()) {
      return 0;
    }
    if (autoencoderSteps == 0) {
      return (int) Math.min(steps / 3, MAX_DEFAULT_STEPS);
    }
    if (autoencoderSteps >= steps) {
      throw new IllegalArgumentException(
          "model.options.autoencoderSteps is "
              + autoencoderSteps
              + ", but the whole training has "
              + steps
              + " steps; give fewer, or more epochs (training.epochs)");
    }
    return autoencoderSteps;
  }
}
