package org.ketloom.model.lastqgan;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.engine.Shots;
import org.ketloom.api.model.ModelContext;
import org.ketloom.latent.Noise;
import org.ketloom.latent.Trained;
import org.ketloom.nn.Adam;
import org.ketloom.nn.BatchNorm;
import org.ketloom.nn.Divergence;
import org.ketloom.nn.Groups;
import org.ketloom.nn.MovingAverage;
import org.ketloom.nn.RandomStreams;
import org.ketloom.nn.Schedule;
import org.ketloom.nn.Tape;
import org.ketloom.nn.Variable;
import org.nd4j.linalg.api.buffer.DataType;

/** The second phase: the generator learns the distribution of the latents against the critic. */
final class AdversarialTraining implements AutoCloseable {
  /** Outcomes of measurements: those of training are others than those of drawing. */
  private static final int TRAINING = 1;

  private final LastQgan options;
  private final long seed;
  private final int firstStep;
  private final Trained generatorWeights;
  private final Generator generator;
  private final Trained criticWeights;
  private final Critic critic;
  private final Tape generatorTape = new Tape(DataType.FLOAT);
  private final Tape criticTape = new Tape(DataType.FLOAT);

  /**
   * What a step found.
   *
   * @param loss of the critic
   * @param distance mean score of the real less that of the generated latents
   * @param penalty the gradient penalty before its weight
   * @param gradient length of the generator's gradient; 0 in a step of the critic alone
   * @param latentSpread mean deviation of the real latents
   * @param generatedSpread mean deviation of the generated latents
   */
  record Outcome(
      double loss,
      double distance,
      double penalty,
      double gradient,
      double latentSpread,
      double generatedSpread) {}

  /**
   * @param circuit that options and parts describe
   * @param firstStep number of the phase's first step
   * @throws IllegalArgumentException if the engine doesn't offer what the options ask for
   */
  AdversarialTraining(LastQgan options, ModelContext context, Circuit circuit, int firstStep) {
    this.options = options;
    this.firstStep = firstStep;
    seed = context.seed();
    generatorWeights = new Trained("generator", seed);
    int budget = StyleCircuit.parameters(options, circuit);
    generator =
        switch (options.generator()) {
          case CIRCUIT ->
              new StyleCircuit(
                  generatorWeights.store(), options, context.compile(circuit, options.precision()));
          case DENSE -> new DenseStyle(generatorWeights.store(), options, budget);
          case WIDE ->
              new WideGenerator(generatorWeights.store(), generatorWeights.statistics(), options);
          case FOURIER -> new FourierSurrogate(generatorWeights.store(), options, budget, seed);
        };
    if (options.shots() > 0) {
      checkShots();
    }
    criticWeights = new Trained("critic", seed);
    critic = new Critic(criticWeights.store(), options);
    long steps = Math.max(1, context.steps() - firstStep);
    criticWeights.optimizer(
        new Adam(
            criticWeights.store(),
            rate(options.criticRate()),
            Map.of(),
            Schedule.warmUpCosine(0, steps, options.lastRate())));
    Map<String, Adam.Options> rates = new LinkedHashMap<>();
    if (generatorWeights.store().counts().containsKey(Groups.OBSERVABLE)) {
      rates.put(Groups.OBSERVABLE, rate(options.observableRate()));
    }
    generatorWeights.optimizer(
        new Adam(
            generatorWeights.store(),
            rate(options.generatorRate()),
            rates,
            Schedule.warmUpCosine(
                0, Math.max(1, steps / options.criticSteps()), options.lastRate())));
    generatorWeights.average(options.average());
  }

  private Adam.Options rate(double rate) {
    return Adam.Options.adam(rate).betas(options.beta1(), options.beta2());
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

  /** The generator, whose circuit isn't measured. */
  Generator generator() {
    return generator;
  }

  /** The generator's parameters and what training keeps of them. */
  Trained generatorWeights() {
    return generatorWeights;
  }

  /** The critic's parameters and what training keeps of them. */
  Trained criticWeights() {
    return criticWeights;
  }

  /** The generator of a training step, whose random numbers are the step's own. */
  private Generator ofStep(long step) {
    return generator.with(new Shots(options.shots(), seed).at(TRAINING, step));
  }

  /** The noise of a step on the generator's tape. */
  private Variable noise(long step, int n) {
    double[] values = Noise.ofStep(seed, "noise", step, n, options.noise());
    return generatorTape.constant(values, n, options.noise());
  }

  /** What the critic makes of real and generated latents, on its tape. */
  private Critic.Result criticised(float[] real, float[] fake, Critic.Moments moments, long step) {
    int width = options.latent();
    int n = real.length / width;
    return critic.loss(
        options,
        criticTape.constant(real, n, width),
        criticTape.constant(fake, n, width),
        RandomStreams.of(seed, "interpolation", step).doubles(n).toArray(),
        moments,
        RandomStreams.of(seed, "critic dropout", step));
  }

  /**
   * A step of the critic, and every few steps one of the generator.
   *
   * @param real latents of the batch, row-major {@code [n][latent]}
   * @param moments of these
   * @throws ArithmeticException if a quantity became NaN or infinite
   */
  Outcome train(float[] real, Critic.Moments moments, long step) {
    int width = options.latent();
    int n = real.length / width;
    boolean both = (step - firstStep + 1) % options.criticSteps() == 0;
    Generator maker = ofStep(step);
    try {
      Variable z = noise(step, n);
      Variable fake =
          both
              ? maker.apply(z, BatchNorm.Mode.TRAIN).keep()
              : generatorTape.withoutGradient(() -> maker.apply(z, BatchNorm.Mode.TRAIN));
      float[] values = fake.toFloats();
      Critic.Moments found = Critic.Moments.of(values, width);

      Critic.Result result = criticised(real, values, moments, step);
      criticTape.backward(result.loss(), criticWeights.store());
      double loss = Divergence.requireFinite("loss", result.loss().scalar());
      criticWeights.step();
      criticTape.clear();

      double gradient = 0;
      if (both) {
        Variable input = criticTape.input(values, n, width);
        Variable score =
            critic.generatorLoss(
                options.loss(), input, moments, RandomStreams.of(seed, "generator dropout", step));
        float[] cotangent = criticTape.gradients(score, List.of(input), false).get(0).toFloats();
        // Two tapes: the critic's gradient for its input is the generator's for its output.
        generatorTape.backward(fake.mul(generatorTape.constant(cotangent, n, width)).sum());
        gradient = generatorWeights.step();
      }
      return new Outcome(
          loss,
          Divergence.requireFinite("wasserstein", result.distance()),
          Divergence.requireFinite("penalty", result.penalty()),
          gradient,
          mean(moments.deviation()),
          mean(found.deviation()));
    } finally {
      generatorTape.clear();
      criticTape.clear();
      generatorWeights.store().zeroGradients();
      criticWeights.store().zeroGradients();
    }
  }

  /** The critic's loss of a step, which isn't made; arguments as for {@link #train}. */
  double loss(float[] real, Critic.Moments moments, long step) {
    int n = real.length / options.latent();
    try {
      float[] fake =
          generatorTape.withoutGradient(
              () -> ofStep(step).apply(noise(step, n), BatchNorm.Mode.MEASURE).toFloats());
      return Divergence.requireFinite(
          "loss", criticised(real, fake, moments, step).loss().scalar());
    } finally {
      generatorTape.clear();
      criticTape.clear();
    }
  }

  /** What to watch of the generator, by name. */
  Map<String, Double> quantities() {
    return generator.quantities();
  }

  /**
   * Latents that are drawn rather than trained on.
   *
   * @param computation gives them on the generator's tape
   */
  float[] drawn(Function<Tape, Variable> computation) {
    try {
      return generatorTape.withoutGradient(() -> computation.apply(generatorTape).toFloats());
    } finally {
      generatorTape.clear();
    }
  }

  /** Draws with the moving average of the generator's weights until the result is closed. */
  MovingAverage.Swap averaged() {
    return generatorWeights.swapIn();
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).average().orElse(0);
  }

  @Override
  public void close() {
    generatorTape.close();
    criticTape.close();
    generatorWeights.close();
    criticWeights.close();
  }
}
