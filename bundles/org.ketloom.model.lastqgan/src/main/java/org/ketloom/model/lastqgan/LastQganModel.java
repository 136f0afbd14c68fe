package org.ketloom.model.lastqgan;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
import org.ketloom.latent.Reconstructions;
import org.ketloom.latent.Trained;
import org.ketloom.nn.Divergence;
import org.ketloom.nn.Groups;
import org.ketloom.nn.Restoring;

/**
 * Trains the autoencoder, then the generator against the critic on its latents.
 *
 * <p>The first phase passes without training where the cache holds its result: the run is then the
 * same, bit for bit.
 */
final class LastQganModel implements GenerativeModel<SamplingOptions> {
  private static final String PHASE = "phase";
  private static final String ERROR = "error";

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
  private final Reconstructions reconstructions;
  private final KnownLatents known = new KnownLatents();

  private Phase phase;

  LastQganModel(LastQgan options, ModelContext context) {
    this.options = options;
    images = context.images();
    firstPhase = options.encoder().firstPhase(context.steps());
    Circuit circuit = StyleCircuit.circuit(options, context);
    autoencoder = new AutoencoderTraining(options.encoder(), context, firstPhase);
    reconstructions = new Reconstructions(images, autoencoder);
    adversaries = new AdversarialTraining(options, context, circuit, firstPhase);
    pictures = new LatentPictures(options, images, autoencoder, reconstructions, adversaries);
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
    reconstructions.keep(batch);
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
    boolean reconstructs = phase == Phase.AUTOENCODER && reconstructions.kept();
    return Options.with(
        Options.defaults(SamplingOptions.class),
        "sampling",
        Map.of("picture", reconstructs ? "reconstructions" : "samples", "shots", options.shots()));
  }

  @Override
  public ImageBatch sample(int[] labels, long seed, SamplingOptions how, Progress progress) {
    return pictures.draw(labels.length, seed, how, progress);
  }

  /** The autoencoder's mean squared error on images that it wasn't trained with. */
  @Override
  public List<Figure> figures(Dataset data, Progress progress) {
    return List.of(reconstructions.error(data, progress));
  }

  @Override
  public Optional<ImageBatch> reconstruct(ImageBatch batch) {
    return Optional.of(reconstructions.of(batch));
  }

  @Override
  public Map<String, Tensor> state() {
    Map<String, Tensor> state = new LinkedHashMap<>(autoencoder.network().state());
    state.putAll(adversaries.generatorWeights().state());
    state.putAll(adversaries.criticWeights().state());
    state.put(PHASE, Tensor.of(phase.ordinal()));
    state.put(ERROR, Tensor.of(new double[] {autoencoder.error()}));
    state.putAll(reconstructions.state());
    return state;
  }

  @Override
  public void restore(Map<String, Tensor> state) {
    Restoring.restore(state, state(), AutoencoderTraining::isOptional, List.of(this::put));
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
    reconstructions.restore(state);
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
