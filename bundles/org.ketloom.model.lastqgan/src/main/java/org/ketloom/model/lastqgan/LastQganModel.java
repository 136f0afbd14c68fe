package org.ketloom.model.lastqgan;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CancellationException;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.data.Dataset;
import org.ketloom.api.data.ImageBatch;
import org.ketloom.api.data.ImageShape;
import org.ketloom.api.engine.Shots;
import org.ketloom.api.model.Figure;
import org.ketloom.api.model.GenerativeModel;
import org.ketloom.api.model.ModelContext;
import org.ketloom.api.model.Progress;
import org.ketloom.api.model.StepResult;
import org.ketloom.api.model.Tensor;
import org.ketloom.nn.Adam;
import org.ketloom.nn.BatchNorm;
import org.ketloom.nn.Divergence;
import org.ketloom.nn.Groups;
import org.ketloom.nn.Losses;
import org.ketloom.nn.MovingAverage;
import org.ketloom.nn.RandomStreams;
import org.ketloom.nn.Schedule;
import org.ketloom.nn.Tape;
import org.ketloom.nn.Variable;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Trains the autoencoder, then the generator against the critic on its latents.
 *
 * <p>The first phase passes without training where the cache holds its result: the run is then the
 * same, bit for bit.
 */
final class LastQganModel implements GenerativeModel<SamplingOptions> {
  private static final Logger LOG = System.getLogger("org.ketloom.model.lastqgan");

  /** Images that are drawn together. */
  private static final int DRAWN_TOGETHER = 64;

  /** Images that are reconstructed together. */
  private static final int MEASURED_TOGETHER = 250;

  /** Training images that are kept for the picture of reconstructions. */
  private static final int EXAMPLES = 40;

  /** Outcomes of measurements: those of training are others than those of drawing. */
  private static final int TRAINING = 1;

  private static final double AUTOENCODER_DECAY = 0.01;
  private static final double AUTOENCODER_LAST_RATE = 0.02;

  private static final String PHASE = "phase";
  private static final String ERROR = "error";
  private static final String SHOWN = "examples";

  /** How far the run has come. */
  private enum Phase {
    /** The autoencoder is being trained. */
    AUTOENCODER,
    /** It is there; whether its latents are alive is still to be seen. */
    TRAINED,
    /** The GAN is being trained. */
    ADVERSARIAL
  }

  private final LastQgan options;
  private final ModelContext context;
  private final ImageShape images;
  private final int firstPhase;
  private final Trained autoencoder;
  private final Autoencoder network;
  private final Trained made;
  private final Generator generator;
  private final Trained judge;
  private final Critic critic;
  private final KnownLatents known = new KnownLatents();
  private final Tape pictures = new Tape(DataType.FLOAT);
  private final Tape making = new Tape(DataType.FLOAT);
  private final Tape judging = new Tape(DataType.FLOAT);

  private Phase phase;

  /** Mean squared error of the autoencoder's last step, pixels 0 to 1. */
  private double error;

  /** Some training images, row-major {@code [n][channel][row][column]}; empty before training. */
  private float[] examples = {};

  /** Whether the cache gave the autoencoder. */
  private boolean cached;

  /** Whether the options name an autoencoder that has not been found yet. */
  private boolean missing;

  LastQganModel(LastQgan options, ModelContext context) {
    this.options = options;
    this.context = context;
    images = context.images();
    firstPhase = options.firstPhase(context.steps());
    Circuit circuit = StyleCircuit.circuit(options, context);
    long seed = context.seed();
    autoencoder = new Trained("autoencoder", seed);
    network = new Autoencoder(autoencoder.store(), autoencoder.statistics(), options, images);
    made = new Trained("generator", seed);
    int budget = StyleCircuit.parameters(options, circuit);
    generator =
        switch (options.generator()) {
          case CIRCUIT ->
              new StyleCircuit(
                  made.store(), options, context.compile(circuit, options.precision()));
          case DENSE -> new DenseStyle(made.store(), options, budget);
          case WIDE -> new WideGenerator(made.store(), made.statistics(), options);
          case FOURIER -> new FourierSurrogate(made.store(), options, budget, seed);
        };
    if (options.shots() > 0) {
      checkShots();
    }
    judge = new Trained("critic", seed);
    critic = new Critic(judge.store(), options);
    Optional<AutoencoderFile> given = given();
    missing = !options.reuse().isEmpty() && given.isEmpty();
    phase = options.reuse().isEmpty() && firstPhase > 0 ? Phase.AUTOENCODER : Phase.TRAINED;
    if (phase == Phase.AUTOENCODER) {
      autoencoder.optimizer(autoencoderOptimizer());
    }
    long steps = Math.max(1, context.steps() - firstPhase);
    judge.optimizer(
        new Adam(
            judge.store(),
            Adam.Options.adam(options.criticRate()).betas(options.beta1(), options.beta2()),
            Map.of(),
            Schedule.warmUpCosine(0, steps, options.lastRate())));
    Map<String, Adam.Options> rates = new LinkedHashMap<>();
    if (made.store().counts().containsKey(Groups.OBSERVABLE)) {
      rates.put(
          Groups.OBSERVABLE,
          Adam.Options.adam(options.observableRate()).betas(options.beta1(), options.beta2()));
    }
    made.optimizer(
        new Adam(
            made.store(),
            Adam.Options.adam(options.generatorRate()).betas(options.beta1(), options.beta2()),
            rates,
            Schedule.warmUpCosine(
                0, Math.max(1, steps / options.criticSteps()), options.lastRate())));
    made.average(options.average());
    given.ifPresent(this::take);
  }

  /** Refuses to measure what can't be measured. */
  private void checkShots() {
    try {
      generator.withShots(new Shots(options.shots(), 0));
    } catch (IllegalArgumentException | UnsupportedOperationException e) {
      throw new IllegalArgumentException(
          "model.options.shots is " + options.shots() + ": " + e.getMessage(), e);
    }
  }

  /** The generator of a training step: exact, or with outcomes that are the step's own. */
  private Generator trained(long step) {
    return options.shots() == 0
        ? generator
        : generator.withShots(new Shots(options.shots(), context.seed()).at(TRAINING, step));
  }

  private Adam autoencoderOptimizer() {
    return new Adam(
        autoencoder.store(),
        Adam.Options.adamW(options.autoencoderRate(), AUTOENCODER_DECAY),
        Map.of(),
        Schedule.warmUpCosine(0, firstPhase, AUTOENCODER_LAST_RATE));
  }

  /** The autoencoder that the options name, if the cache holds it. */
  private Optional<AutoencoderFile> given() {
    if (options.reuse().isEmpty()) {
      return Optional.empty();
    }
    Optional<AutoencoderFile> file =
        context.cache().get(AutoencoderFile.KIND, options.reuse()).map(AutoencoderFile::of);
    file.ifPresent(f -> f.check("model.options.reuse: " + options.reuse(), options, images));
    return file;
  }

  private void take(AutoencoderFile file) {
    autoencoder.restoreValues(file.values());
    error = file.error();
    phase = Phase.TRAINED;
    autoencoder.finish();
  }

  @Override
  public Map<String, Circuit> circuits() {
    return generator.circuit().map(c -> Map.of("generator", c)).orElse(Map.of());
  }

  @Override
  public Map<String, Long> parameters() {
    Map<String, Long> counts = new LinkedHashMap<>();
    made.store()
        .counts()
        .forEach((group, n) -> counts.put(group.equals(Groups.CLASSICAL) ? "generator" : group, n));
    counts.put("critic", total(judge));
    counts.put("autoencoder", total(autoencoder));
    return counts;
  }

  private static long total(Trained network) {
    return network.store().counts().values().stream().mapToLong(Long::longValue).sum();
  }

  @Override
  public void checkBegin() {
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

  @Override
  public StepResult train(ImageBatch batch, long step) {
    try {
      return learn(batch, step);
    } catch (RuntimeException e) {
      throw explained(e, step);
    }
  }

  @Override
  public double loss(ImageBatch batch, long step) {
    try {
      if (step >= firstPhase) {
        return criticLoss(batch, step);
      }
      return phase == Phase.AUTOENCODER ? autoencoderLoss(batch, step) : error;
    } catch (RuntimeException e) {
      throw explained(e, step);
    }
  }

  private RuntimeException explained(RuntimeException e, long step) {
    return step < firstPhase
        ? Divergence.explain(
            e,
            step,
            List.of(autoencoder.store()),
            Map.of("autoencoderRate", options.autoencoderRate()))
        : Divergence.explain(
            e, step, List.of(judge.store(), made.store()), options.adversarialRates());
  }

  private StepResult learn(ImageBatch batch, long step) {
    if (step == 0) {
      begin(batch);
    }
    if (step < firstPhase) {
      double loss = error;
      if (phase == Phase.AUTOENCODER) {
        loss = trainAutoencoder(batch, step);
        if (step == firstPhase - 1) {
          phase = Phase.TRAINED;
          autoencoder.finish();
          pictures.close();
        }
      }
      return new StepResult(loss, quantities(0, 0, 0, 0, 0));
    }
    return trainAdversaries(batch, step);
  }

  private void begin(ImageBatch batch) {
    int shown = Math.min(EXAMPLES, batch.size());
    examples = Arrays.copyOf(batch.pixels(), shown * images.size());
    checkBegin();
    if (context.data().isEmpty() || phase != Phase.AUTOENCODER) {
      return;
    }
    String fingerprint = AutoencoderFile.fingerprint(options, context, firstPhase, batch.size());
    Optional<Map<String, Tensor>> kept = context.cache().get(AutoencoderFile.KIND, fingerprint);
    if (kept.isPresent()) {
      try {
        take(AutoencoderFile.of(kept.get()));
        cached = true;
        LOG.log(Level.INFO, "autoencoder {0} was taken from the cache", fingerprint);
      } catch (IllegalArgumentException e) {
        LOG.log(
            Level.WARNING,
            "autoencoder {0} of the cache can''t be used, another is trained: {1}",
            fingerprint,
            e.getMessage());
      }
    }
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
    Variable x = pictures.constant(channelsLast(batch.pixels(), n), shape(n));
    Variable code = network.encode(x, mode);
    Variable divergence = null;
    if (options.autoencoder() == LastQgan.Kind.VARIATIONAL) {
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
      double[] normal = gaussian("posterior", step, n, k);
      code = mean.add(logVariance.mul(0.5).exp().mul(pictures.constant(normal, n, k)));
    }
    Variable found = Losses.meanSquaredError(network.decode(code, mode), x);
    return new Reconstruction(found, divergence == null ? found : found.add(divergence));
  }

  private double autoencoderLoss(ImageBatch batch, long step) {
    try {
      return Divergence.requireFinite(
          "loss", reconstruct(batch, step, BatchNorm.Mode.MEASURE).loss().scalar());
    } finally {
      pictures.clear();
    }
  }

  private double trainAutoencoder(ImageBatch batch, long step) {
    try {
      Reconstruction found = reconstruct(batch, step, BatchNorm.Mode.TRAIN);
      pictures.backward(found.loss());
      error = Divergence.requireFinite("reconstruction", found.error().scalar());
      double total = Divergence.requireFinite("loss", found.loss().scalar());
      autoencoder.step();
      return total;
    } finally {
      pictures.clear();
      autoencoder.store().zeroGradients();
    }
  }

  /** What the critic makes of the real and the made latents of a step, on its tape. */
  private Critic.Result criticised(float[] real, float[] fake, Critic.Moments moments, long step) {
    int width = options.latent();
    int n = real.length / width;
    return critic.loss(
        options,
        judging.constant(real, n, width),
        judging.constant(fake, n, width),
        RandomStreams.of(context.seed(), "interpolation", step).doubles(n).toArray(),
        moments,
        RandomStreams.of(context.seed(), "critic dropout", step));
  }

  private double criticLoss(ImageBatch batch, long step) {
    float[] real = latents(batch);
    Critic.Moments moments = Critic.Moments.of(doubles(real), options.latent());
    int n = batch.size();
    try {
      double[] noise = gaussian("noise", step, n, options.noise());
      float[] fake =
          making.withoutGradient(
              () ->
                  trained(step)
                      .apply(making.constant(noise, n, options.noise()), BatchNorm.Mode.MEASURE)
                      .toFloats());
      return Divergence.requireFinite(
          "loss", criticised(real, fake, moments, step).loss().scalar());
    } finally {
      making.clear();
      judging.clear();
    }
  }

  private StepResult trainAdversaries(ImageBatch batch, long step) {
    int n = batch.size();
    int width = options.latent();
    float[] real = known.of(batch, () -> latents(batch));
    Critic.Moments moments = Critic.Moments.of(doubles(real), width);
    if (phase == Phase.TRAINED) {
      checkLatents(moments, n);
    }
    boolean both = (step - firstPhase + 1) % options.criticSteps() == 0;
    long seed = context.seed();
    Generator maker = trained(step);
    try {
      Variable z = making.constant(gaussian("noise", step, n, options.noise()), n, options.noise());
      Variable fake =
          both
              ? maker.apply(z, BatchNorm.Mode.TRAIN).keep()
              : making.withoutGradient(() -> maker.apply(z, BatchNorm.Mode.TRAIN));
      float[] values = fake.toFloats();
      Critic.Moments found = Critic.Moments.of(doubles(values), width);

      Critic.Result result = criticised(real, values, moments, step);
      judging.backward(result.loss(), judge.store());
      double loss = Divergence.requireFinite("loss", result.loss().scalar());
      judge.step();
      judging.clear();

      double gradient = 0;
      if (both) {
        Variable input = judging.input(values, n, width);
        Variable score =
            critic.generatorLoss(
                options.loss(), input, moments, RandomStreams.of(seed, "generator dropout", step));
        float[] cotangent = judging.gradients(score, List.of(input), false).get(0).toFloats();
        // Two tapes: the critic's gradient for its input is the generator's for its output.
        making.backward(fake.mul(making.constant(cotangent, n, width)).sum());
        gradient = made.step();
      }
      Map<String, Double> quantities =
          quantities(
              Divergence.requireFinite("wasserstein", result.distance()),
              Divergence.requireFinite("penalty", result.penalty()),
              gradient,
              mean(moments.deviation()),
              mean(found.deviation()));
      quantities.putAll(generator.quantities());
      return new StepResult(loss, quantities);
    } finally {
      making.clear();
      judging.clear();
      made.store().zeroGradients();
      judge.store().zeroGradients();
    }
  }

  /** The same names in both phases; 0 where a quantity belongs to the other one. */
  private Map<String, Double> quantities(
      double wasserstein,
      double penalty,
      double gradient,
      double latentSpread,
      double generatedSpread) {
    Map<String, Double> quantities = new LinkedHashMap<>();
    quantities.put("reconstruction", error);
    quantities.put("wasserstein", wasserstein);
    quantities.put("penalty", penalty);
    quantities.put("generator.gradient", gradient);
    quantities.put("latent.spread", latentSpread);
    quantities.put("generated.spread", generatedSpread);
    return quantities;
  }

  /** Before the GAN's first step: latents that are dead are refused, others are kept. */
  private void checkLatents(Critic.Moments moments, int batch) {
    AutoencoderFile.requireAlive("the autoencoder", moments.deviation());
    phase = Phase.ADVERSARIAL;
    if (cached || firstPhase == 0 || context.data().isEmpty()) {
      return;
    }
    String fingerprint = AutoencoderFile.fingerprint(options, context, firstPhase, batch);
    context
        .cache()
        .put(
            AutoencoderFile.KIND,
            fingerprint,
            new AutoencoderFile(
                    autoencoder.values(),
                    AutoencoderFile.form(options, images),
                    moments.deviation(),
                    error)
                .tensors());
    LOG.log(
        Level.INFO,
        "autoencoder {0} is in the cache; runs with other seeds share it by"
            + " --set model.options.reuse={0}",
        fingerprint);
  }

  /** Latents of images, row-major {@code [n][latent]}. */
  float[] latents(ImageBatch batch) {
    int n = batch.size();
    try {
      return pictures.withoutGradient(
          () ->
              network
                  .latents(pictures.constant(channelsLast(batch.pixels(), n), shape(n)))
                  .toFloats());
    } finally {
      pictures.clear();
    }
  }

  /** Images of latents, {@code [n][channel][row][column]} in [-1, 1]. */
  private float[] draw(float[] latents) {
    int n = latents.length / options.latent();
    try {
      return channelsFirst(
          pictures.withoutGradient(
              () ->
                  network
                      .decode(pictures.constant(latents, n, options.latent()), BatchNorm.Mode.INFER)
                      .toFloats()));
    } finally {
      pictures.clear();
    }
  }

  @Override
  public SamplingOptions samplingOptions() {
    return new SamplingOptions(
        phase == Phase.AUTOENCODER && examples.length > 0
            ? SamplingOptions.Picture.RECONSTRUCTIONS
            : SamplingOptions.Picture.SAMPLES,
        8,
        0,
        true,
        options.shots());
  }

  @Override
  public ImageBatch sample(int[] labels, long seed, SamplingOptions how, Progress progress) {
    int n = labels.length;
    boolean mixing = how.picture() == SamplingOptions.Picture.MIXING;
    if (mixing && generator.layers() < 2) {
      throw new IllegalArgumentException(
          "picture mixing needs a generator that sees the noise in every layer, circuit or dense;"
              + " this run's is "
              + options.generator().name().toLowerCase(java.util.Locale.ROOT));
    }
    if (mixing && how.layer() >= generator.layers()) {
      throw new IllegalArgumentException(
          "layer is 1 to "
              + (generator.layers() - 1)
              + " for a generator of "
              + generator.layers()
              + " layers, found "
              + how.layer());
    }
    int size = images.size();
    float[] pixels = new float[n * size];
    MovingAverage.Swap swap = how.average() ? made.swapIn() : () -> {};
    try (swap) {
      for (int from = 0; from < n; from += DRAWN_TOGETHER) {
        int count = Math.min(n - from, DRAWN_TOGETHER);
        float[] drawn =
            how.picture() == SamplingOptions.Picture.RECONSTRUCTIONS
                ? reconstructions(from, count, how.length())
                : draw(generated(from, count, seed, how));
        System.arraycopy(drawn, 0, pixels, from * size, drawn.length);
        if (!progress.update(from + (long) count, n)) {
          throw new CancellationException("drawing images was stopped");
        }
      }
    }
    if (mixing) {
      // The corner belongs to no noise.
      Arrays.fill(pixels, 0, Math.min(n, 1) * size, -1);
    }
    int[] unknown = new int[n];
    Arrays.fill(unknown, -1);
    return new ImageBatch(images, pixels, unknown);
  }

  /** Latents of the images from a place on, row-major {@code [count][latent]}. */
  private float[] generated(int from, int count, long seed, SamplingOptions how) {
    int width = options.noise();
    double[] early = new double[count * width];
    double[] late = new double[count * width];
    for (int i = 0; i < count; i++) {
      int row = (from + i) / how.length();
      int column = (from + i) % how.length();
      double[] first;
      double[] second;
      switch (how.picture()) {
        case INTERPOLATION -> {
          first =
              between(
                  normal(seed, "sample strip", row, 0),
                  normal(seed, "sample strip", row, 1),
                  column / (how.length() - 1.0));
          second = first;
        }
        case MIXING -> {
          double[] ofRow = normal(seed, "sample row", row);
          double[] ofColumn = normal(seed, "sample column", column);
          first = row == 0 ? ofColumn : ofRow;
          second = column == 0 ? ofRow : ofColumn;
        }
        default -> {
          first = normal(seed, "sample", from + i);
          second = first;
        }
      }
      System.arraycopy(first, 0, early, i * width, width);
      System.arraycopy(second, 0, late, i * width, width);
    }
    int layer = how.layer() == 0 ? generator.layers() / 2 : how.layer();
    Generator maker =
        how.shots() == 0 ? generator : generator.withShots(new Shots(how.shots(), seed).at(from));
    try {
      return making.withoutGradient(
          () -> {
            Variable z = making.constant(early, count, width);
            return how.picture() == SamplingOptions.Picture.MIXING
                ? maker.mix(z, making.constant(late, count, width), layer).toFloats()
                : maker.apply(z, BatchNorm.Mode.INFER).toFloats();
          });
    } finally {
      making.clear();
    }
  }

  /** The autoencoder's mean squared error on images that it wasn't trained with. */
  @Override
  public List<Figure> figures(Dataset data, Progress progress) {
    double sum = 0;
    for (int from = 0; from < data.size(); from += MEASURED_TOGETHER) {
      int to = Math.min(data.size(), from + MEASURED_TOGETHER);
      ImageBatch batch = data.get(IntStream.range(from, to).toArray());
      float[] found = draw(latents(batch));
      for (int p = 0; p < found.length; p++) {
        // Pixels are twice as far apart here as from 0 to 1.
        double difference = (found[p] - batch.pixels()[p]) / 2.0;
        sum += difference * difference;
      }
      if (!progress.update(to, data.size())) {
        throw new CancellationException("measuring the autoencoder was stopped");
      }
    }
    return List.of(
        Figure.of(
            "reconstruction-mse",
            sum / ((double) data.size() * images.size()),
            data.size(),
            Figure.Better.LOWER));
  }

  /** Points on the great circle between two noises: all have the length that is likely. */
  private static double[] between(double[] a, double[] b, double share) {
    double aa = 0;
    double bb = 0;
    double ab = 0;
    for (int k = 0; k < a.length; k++) {
      aa += a[k] * a[k];
      bb += b[k] * b[k];
      ab += a[k] * b[k];
    }
    double angle = Math.acos(Math.max(-1, Math.min(1, ab / Math.sqrt(aa * bb))));
    double sine = Math.sin(angle);
    double ofA = sine < 1e-6 ? 1 - share : Math.sin((1 - share) * angle) / sine;
    double ofB = sine < 1e-6 ? share : Math.sin(share * angle) / sine;
    double[] result = new double[a.length];
    for (int k = 0; k < a.length; k++) {
      result[k] = ofA * a[k] + ofB * b[k];
    }
    return result;
  }

  private double[] normal(long seed, String purpose, long... numbers) {
    RandomGenerator random = RandomStreams.of(seed, purpose, numbers);
    double[] values = new double[options.noise()];
    for (int k = 0; k < values.length; k++) {
      values[k] = random.nextGaussian();
    }
    return values;
  }

  /** Rows of training images, each followed by a row of what the autoencoder makes of them. */
  private float[] reconstructions(int from, int count, int length) {
    int size = images.size();
    int shown = examples.length / size;
    if (shown == 0) {
      throw new IllegalStateException(
          "there is nothing to reconstruct yet: the first training step keeps some images");
    }
    float[] pixels = new float[count * size];
    List<Integer> passed = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int row = (from + i) / length;
      int example = (row / 2 * length + (from + i) % length) % shown;
      System.arraycopy(examples, example * size, pixels, i * size, size);
      if (row % 2 == 1) {
        passed.add(i);
      }
    }
    if (!passed.isEmpty()) {
      float[] originals = new float[passed.size() * size];
      for (int k = 0; k < passed.size(); k++) {
        System.arraycopy(pixels, passed.get(k) * size, originals, k * size, size);
      }
      float[] drawn = draw(latents(new ImageBatch(images, originals, new int[passed.size()])));
      for (int k = 0; k < passed.size(); k++) {
        System.arraycopy(drawn, k * size, pixels, passed.get(k) * size, size);
      }
    }
    return pixels;
  }

  @Override
  public Map<String, Tensor> state() {
    Map<String, Tensor> state = new LinkedHashMap<>(autoencoder.state());
    state.putAll(made.state());
    state.putAll(judge.state());
    state.put(PHASE, Tensor.of(phase.ordinal()));
    state.put(ERROR, Tensor.of(new double[] {error}));
    if (examples.length > 0) {
      state.put(
          SHOWN,
          new Tensor(
              List.of(
                  examples.length / images.size(),
                  images.channels(),
                  images.height(),
                  images.width()),
              examples.clone()));
    }
    return state;
  }

  @Override
  public void restore(Map<String, Tensor> state) {
    Map<String, Tensor> before = state();
    Set<String> unknown = new TreeSet<>(state.keySet());
    unknown.removeAll(before.keySet());
    unknown.removeIf(name -> name.startsWith("autoencoder/adam.") || name.equals(SHOWN));
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException("the model has no tensors " + unknown);
    }
    try {
      put(state);
    } catch (IllegalArgumentException e) {
      put(before);
      throw e;
    }
  }

  private void put(Map<String, Tensor> state) {
    long[] number = required(state, PHASE).longs();
    double[] lastError = required(state, ERROR).doubles();
    if (number.length != 1
        || number[0] < 0
        || number[0] >= Phase.values().length
        || lastError.length != 1) {
      throw new IllegalArgumentException("tensors phase and error are one number each");
    }
    Phase next = Phase.values()[(int) number[0]];
    if (next == Phase.AUTOENCODER && !autoencoder.optimized()) {
      autoencoder.optimizer(autoencoderOptimizer());
    } else if (next != Phase.AUTOENCODER) {
      autoencoder.finish();
    }
    autoencoder.restore(state);
    known.forget();
    made.restore(state);
    judge.restore(state);
    Tensor shown = state.get(SHOWN);
    examples = shown == null ? new float[0] : shown.floats().clone();
    phase = next;
    missing = false;
    error = lastError[0];
  }

  private static Tensor required(Map<String, Tensor> state, String name) {
    Tensor tensor = state.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException("tensor " + name + " is missing");
    }
    return tensor;
  }

  @Override
  public void close() {
    pictures.close();
    making.close();
    judging.close();
    autoencoder.close();
    made.close();
    judge.close();
  }

  /** Normal noise, row-major {@code [n][width]}, a stream per sample. */
  private double[] gaussian(String purpose, long step, int n, int width) {
    double[] values = new double[n * width];
    for (int i = 0; i < n; i++) {
      RandomGenerator random = RandomStreams.of(context.seed(), purpose, step, i);
      for (int k = 0; k < width; k++) {
        values[i * width + k] = random.nextGaussian();
      }
    }
    return values;
  }

  private long[] shape(int n) {
    return new long[] {n, images.height(), images.width(), images.channels()};
  }

  /** Pixels 0 to 1, {@code [n][row][column][channel]}, of pixels as the API has them. */
  private float[] channelsLast(float[] pixels, int n) {
    int channels = images.channels();
    int plane = images.height() * images.width();
    float[] result = new float[n * channels * plane];
    for (int i = 0; i < n; i++) {
      for (int c = 0; c < channels; c++) {
        for (int p = 0; p < plane; p++) {
          result[(i * plane + p) * channels + c] = (pixels[(i * channels + c) * plane + p] + 1) / 2;
        }
      }
    }
    return result;
  }

  private float[] channelsFirst(float[] pixels) {
    int channels = images.channels();
    int plane = images.height() * images.width();
    float[] result = new float[pixels.length];
    for (int i = 0; i < pixels.length / plane / channels; i++) {
      for (int c = 0; c < channels; c++) {
        for (int p = 0; p < plane; p++) {
          result[(i * channels + c) * plane + p] = 2 * pixels[(i * plane + p) * channels + c] - 1;
        }
      }
    }
    return result;
  }

  private static double[] doubles(float[] values) {
    double[] result = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      result[i] = values[i];
    }
    return result;
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).average().orElse(0);
  }
}
