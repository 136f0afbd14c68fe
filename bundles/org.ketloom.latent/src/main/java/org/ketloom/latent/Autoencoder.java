package org.ketloom.latent;

import java.util.function.BiFunction;
import org.ketloom.api.data.ImageShape;
import org.ketloom.nn.BatchNorm;
import org.ketloom.nn.Conv2d;
import org.ketloom.nn.ConvTranspose2d;
import org.ketloom.nn.Dense;
import org.ketloom.nn.Initializer;
import org.ketloom.nn.ParameterStore;
import org.ketloom.nn.Variable;

/**
 * The autoencoder: two convolutions that each halve height and width, two dense layers, and the
 * same backwards, with batch normalisation (the layers of github.com/incllude/LaSt-QGAN). Pixels
 * are 0 to 1 here, {@code [batch, height, width, channels]}.
 */
final class Autoencoder {
  private static final double EPSILON = 1e-5;
  private static final double MOMENTUM = 0.1;

  private final boolean variational;
  private final int latent;
  private final long[] inner;
  private final Conv2d conv1;
  private final Conv2d conv2;
  private final BatchNorm norm1;
  private final Dense dense1;
  private final BatchNorm norm2;
  private final Dense toLatent;
  private final Dense fromLatent;
  private final BatchNorm norm3;
  private final Dense dense2;
  private final BatchNorm norm4;
  private final ConvTranspose2d up1;
  private final BatchNorm norm5;
  private final ConvTranspose2d up2;

  /**
   * @param statistics of the batch normalisations
   * @throws IllegalArgumentException if height or width can't be halved twice
   */
  Autoencoder(
      ParameterStore store,
      ParameterStore statistics,
      AutoencoderOptions options,
      ImageShape images) {
    if (images.height() % 4 != 0 || images.width() % 4 != 0) {
      throw new IllegalArgumentException(
          "the autoencoder halves images twice, so height and width must be multiples of 4; found "
              + images
              + " (set data.options.size)");
    }
    variational = options.autoencoder() == AutoencoderOptions.Kind.VARIATIONAL;
    latent = options.latent();
    int first = options.channels().get(0);
    int second = options.channels().get(1);
    int hidden = options.hidden();
    inner = new long[] {-1, images.height() / 4, images.width() / 4, second};
    int flat = images.height() / 4 * (images.width() / 4) * second;
    conv1 =
        new Conv2d(
            store, "encoder.1", images.channels(), first, 4, 2, 1, Initializer.fanInUniform());
    conv2 = new Conv2d(store, "encoder.2", first, second, 4, 2, 1, Initializer.fanInUniform());
    norm1 = norm(store, statistics, "encoder.2.norm", second);
    dense1 = new Dense(store, "encoder.3", flat, hidden);
    norm2 = norm(store, statistics, "encoder.3.norm", hidden);
    toLatent = new Dense(store, "encoder.4", hidden, variational ? 2 * latent : latent);
    fromLatent = new Dense(store, "decoder.1", latent, hidden);
    norm3 = norm(store, statistics, "decoder.1.norm", hidden);
    dense2 = new Dense(store, "decoder.2", hidden, flat);
    norm4 = norm(store, statistics, "decoder.2.norm", second);
    up1 = new ConvTranspose2d(store, "decoder.3", second, first, 4, 2, 1);
    norm5 = norm(store, statistics, "decoder.3.norm", first);
    up2 = new ConvTranspose2d(store, "decoder.4", first, images.channels(), 4, 2, 1);
  }

  private static BatchNorm norm(
      ParameterStore store, ParameterStore statistics, String name, int channels) {
    return new BatchNorm(store, statistics, name, channels, EPSILON, MOMENTUM);
  }

  /**
   * Compresses images.
   *
   * @param x {@code [batch, height, width, channels]}, 0 to 1
   * @param mode of the batch normalisations
   * @return {@code [batch, latent]}, in [-1, 1]; if variational {@code [batch, 2 latent]}, means
   *     and logarithms of variances
   */
  Variable encode(Variable x, BatchNorm.Mode mode) {
    return encode(x, mode, Dense::apply);
  }

  private Variable encode(
      Variable x, BatchNorm.Mode mode, BiFunction<Dense, Variable, Variable> dense) {
    Variable h = conv2.apply(conv1.apply(x).relu()).relu();
    h = norm1.apply(h, mode);
    h = dense.apply(dense1, h.reshape(x.size(0), h.length() / x.size(0)));
    h = dense.apply(toLatent, norm2.apply(h, mode).relu());
    return variational ? h : h.tanh();
  }

  /**
   * The latents of images as models learn them.
   *
   * @param x {@code [batch, height, width, channels]}, 0 to 1
   * @return {@code [batch, latent]}
   */
  Variable latents(Variable x) {
    return means(encode(x, BatchNorm.Mode.INFER));
  }

  /**
   * The same; on a convolution engine, an image's latents don't depend by a bit on the others of
   * the batch.
   */
  Variable latentsApart(Variable x) {
    return means(encode(x, BatchNorm.Mode.INFER, Dense::applyApart));
  }

  private Variable means(Variable code) {
    return variational ? code.slice(1, 0, latent) : code;
  }

  /**
   * Draws images.
   *
   * @param z {@code [batch, latent]}
   * @param mode of the batch normalisations
   * @return {@code [batch, height, width, channels]}, 0 to 1
   */
  Variable decode(Variable z, BatchNorm.Mode mode) {
    Variable h = norm3.apply(fromLatent.apply(z), mode).relu();
    h = dense2.apply(h).reshape(inner);
    h = norm4.apply(h, mode).relu();
    h = norm5.apply(up1.apply(h), mode).relu();
    return up2.apply(h).sigmoid();
  }
}
