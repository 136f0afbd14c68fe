package org.ketloom.latent;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.ketloom.api.data.ImageBatch;
import org.ketloom.api.data.ImageShape;
import org.ketloom.api.model.ModelContext;
import org.ketloom.api.model.Tensor;
import org.ketloom.nn.Adam;
import org.ketloom.nn.BatchNorm;
import org.ketloom.nn.Divergence;
import org.ketloom.nn.Losses;
import org.ketloom.nn.Schedule;
import org.ketloom.nn.Tape;
import org.ketloom.nn.Variable;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * The first phase: an autoencoder is trained, or the cache gives one that was trained alike. Then
 * it gives the latents of images and the images of latents.
 */
public final class AutoencoderTraining implements AutoCloseable {
  private static final Logger LOG = System.getLogger("org.ketloom.latent");

  private static final double WEIGHT_DECAY = 0.01;
  private static final double LAST_RATE = 0.02;

  /** Images that are encoded at a time where each one's latents must not depend on the others. */
  private static final int TOGETHER = 32;

  private final AutoencoderOptions options;
  private final ModelContext context;
  private final ImageShape images;
  private final int steps;
  private final Trained autoencoder;
  private final Autoencoder network;
  private final Tape imageTape;

  /** Mean squared error of the last step, pixels 0 to 1. */
  private double error;

  /** Whether the cache gave the autoencoder. */
  private boolean cached;

  /** Whether the options name an autoencoder that has not been found yet. */
  private boolean missing;

  /**
   * @param steps of the phase; 0 if there is none
   * @throws IllegalArgumentException if the autoencoder that the options name was made for other
   *     images
   */
  public AutoencoderTraining(AutoencoderOptions options, ModelContext context, int steps) {
    this.options = options;
    this.context = context;
    this.steps = steps;
    images = context.images();
    imageTape = new Tape(DataType.FLOAT, context.convolutions());
    autoencoder = new Trained("autoencoder", context.seed());
    network = new Autoencoder(autoencoder.store(), autoencoder.statistics(), options, images);
    if (!options.reuse().isEmpty()) {
      Optional<AutoencoderFile> named = named();
      missing = named.isEmpty();
      named.ifPresent(this::take);
    } else if (steps > 0) {
      resume();
    }
  }

  /** The autoencoder that the options name, if the cache holds it. */
  private Optional<AutoencoderFile> named() {
    Optional<AutoencoderFile> file =
        context.cache().get(AutoencoderFile.KIND, options.reuse()).map(AutoencoderFile::of);
    file.ifPresent(f -> f.check("model.options.reuse: " + options.reuse(), options, images));
    return file;
  }

  private void take(AutoencoderFile file) {
    autoencoder.restoreValues(file.values());
    error = file.error();
    autoencoder.finish();
  }

  /** Its parameters and what training keeps of them. */
  public Trained network() {
    return autoencoder;
  }

  /** Mean squared error of the last step, pixels 0 to 1. */
  public double error() {
    return error;
  }

  /** What failures of a step are explained with. */
  public Map<String, Double> rates() {
    return Map.of("autoencoderRate", options.autoencoderRate());
  }

  /**
   * Refuses to begin without the autoencoder that the options name.
   *
   * @throws IllegalArgumentException naming those of the cache that fit
   */
  public void requireNamed() {
    if (!missing) {
      return;
    }
    List<String> fitting = AutoencoderFile.fitting(context.cache(), options, images);
    throw new IllegalArgumentException(
        "model.options.reuse: the cache holds no autoencoder "
            + options.reuse()
            + "; of "
            + AutoencoderFile.wanted(options, images)
            + " it holds "
            + (fitting.isEmpty() ? "none" : String.join(", ", fitting))
            + "; leave reuse empty to train one: it is kept when it is done, and the log names its"
            + " fingerprint");
  }

  /**
   * Takes an autoencoder from the cache that was trained alike.
   *
   * @param batch images per step
   * @return whether there was one: the phase is over
   */
  public boolean takeCached(int batch) {
    if (context.data().isEmpty()) {
      return false;
    }
    String fingerprint = AutoencoderFile.fingerprint(options, context, steps, batch);
    Optional<Map<String, Tensor>> kept = context.cache().get(AutoencoderFile.KIND, fingerprint);
    if (kept.isEmpty()) {
      return false;
    }
    try {
      take(AutoencoderFile.of(kept.get()));
      cached = true;
      LOG.log(Level.INFO, "autoencoder {0} was taken from the cache", fingerprint);
    } catch (IllegalArgumentException e) {
      LOG.log(
          Level.WARNING,
          "autoencoder {0} in the cache can''t be used, so a new one is trained: {1}",
          fingerprint,
          e.getMessage());
    }
    return cached;
  }

  /**
   * How well images are reconstructed.
   *
   * @param error mean squared error, pixels 0 to 1
   * @param loss the error, and the divergence from the normal distribution if variational
   */
  private record Reconstruction(Variable error, Variable loss) {}

  private Reconstruction reconstruct(ImageBatch batch, long step, BatchNorm.Mode mode) {
    int n = batch.size();
    Variable x = imageTape.constant(unitInterval(batch.pixels()), shape(n));
    Variable code = network.encode(x, mode);
    Variable divergence = null;
    if (options.autoencoder() == AutoencoderOptions.Kind.VARIATIONAL) {
      int k = options.latent();
      Variable mean = code.slice(1, 0, k);
      Variable logVariance = code.slice(1, k, 2L * k);
      // -1/2 (1 + log s^2 - m^2 - s^2), summed over the latents (arXiv 1312.6114, appendix B)
      divergence =
          mean.square()
              .add(logVariance.exp())
              .sub(logVariance)
              .sub(1)
              .sum(-1)
              .mean()
              .mul(0.5 * options.klWeight());
      double[] normal = Noise.ofStep(context.seed(), "posterior", step, n, k);
      code = mean.add(logVariance.mul(0.5).exp().mul(imageTape.constant(normal, n, k)));
    }
    Variable found = Losses.meanSquaredError(network.decode(code, mode), x);
    return new Reconstruction(found, divergence == null ? found : found.add(divergence));
  }

  /**
   * One optimizer step.
   *
   * @return its loss
   * @throws ArithmeticException if a quantity became NaN or infinite
   */
  public double train(ImageBatch batch, long step) {
    try {
      Reconstruction found = reconstruct(batch, step, BatchNorm.Mode.TRAIN);
      imageTape.backward(found.loss());
      error = Divergence.requireFinite("reconstruction", found.error().scalar());
      double loss = Divergence.requireFinite("loss", found.loss().scalar());
      autoencoder.step();
      return loss;
    } finally {
      imageTape.clear();
      autoencoder.store().zeroGradients();
    }
  }

  /** The loss of a step, which isn't made. */
  public double loss(ImageBatch batch, long step) {
    try {
      return Divergence.requireFinite(
          "loss", reconstruct(batch, step, BatchNorm.Mode.MEASURE).loss().scalar());
    } finally {
      imageTape.clear();
    }
  }

  /** The phase is over: what only training needs is released. */
  public void finish() {
    autoencoder.finish();
    imageTape.close();
  }

  /**
   * Keeps a trained autoencoder in the cache, for runs that would train the same.
   *
   * @param deviations of the latents over a batch
   * @param batch images per step
   */
  public void keep(double[] deviations, int batch) {
    if (cached || steps == 0 || context.data().isEmpty()) {
      return;
    }
    String fingerprint = AutoencoderFile.fingerprint(options, context, steps, batch);
    AutoencoderFile file =
        new AutoencoderFile(
            autoencoder.values(), AutoencoderFile.form(options, images), deviations, error);
    context.cache().put(AutoencoderFile.KIND, fingerprint, file.tensors());
    LOG.log(
        Level.INFO,
        "autoencoder {0} is in the cache; runs with other seeds use it too where"
            + " model.options.reuse is {0}",
        fingerprint);
  }

  /** Latents of images, row-major {@code [n][latent]}. */
  public float[] latents(ImageBatch batch) {
    return latents(batch, network::latents);
  }

  /**
   * Latents of images, row-major {@code [n][latent]}; those of an image don't depend by a bit on
   * the others, nor on how many there are. A product of matrices doesn't promise that: BLAS takes
   * another kernel for the last rows of a batch. A convolution engine does, for batches of one
   * size; without one the images are encoded one by one.
   */
  public float[] latentsApart(ImageBatch batch) {
    int n = batch.size();
    int size = batch.shape().size();
    boolean together = context.convolutions().isPresent();
    int count = together ? TOGETHER : 1;
    float[] all = new float[n * options.latent()];
    for (int i = 0; i < n; i += count) {
      int here = Math.min(count, n - i);
      float[] pixels = new float[count * size];
      System.arraycopy(batch.pixels(), i * size, pixels, 0, here * size);
      float[] rows =
          latents(
              new ImageBatch(batch.shape(), pixels, new int[count]),
              together ? network::latentsApart : network::latents);
      System.arraycopy(rows, 0, all, i * options.latent(), here * options.latent());
    }
    return all;
  }

  private float[] latents(ImageBatch batch, UnaryOperator<Variable> encoder) {
    try {
      return imageTape.withoutGradient(
          () ->
              encoder
                  .apply(imageTape.constant(unitInterval(batch.pixels()), shape(batch.size())))
                  .toFloats());
    } finally {
      imageTape.clear();
    }
  }

  /** Pixels of latents, {@code [n][row][column][channel]} in [-1, 1]. */
  public float[] pixels(float[] latents) {
    int n = latents.length / options.latent();
    try {
      float[] pixels =
          imageTape.withoutGradient(
              () ->
                  network
                      .decode(
                          imageTape.constant(latents, n, options.latent()), BatchNorm.Mode.INFER)
                      .toFloats());
      for (int i = 0; i < pixels.length; i++) {
        pixels[i] = 2 * pixels[i] - 1;
      }
      return pixels;
    } finally {
      imageTape.clear();
    }
  }

  /** Begins or continues with training: the optimizer is there from now on. */
  private void resume() {
    if (!autoencoder.optimized()) {
      autoencoder.optimizer(
          new Adam(
              autoencoder.store(),
              Adam.Options.adamW(options.autoencoderRate(), WEIGHT_DECAY),
              Map.of(),
              Schedule.warmUpCosine(0, steps, LAST_RATE)));
    }
  }

  /** Whether a state may lack a tensor, or have one that the model has not: its phase decides. */
  public static boolean isOptional(String name) {
    return name.startsWith("autoencoder/adam.") || name.equals(Reconstructions.SHOWN);
  }

  /**
   * Puts a state back.
   *
   * @param training whether it is one of the first phase
   * @param lastError mean squared error of the last step
   * @throws IllegalArgumentException naming the tensor that doesn't fit
   */
  public void restore(Map<String, Tensor> state, boolean training, double lastError) {
    if (training) {
      resume();
    } else {
      autoencoder.finish();
    }
    autoencoder.restore(state);
    error = lastError;
    missing = false;
  }

  private long[] shape(int n) {
    return new long[] {n, images.height(), images.width(), images.channels()};
  }

  /** Pixels 0 to 1 of pixels -1 to 1. */
  private static float[] unitInterval(float[] pixels) {
    float[] result = new float[pixels.length];
    for (int i = 0; i < pixels.length; i++) {
      result[i] = (pixels[i] + 1) / 2;
    }
    return result;
  }

  @Override
  public void close() {
    imageTape.close();
    autoencoder.close();
  }
}
