package org.ketloom.model.lastqgan;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.data.Dataset;
import org.ketloom.api.data.ImageBatch;
import org.ketloom.api.data.ImageShape;
import org.ketloom.api.model.Figure;
import org.ketloom.api.model.GenerativeModel;
import org.ketloom.api.model.ModelContext;
import org.ketloom.api.model.Progress;
import org.ketloom.api.model.StepResult;
import org.ketloom.api.model.Tensor;
import org.ketloom.api.part.Options;
import org.ketloom.latent.AutoencoderFile;
import org.ketloom.latent.AutoencoderTraining;
import org.ketloom.latent.KnownLatents;
import org.ketloom.latent.StoredImages;
import org.ketloom.latent.Trained;
import org.ketloom.nn.Divergence;
import org.ketloom.nn.Groups;

/**
 * Trains the autoencoder, then the generator against the critic on its latents.
 *
 * <p>The first phase passes without training where the cache holds its result: the run is then the
 * same, bit for bit.
 */
final class LastQganModel implements GenerativeModel<SamplingOptions> {
  /** Images that are reconstructed together. */
  private static final int MEASURED_TOGETHER = 250;

  /** Training images that are kept for the picture of reconstructions. */
  private static final int EXAMPLES = 40;

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
  private final ImageShape images;
  private final int firstPhase;
  private final AutoencoderTraining autoencoder;
  private final AdversarialTraining adversaries;
  private final LatentPictures pictures;
  private final KnownLatents known = new KnownLatents();

  private Phase phase;

  /** Some training images, {@code [n][row][column][channel]}; empty before training. */
  private float[] examples = {};

  LastQganModel(LastQgan options, ModelContext context) {
    this.options = options;
    images = context.images();
    firstPhase = options.encoder().firstPhase(context.steps());
    Circuit circuit = StyleCircuit.circuit(options, context);
    autoencoder = new AutoencoderTraining(options.encoder(), context, firstPhase);
    adversaries = new AdversarialTraining(options, context, circuit, firstPhase);
    pictures = new LatentPictures(options, images, autoencoder, adversaries);
    phase =
        options.encoder().reuse().isEmpty() && firstPhase > 0 ? Phase.AUTOENCODER : Phase.TRAINED;
  }

  @Override
  public Map<String, Circuit> circuits() {
    return adversaries.generator().circuit().map(c -> Map.of("generator", c)).orElse(Map.of());
  }

  @Override
  public Map<String, Long> parameters() {
    Map<String, Long> counts = new LinkedHashMap<>();
    adversaries
        .generatorWeights()
        .store()
        .counts()
        .forEach((group, n) -> counts.put(group.equals(Groups.CLASSICAL) ? "generator" : group, n));
    counts.put("critic", total(adversaries.criticWeights()));
    counts.put("autoencoder", total(autoencoder.network()));
    return counts;
  }

  private static long total(Trained network) {
    return network.store().counts().values().stream().mapToLong(Long::longValue).sum();
  }

  @Override
  public Map<String, Long> phases() {
    if (firstPhase == 0) {
      return Map.of();
    }
    Map<String, Long> phases = new LinkedHashMap<>();
    phases.put("pre-training of the autoencoder", 0L);
    phases.put("adversarial training", (long) firstPhase);
    return phases;
  }

  @Override
  public void checkBegin() {
    autoencoder.requireNamed();
  }

  @Override
  public StepResult train(ImageBatch batch, long step) {
    try {
      if (step == 0) {
        begin(batch);
      }
      return step < firstPhase ? trainAutoencoder(batch, step) : trainAdversaries(batch, step);
    } catch (RuntimeException e) {
      throw explained(e, step);
    }
  }

  @Override
  public double loss(ImageBatch batch, long step) {
    try {
      if (step >= firstPhase) {
        float[] real = latents(batch, known);
        return adversaries.loss(real, Critic.Moments.of(real, options.latent()), step);
      }
      return phase == Phase.AUTOENCODER ? autoencoder.loss(batch, step) : autoencoder.error();
    } catch (RuntimeException e) {
      throw explained(e, step);
    }
  }

  private RuntimeException explained(RuntimeException e, long step) {
    return step < firstPhase
        ? Divergence.explain(e, step, List.of(autoencoder.network().store()), autoencoder.rates())
        : Divergence.explain(
            e,
            step,
            List.of(adversaries.criticWeights().store(), adversaries.generatorWeights().store()),
            options.adversarialRates());
  }

  private void begin(ImageBatch batch) {
    int shown = Math.min(EXAMPLES, batch.size());
    examples = Arrays.copyOf(batch.pixels(), shown * images.size());
    checkBegin();
    if (phase == Phase.AUTOENCODER && autoencoder.takeCached(batch.size())) {
      phase = Phase.TRAINED;
    }
  }

  private StepResult trainAutoencoder(ImageBatch batch, long step) {
    double loss = autoencoder.error();
    if (phase == Phase.AUTOENCODER) {
      loss = autoencoder.train(batch, step);
      if (step == firstPhase - 1) {
        phase = Phase.TRAINED;
        autoencoder.finish();
      }
    }
    Map<String, Double> quantities =
        quantities(new AdversarialTraining.Outcome(loss, 0, 0, 0, 0, 0));
    adversaries.quantities().keySet().forEach(name -> quantities.put(name, 0.0));
    return new StepResult(loss, quantities);
  }

  private StepResult trainAdversaries(ImageBatch batch, long step) {
    float[] real = latents(batch, known);
    Critic.Moments moments = Critic.Moments.of(real, options.latent());
    if (phase == Phase.TRAINED) {
      AutoencoderFile.requireAlive("the autoencoder", moments.deviation());
      phase = Phase.ADVERSARIAL;
      autoencoder.keep(moments.deviation(), batch.size());
    }
    AdversarialTraining.Outcome outcome = adversaries.train(real, moments, step);
    Map<String, Double> quantities = quantities(outcome);
    quantities.putAll(adversaries.quantities());
    return new StepResult(outcome.loss(), quantities);
  }

  /** The same names in both phases; 0 where a quantity belongs to the other one. */
  private Map<String, Double> quantities(AdversarialTraining.Outcome outcome) {
    Map<String, Double> quantities = new LinkedHashMap<>();
    quantities.put("reconstruction", autoencoder.error());
    quantities.put("wasserstein", outcome.distance());
    quantities.put("penalty", outcome.penalty());
    quantities.put("generator.gradient", outcome.gradient());
    quantities.put("latent.spread", outcome.latentSpread());
    quantities.put("generated.spread", outcome.generatedSpread());
    return quantities;
  }

  /** Latents of images, row-major {@code [n][latent]}. */
  float[] latents(ImageBatch batch, KnownLatents known) {
    return known.of(batch, autoencoder::latentsApart);
  }

  @Override
  public boolean drawsClasses() {
    return false;
  }

  @Override
  public SamplingOptions samplingOptions() {
    boolean reconstructs = phase == Phase.AUTOENCODER && examples.length > 0;
    return Options.with(
        Options.defaults(SamplingOptions.class),
        "sampling",
        Map.of("picture", reconstructs ? "reconstructions" : "samples", "shots", options.shots()));
  }

  @Override
  public ImageBatch sample(int[] labels, long seed, SamplingOptions how, Progress progress) {
    return pictures.draw(labels.length, seed, how, examples, progress);
  }

  /** The autoencoder's mean squared error on images that it wasn't trained with. */
  @Override
  public List<Figure> figures(Dataset data, Progress progress) {
    double sum = 0;
    for (int from = 0; from < data.size(); from += MEASURED_TOGETHER) {
      int to = Math.min(data.size(), from + MEASURED_TOGETHER);
      ImageBatch batch = data.get(IntStream.range(from, to).toArray());
      float[] found = autoencoder.pixels(autoencoder.latents(batch));
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

  @Override
  public Map<String, Tensor> state() {
    Map<String, Tensor> state = new LinkedHashMap<>(autoencoder.network().state());
    state.putAll(adversaries.generatorWeights().state());
    state.putAll(adversaries.criticWeights().state());
    state.put(PHASE, Tensor.of(phase.ordinal()));
    state.put(ERROR, Tensor.of(new double[] {autoencoder.error()}));
    if (examples.length > 0) {
      state.put(SHOWN, StoredImages.tensor(images, examples));
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
    autoencoder.restore(state, next == Phase.AUTOENCODER, lastError[0]);
    known.forget();
    adversaries.generatorWeights().restore(state);
    adversaries.criticWeights().restore(state);
    Tensor shown = state.get(SHOWN);
    examples = shown == null ? new float[0] : StoredImages.pixels(images, shown);
    phase = next;
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
    autoencoder.close();
    adversaries.close();
  }
}
