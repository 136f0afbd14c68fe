package org.ketloom.model.latentflow;

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
import org.ketloom.nn.Divergence;
import org.ketloom.nn.Groups;
import org.ketloom.nn.NoiseSchedule;
import org.ketloom.nn.Restoring;

/**
 * Trains the autoencoder, measures its latents, then trains the field to lead from noise to them.
 */
final class LatentFlowModel implements GenerativeModel<SamplingOptions> {
  /**
   * Steps whose latents are measured before the field is trained: a share of all, at most so many.
   */
  private static final int MAX_MEASURED = 64;

  private static final int MEASURED_SHARE = 20;

  private static final String PHASE = "phase";
  private static final String ERROR = "error";

  /** How far the run has come. */
  private enum Phase {
    /** The autoencoder is being trained. */
    AUTOENCODER,
    /** It is there, and its latents are being measured. */
    MEASURED,
    /** The field is being trained. */
    FIELD
  }

  private final LatentFlow options;
  private final ImageShape images;
  private final int classes;
  private final int firstPhase;
  private final long fieldFrom;
  private final AutoencoderTraining autoencoder;
  private final LatentScale scale;
  private final FieldTraining training;
  private final Drawing drawing;
  private final Reconstructions reconstructions;
  private final KnownLatents known = new KnownLatents();

  private Phase phase;

  LatentFlowModel(LatentFlow options, ModelContext context) {
    this.options = options;
    images = context.images();
    classes = context.classes();
    firstPhase = options.encoder().firstPhase(context.steps());
    long rest = context.steps() - firstPhase;
    fieldFrom = firstPhase + Math.max(1, Math.min(MAX_MEASURED, rest / MEASURED_SHARE));
    autoencoder = new AutoencoderTraining(options.encoder(), context, firstPhase);
    reconstructions = new Reconstructions(images, autoencoder);
    scale =
        new LatentScale(options.latent(), options.standardise() == LatentFlow.Standardise.WHITEN);
    if (options.process() == LatentFlow.Way.FLOW) {
      Path.Straight path = new Path.Straight(options.precondition());
      training = new FieldTraining(options, context, path, fieldFrom);
      drawing =
          new Drawing(
              options, images, autoencoder, reconstructions, scale, training, new FlowSolver(path));
    } else {
      Path.Levels path =
          new Path.Levels(
              NoiseSchedule.of(options.schedule(), options.timesteps()), options.precondition());
      training = new FieldTraining(options, context, path, fieldFrom);
      drawing =
          new Drawing(
              options,
              images,
              autoencoder,
              reconstructions,
              scale,
              training,
              new LevelSolver(path));
    }
    phase =
        options.encoder().reuse().isEmpty() && firstPhase > 0 ? Phase.AUTOENCODER : Phase.MEASURED;
  }

  @Override
  public Map<String, Circuit> circuits() {
    return training.field().circuit().map(c -> Map.of("field", c)).orElse(Map.of());
  }

  @Override
  public Map<String, Long> parameters() {
    Map<String, Long> counts = new LinkedHashMap<>();
    training
        .weights()
        .store()
        .counts()
        .forEach((group, n) -> counts.put(group.equals(Groups.CLASSICAL) ? "field" : group, n));
    counts.put(
        "autoencoder",
        autoencoder.network().store().counts().values().stream().mapToLong(Long::longValue).sum());
    return counts;
  }

  @Override
  public Map<String, Long> phases() {
    if (firstPhase == 0) {
      return Map.of();
    }
    Map<String, Long> phases = new LinkedHashMap<>();
    phases.put("pre-training of the autoencoder", 0L);
    phases.put("training of the field", fieldFrom);
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
      if (step < firstPhase) {
        return result(trainAutoencoder(batch, step), 0);
      }
      float[] latents = known.of(batch, autoencoder::latentsApart);
      if (step < fieldFrom) {
        scale.take(latents);
        return result(autoencoder.error(), 0);
      }
      if (phase == Phase.MEASURED) {
        AutoencoderFile.requireAlive("the autoencoder", scale.deviations());
        phase = Phase.FIELD;
        autoencoder.keep(scale.deviations(), batch.size());
      }
      FieldTraining.Outcome outcome = training.train(scale.standard(latents), batch.labels(), step);
      return result(outcome.loss(), outcome.gradient());
    } catch (RuntimeException e) {
      throw explained(e, step);
    }
  }

  @Override
  public double loss(ImageBatch batch, long step) {
    try {
      if (step >= fieldFrom) {
        float[] latents = known.of(batch, autoencoder::latentsApart);
        return training.loss(scale.standard(latents), batch.labels(), step);
      }
      return phase == Phase.AUTOENCODER ? autoencoder.loss(batch, step) : autoencoder.error();
    } catch (RuntimeException e) {
      throw explained(e, step);
    }
  }

  private RuntimeException explained(RuntimeException e, long step) {
    return step < firstPhase
        ? Divergence.explain(e, step, List.of(autoencoder.network().store()), autoencoder.rates())
        : Divergence.explain(e, step, training.stores(), options.rates());
  }

  private void begin(ImageBatch batch) {
    reconstructions.keep(batch);
    checkBegin();
    if (phase == Phase.AUTOENCODER && autoencoder.takeCached(batch.size())) {
      phase = Phase.MEASURED;
    }
  }

  private double trainAutoencoder(ImageBatch batch, long step) {
    if (phase != Phase.AUTOENCODER) {
      return autoencoder.error();
    }
    double loss = autoencoder.train(batch, step);
    if (step == firstPhase - 1) {
      phase = Phase.MEASURED;
      autoencoder.finish();
    }
    return loss;
  }

  /** The same names in all phases; 0 where a quantity belongs to another one. */
  private StepResult result(double loss, double gradient) {
    Map<String, Double> quantities = new LinkedHashMap<>();
    quantities.put("reconstruction", autoencoder.error());
    quantities.put("gradient", gradient);
    quantities.putAll(training.field().quantities());
    return new StepResult(loss, quantities);
  }

  @Override
  public SamplingOptions samplingOptions() {
    boolean reconstructs = phase != Phase.FIELD && reconstructions.kept();
    return Options.with(
        drawing.defaults(),
        "sampling",
        Map.of("picture", reconstructs ? "reconstructions" : "samples", "shots", options.shots()));
  }

  @Override
  public ImageBatch sample(int[] labels, long seed, SamplingOptions how, Progress progress) {
    return drawing.draw(labels, classes, seed, how, progress);
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
    state.putAll(training.weights().state());
    state.putAll(scale.state());
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
    training.weights().restore(state);
    scale.restore(state);
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
    training.close();
  }
}
