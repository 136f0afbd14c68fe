package org.ketloom.model.latentflow;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.ketloom.api.engine.Shots;
import org.ketloom.api.model.ModelContext;
import org.ketloom.api.random.SplitMix64;
import org.ketloom.latent.Trained;
import org.ketloom.nn.Adam;
import org.ketloom.nn.Divergence;
import org.ketloom.nn.Groups;
import org.ketloom.nn.Losses;
import org.ketloom.nn.MovingAverage;
import org.ketloom.nn.ParameterStore;
import org.ketloom.nn.RandomStreams;
import org.ketloom.nn.Schedule;
import org.ketloom.nn.Tape;
import org.ketloom.nn.Variable;
import org.nd4j.linalg.api.buffer.DataType;

/** The second phase: the field learns the way from noise to standardised latents. */
final class FieldTraining implements AutoCloseable {
  /** Outcomes of measurements: those of training are others than those of drawing. */
  private static final int TRAINING = 1;

  private final LatentFlow options;
  private final long seed;
  private final int classes;
  private final Path path;
  private final Trained weights;
  private final VectorField field;
  private final Tape tape = new Tape(DataType.FLOAT);

  /**
   * What a step found.
   *
   * @param loss mean squared error of what the network gives
   * @param gradient length of the gradient before it was clipped
   */
  record Outcome(double loss, double gradient) {}

  /**
   * @param firstStep number of the phase's first step
   * @throws IllegalArgumentException if parts or options don't fit, or the engine doesn't offer
   *     what the options ask for
   */
  FieldTraining(LatentFlow options, ModelContext context, Path path, long firstStep) {
    this.options = options;
    this.path = path;
    seed = context.seed();
    classes = context.classes();
    weights = new Trained("field", seed);
    field = field(weights.store(), options, context);
    if (options.shots() > 0) {
      requireMeasurable("model.options.shots is " + options.shots());
    }
    long steps = Math.max(1, context.steps() - firstStep);
    Map<String, Adam.Options> rates = new LinkedHashMap<>();
    Set<String> groups = weights.store().counts().keySet();
    if (groups.contains(Groups.CIRCUIT)) {
      rates.put(Groups.CIRCUIT, Adam.Options.adam(options.circuitRate()));
    }
    if (groups.contains(Groups.OBSERVABLE)) {
      rates.put(Groups.OBSERVABLE, Adam.Options.adam(options.observableRate()));
    }
    weights.optimizer(
        new Adam(
            weights.store(),
            Adam.Options.adam(options.learningRate()),
            rates,
            Schedule.warmUpCosine(
                Math.min(options.warmUp(), steps / 2), steps, options.lastRate())));
    weights.average(options.average());
  }

  /** The field that the options ask for, with parameters in a store. */
  static VectorField field(ParameterStore store, LatentFlow options, ModelContext context) {
    int classes = context.classes();
    CircuitField.Composed composed = CircuitField.compose(options, context);
    int budget = composed.parameters(options, classes);
    int inputs = options.inputWidth(classes);
    return switch (options.field()) {
      case CIRCUIT ->
          new CircuitField(
              store,
              options,
              classes,
              composed,
              context.compile(composed.circuit(), options.precision()));
      case MLP -> new MlpField(store, inputs, options.latent(), budget);
      case FOURIER ->
          new FourierField(
              store, inputs, options.latent(), budget, options.frequency(), context.seed());
    };
  }

  /**
   * Refuses to measure what can't be measured.
   *
   * @param what begins the message
   */
  void requireMeasurable(String what) {
    try {
      field.with(new Shots(1, 0));
    } catch (IllegalArgumentException | UnsupportedOperationException e) {
      throw new IllegalArgumentException(what + ": " + e.getMessage(), e);
    }
  }

  /** The field, whose circuit isn't measured. */
  VectorField field() {
    return field;
  }

  /** The field's parameters and what training keeps of them. */
  Trained weights() {
    return weights;
  }

  /**
   * What a step learns from.
   *
   * @param inputs of the network, row-major {@code [n][inputs]}
   * @param targets of the network, row-major {@code [n][latents]}
   */
  record Lesson(double[] inputs, double[] targets) {}

  /**
   * A lesson of latents.
   *
   * @param x standardised latents, row-major {@code [n][latents]}
   * @param labels their classes
   */
  Lesson lesson(double[] x, int[] labels, long step) {
    int n = labels.length;
    int latent = options.latent();
    double[] inputs = new double[n * options.inputWidth(classes)];
    double[] targets = new double[x.length];
    double[] noisy = new double[latent];
    for (int i = 0; i < n; i++) {
      SplitMix64 random = RandomStreams.of(seed, "flow", step, i);
      Path.Place place = path.random(random);
      int row = random.nextDouble() < options.labelDropout() ? -1 : labels[i];
      for (int k = 0; k < latent; k++) {
        double noise = random.nextGaussian();
        double data = x[i * latent + k];
        noisy[k] = place.data() * data + place.noise() * noise;
        double v = place.vData() * data + place.vNoise() * noise;
        targets[i * latent + k] = (v - place.skip() * noisy[k]) / place.out();
      }
      fill(inputs, i, noisy, 0, place, row);
    }
    return new Lesson(inputs, targets);
  }

  /** Writes what the network sees of a sample. */
  private void fill(
      double[] inputs, int sample, double[] x, int from, Path.Place place, int label) {
    int latent = options.latent();
    int at = sample * options.inputWidth(classes);
    for (int k = 0; k < latent; k++) {
      inputs[at + k] = place.in() * x[from + k];
    }
    if (label >= 0) {
      inputs[at + latent + label] = 1;
    }
    at += latent + classes;
    for (int k = 0; k < options.timeFeatures(); k++) {
      double angle = (k + 1) * Math.PI * place.time();
      inputs[at + 2 * k] = Math.sin(angle);
      inputs[at + 2 * k + 1] = Math.cos(angle);
    }
  }

  private VectorField ofStep(long step) {
    return field.with(new Shots(options.shots(), seed).at(TRAINING, step));
  }

  private Variable loss(Lesson lesson, long step) {
    int n = lesson.targets().length / options.latent();
    Variable given =
        ofStep(step).apply(tape.constant(lesson.inputs(), n, options.inputWidth(classes)));
    return Losses.meanSquaredError(given, tape.constant(lesson.targets(), n, options.latent()));
  }

  /**
   * One optimizer step.
   *
   * @param x standardised latents, row-major {@code [n][latents]}
   * @param labels their classes
   * @throws ArithmeticException if a quantity became NaN or infinite
   */
  Outcome train(double[] x, int[] labels, long step) {
    try {
      Variable loss = loss(lesson(x, labels, step), step);
      tape.backward(loss);
      double value = Divergence.requireFinite("loss", loss.scalar());
      field.quantities().forEach(Divergence::checkEigenvalue);
      double gradient =
          weights.step(options.clip(), () -> field.clipSpectrum(options.observableBound()));
      return new Outcome(value, gradient);
    } finally {
      tape.clear();
      weights.store().zeroGradients();
    }
  }

  /** The loss of a step, which isn't made; arguments as for {@link #train}. */
  double loss(double[] x, int[] labels, long step) {
    try {
      return Divergence.requireFinite("loss", loss(lesson(x, labels, step), step).scalar());
    } finally {
      tape.clear();
    }
  }

  /**
   * The field at a place of the way.
   *
   * @param x row-major {@code [n][latents]}
   * @param labels a class for each, -1 for any
   * @param guidance w of classifier-free guidance
   * @param shots how the circuit is measured, with the seed also of what its engine draws
   * @return v, like x
   */
  double[] velocity(double[] x, Path.Place place, int[] labels, double guidance, Shots shots) {
    int n = labels.length;
    int latent = options.latent();
    // Guidance asks twice, in one batch: with the class, and without.
    boolean guided = guidance > 0 && Arrays.stream(labels).anyMatch(l -> l >= 0);
    int rows = guided ? 2 * n : n;
    double[] inputs = new double[rows * options.inputWidth(classes)];
    for (int i = 0; i < rows; i++) {
      fill(inputs, i, x, i % n * latent, place, i < n ? labels[i] : -1);
    }
    VectorField asked = field.with(shots);
    double[] given;
    try {
      given =
          tape.withoutGradient(
              () ->
                  asked
                      .apply(tape.constant(inputs, rows, options.inputWidth(classes)))
                      .toDoubles());
    } finally {
      tape.clear();
    }
    double[] v = new double[x.length];
    for (int i = 0; i < v.length; i++) {
      double value = given[i];
      if (guided) {
        value += guidance * (value - given[v.length + i]);
      }
      v[i] = place.skip() * x[i] + place.out() * value;
    }
    return v;
  }

  /** Draws with the moving average of the field's weights until the result is closed. */
  MovingAverage.Swap averaged() {
    return weights.swapIn();
  }

  /** What failures of a step are explained with. */
  List<ParameterStore> stores() {
    return List.of(weights.store());
  }

  @Override
  public void close() {
    tape.close();
    weights.close();
  }
}
