package org.ketloom.model.lastqgan;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.ketloom.api.random.SplitMix64;
import org.ketloom.nn.Dense;
import org.ketloom.nn.Functions;
import org.ketloom.nn.Groups;
import org.ketloom.nn.Initializer;
import org.ketloom.nn.Losses;
import org.ketloom.nn.Parameter;
import org.ketloom.nn.ParameterStore;
import org.ketloom.nn.Tape;
import org.ketloom.nn.Variable;

/**
 * Tells real latents from generated ones: one number per sample.
 *
 * <p>The normalised kind subtracts mean and divides by deviation of the <em>real</em> latents of
 * the batch, for real and generated ones alike, then scales and shifts by trained numbers.
 * Normalising each kind of latents by itself, as released code does, would hide from the critic in
 * what their means and spreads differ; and as these statistics don't depend on what is scored,
 * every score depends on its own sample alone, which the gradient penalty asks for.
 */
final class Critic {
  private static final double TINY = 1e-12;

  private final double slope;
  private final double dropout;
  private final @Nullable Parameter gamma;
  private final @Nullable Parameter beta;
  private final List<Dense> dense = new ArrayList<>();

  /** Mean and deviation of each real latent of a batch. */
  record Moments(double[] mean, double[] deviation) {

    /**
     * @param latents row-major {@code [n][width]}
     */
    static Moments of(double[] latents, int width) {
      int n = latents.length / width;
      double[] mean = new double[width];
      double[] deviation = new double[width];
      for (int k = 0; k < width; k++) {
        for (int i = 0; i < n; i++) {
          mean[k] += latents[i * width + k] / n;
        }
        for (int i = 0; i < n; i++) {
          double d = latents[i * width + k] - mean[k];
          deviation[k] += d * d / n;
        }
        deviation[k] = Math.sqrt(deviation[k]);
      }
      return new Moments(mean, deviation);
    }

    /**
     * @param latents row-major {@code [n][width]}
     */
    static Moments of(float[] latents, int width) {
      double[] values = new double[latents.length];
      for (int i = 0; i < values.length; i++) {
        values[i] = latents[i];
      }
      return of(values, width);
    }
  }

  Critic(ParameterStore store, LastQgan options) {
    boolean normalised = options.critic() == LastQgan.CriticKind.NORMALISED;
    slope = normalised ? 0.01 : 0.2;
    dropout = normalised ? 0.1 : 0;
    List<Integer> widths = options.criticWidths();
    if (widths.isEmpty()) {
      widths = normalised ? List.of(112, 56) : List.of(512, 256);
    }
    int in = options.latent();
    gamma =
        normalised
            ? store.create("norm.weight", Groups.CLASSICAL, Initializer.constant(1), in)
            : null;
    beta = normalised ? store.create("norm.bias", Groups.CLASSICAL, Initializer.zeros(), in) : null;
    for (int i = 0; i <= widths.size(); i++) {
      int out = i < widths.size() ? widths.get(i) : 1;
      dense.add(
          new Dense(store, "dense." + (i + 1), in, out, Initializer.fanInUniform(), !normalised));
      in = out;
    }
  }

  /**
   * Scores latents.
   *
   * @param x {@code [batch, latent]}
   * @param random of the dropout; null for none
   * @return {@code [batch, 1]}
   */
  Variable score(Variable x, Moments real, SplitMix64 random) {
    Tape tape = x.tape();
    Variable h = x;
    if (gamma != null && beta != null) {
      int width = real.mean().length;
      double[] inverse = new double[width];
      for (int k = 0; k < width; k++) {
        inverse[k] = 1 / Math.sqrt(real.deviation()[k] * real.deviation()[k] + 1e-5);
      }
      h = h.sub(tape.constant(real.mean(), width)).mul(tape.constant(inverse, width));
      h = h.mul(tape.parameter(gamma)).add(tape.parameter(beta));
    }
    for (int i = 0; i < dense.size(); i++) {
      h = dense.get(i).apply(h);
      if (i + 1 < dense.size()) {
        h = h.leakyRelu(slope);
        h = random == null ? h : Functions.dropout(h, dropout, random);
      }
    }
    return h;
  }

  /**
   * What the critic's step found.
   *
   * @param loss what it minimises
   * @param penalty the gradient penalty in it, before its weight
   * @param distance mean score of the real less that of the generated latents: for the Wasserstein
   *     loss the estimate of the distance
   */
  record Result(Variable loss, double penalty, double distance) {}

  /**
   * The loss of the critic.
   *
   * @param real {@code [batch, latent]}
   * @param generated {@code [batch, latent]}
   * @param shares of the real sample in each of the points between, where the gradient is measured,
   *     one per sample, 0 to 1
   */
  Result loss(
      LastQgan options,
      Variable real,
      Variable generated,
      double[] shares,
      Moments moments,
      SplitMix64 random) {
    Tape tape = real.tape();
    long n = real.size(0);
    Variable scores = score(Variable.concat(0, List.of(real, generated)), moments, random);
    Variable ofReal = scores.slice(0, 0, n);
    Variable ofMade = scores.slice(0, n, 2 * n);
    Variable distance = ofReal.mean().sub(ofMade.mean());
    double found = distance.scalar();
    if (options.loss() != LastQgan.Loss.WASSERSTEIN) {
      Variable loss =
          Losses.binaryCrossEntropy(ofReal, tape.fill(1, n, 1))
              .add(Losses.binaryCrossEntropy(ofMade, tape.fill(0, n, 1)));
      return new Result(loss, 0, found);
    }
    Variable loss = distance.neg();
    double penalty = 0;
    if (options.penalty() > 0) {
      Variable p = gradientPenalty(real, generated, shares, moments, random);
      penalty = p.scalar();
      loss = loss.add(p.mul(options.penalty()));
    }
    return new Result(loss, penalty, found);
  }

  /**
   * Mean of (|gradient of the score| - 1)^2 at points between real and generated latents (Gulrajani
   * et al., arXiv 1704.00028, algorithm 1), exact and differentiable.
   */
  Variable gradientPenalty(
      Variable real, Variable generated, double[] shares, Moments moments, SplitMix64 random) {
    Tape tape = real.tape();
    long n = real.size(0);
    double[] a = real.toDoubles();
    double[] b = generated.toDoubles();
    int width = (int) (a.length / n);
    double[] between = new double[a.length];
    for (int i = 0; i < a.length; i++) {
      double share = shares[i / width];
      between[i] = share * a[i] + (1 - share) * b[i];
    }
    Variable x = tape.input(between, n, width);
    Variable gradient = tape.gradients(score(x, moments, random).sum(), List.of(x), true).get(0);
    return gradient.norm(TINY).sub(1).square().mean();
  }

  /**
   * The loss of the generator.
   *
   * @param generated {@code [batch, latent]}
   */
  Variable generatorLoss(
      LastQgan.Loss kind, Variable generated, Moments moments, SplitMix64 random) {
    Variable scores = score(generated, moments, random);
    Tape tape = generated.tape();
    long n = generated.size(0);
    return switch (kind) {
      case WASSERSTEIN -> scores.mean().neg();
      case MINIMAX -> Losses.binaryCrossEntropy(scores, tape.fill(0, n, 1)).neg();
      case NON_SATURATING -> Losses.binaryCrossEntropy(scores, tape.fill(1, n, 1));
    };
  }
}
