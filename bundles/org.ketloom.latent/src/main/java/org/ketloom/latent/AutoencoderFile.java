package org.ketloom.latent;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.ketloom.api.data.ImageShape;
import org.ketloom.api.model.ModelContext;
import org.ketloom.api.model.Tensor;
import org.ketloom.api.model.TensorCache;

/**
 * A trained autoencoder as it is kept in the cache.
 *
 * @param values parameters and statistics by name
 * @param form what it was made for, see {@link #form}
 * @param deviations of the latents over a batch of training data
 * @param error its mean squared error at the end of its training, pixels 0 to 1
 */
public record AutoencoderFile(
    Map<String, Tensor> values, long[] form, double[] deviations, double error) {
  /** Kind of what is kept, for the cache. */
  public static final String KIND = "autoencoder";

  /** A latent that varies less is dead. */
  private static final double MIN_DEVIATION = 0.01;

  private static final int DIGITS = 16;
  private static final String FORM = "about/form";
  private static final String DEVIATIONS = "about/deviations";
  private static final String ERROR = "about/error";

  /** Changes whenever the same options train another autoencoder. */
  private static final int TRAINING = 1;

  /** Channels, height, width, latents, kind, widths of the layers. */
  public static long[] form(AutoencoderOptions options, ImageShape images) {
    return new long[] {
      images.channels(),
      images.height(),
      images.width(),
      options.latent(),
      options.autoencoder().ordinal(),
      options.channels().get(0),
      options.channels().get(1),
      options.hidden()
    };
  }

  /**
   * Fingerprint of all that a trained autoencoder depends on.
   *
   * @param batch images per step
   */
  static String fingerprint(
      AutoencoderOptions options, ModelContext context, int steps, int batch) {
    String text =
        String.join(
            "\n",
            "autoencoder " + TRAINING,
            context.data().orElse(""),
            Arrays.toString(form(options, context.images())),
            "steps " + steps + " of " + batch,
            "rate " + options.autoencoderRate(),
            "divergence "
                + (options.autoencoder() == AutoencoderOptions.Kind.VARIATIONAL
                    ? options.klWeight()
                    : 0),
            "seed " + context.seed());
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest).substring(0, DIGITS);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** As tensors. */
  public Map<String, Tensor> tensors() {
    Map<String, Tensor> tensors = new LinkedHashMap<>(values);
    tensors.put(FORM, new Tensor(List.of(form.length), form));
    tensors.put(DEVIATIONS, Tensor.of(deviations));
    tensors.put(ERROR, Tensor.of(new double[] {error}));
    return tensors;
  }

  /**
   * Out of tensors.
   *
   * @throws IllegalArgumentException if they are no autoencoder
   */
  static AutoencoderFile of(Map<String, Tensor> tensors) {
    Map<String, Tensor> values = new LinkedHashMap<>(tensors);
    Tensor form = values.remove(FORM);
    Tensor deviations = values.remove(DEVIATIONS);
    Tensor error = values.remove(ERROR);
    if (form == null || form.longs().length != 8 || deviations == null || error == null) {
      throw new IllegalArgumentException("the entry in the cache is not an autoencoder");
    }
    return new AutoencoderFile(values, form.longs(), deviations.doubles(), error.doubles()[0]);
  }

  /**
   * Refuses an autoencoder that was made for other images, or that has dead latents.
   *
   * @param name what the message calls it
   */
  void check(String name, AutoencoderOptions options, ImageShape images) {
    long[] expected = form(options, images);
    if (!Arrays.equals(form, expected)) {
      throw new IllegalArgumentException(
          name + " is " + text(form) + "; this run needs " + text(expected));
    }
    requireAlive(name, deviations);
  }

  /** Fingerprints of the autoencoders in a cache that options and images can take. */
  static List<String> fitting(TensorCache cache, AutoencoderOptions options, ImageShape images) {
    return cache.fingerprints(KIND).stream()
        .filter(fingerprint -> fits(cache.get(KIND, fingerprint), options, images))
        .toList();
  }

  private static boolean fits(
      Optional<Map<String, Tensor>> kept, AutoencoderOptions options, ImageShape images) {
    try {
      kept.map(AutoencoderFile::of)
          .orElseThrow(() -> new IllegalArgumentException("it can't be read"))
          .check("", options, images);
      return true;
    } catch (IllegalArgumentException | IllegalStateException e) {
      return false;
    }
  }

  /** What the autoencoder is that options and images need. */
  static String wanted(AutoencoderOptions options, ImageShape images) {
    return text(form(options, images));
  }

  /** Refuses latents that don't vary. */
  public static void requireAlive(String name, double[] deviations) {
    List<Integer> dead =
        IntStream.range(0, deviations.length)
            .filter(k -> !(deviations[k] >= MIN_DEVIATION))
            .boxed()
            .toList();
    if (!dead.isEmpty()) {
      throw new IllegalStateException(
          name
              + " has collapsed: "
              + dead.size()
              + " of "
              + deviations.length
              + " latents are dead ("
              + dead.stream().map(String::valueOf).collect(Collectors.joining(", "))
              + "; they deviate by less than "
              + MIN_DEVIATION
              + " over a batch), so there is nothing to learn in them; give fewer latents"
              + " (model.options.latent), more steps (autoencoderSteps), another rate"
              + " (autoencoderRate) or a smaller klWeight");
    }
  }

  private static String text(long[] form) {
    return "a "
        + AutoencoderOptions.Kind.values()[(int) form[4]].name().toLowerCase(java.util.Locale.ROOT)
        + " autoencoder of "
        + form[0]
        + "x"
        + form[1]
        + "x"
        + form[2]
        + " images with "
        + form[3]
        + " latents, channels "
        + form[5]
        + ","
        + form[6]
        + " and hidden "
        + form[7];
  }
}
