package org.ketloom.nn;

import java.util.Locale;
import java.util.stream.IntStream;

/**
 * How much noise an image holds at each step t = 1..T of the forward process {@code q(x_t|x_0) =
 * N(sqrt(abar_t) x_0, (1 - abar_t) I)} (Ho et al., arXiv 2006.11239, section 2). Immutable; {@code
 * abar_0 = 1}.
 */
public final class NoiseSchedule {

  /** The shape of a schedule. */
  public enum Shape {
    /**
     * beta from 1e-4 to 0.02 at T = 1000 (Ho et al., section 4), scaled by 1000/T so that every T
     * ends in about as much noise.
     */
    LINEAR,
    /**
     * {@code abar_t = f(t)/f(0)}, {@code f = cos^2} (Nichol and Dhariwal, arXiv 2102.09672, eq.
     * 17).
     */
    COSINE
  }

  /** Keeps the last steps of the cosine schedule from a singularity (Nichol and Dhariwal). */
  private static final double LARGEST_BETA = 0.999;

  private final double[] alphaBar;

  private NoiseSchedule(double[] alphaBar) {
    this.alphaBar = alphaBar;
  }

  /**
   * A schedule of T steps.
   *
   * @param steps T, at least 1
   */
  public static NoiseSchedule of(Shape shape, int steps) {
    if (steps < 1) {
      throw new IllegalArgumentException("timesteps must be at least 1, found " + steps);
    }
    return ofBetas(
        switch (shape) {
          case LINEAR -> linear(steps);
          case COSINE -> cosine(steps);
        });
  }

  /** The schedule of given {@code beta_1 .. beta_T}, each above 0 and below 1. */
  public static NoiseSchedule ofBetas(double[] betas) {
    double[] alphaBar = new double[betas.length + 1];
    alphaBar[0] = 1;
    for (int t = 1; t <= betas.length; t++) {
      double beta = betas[t - 1];
      if (!(beta > 0 && beta < 1)) {
        throw new IllegalArgumentException(
            String.format(Locale.ROOT, "beta_%d must lie between 0 and 1, found %s", t, beta));
      }
      alphaBar[t] = alphaBar[t - 1] * (1 - beta);
    }
    return new NoiseSchedule(alphaBar);
  }

  private static double[] linear(int steps) {
    double scale = 1000.0 / steps;
    return IntStream.range(0, steps)
        .mapToDouble(i -> scale * (1e-4 + (0.02 - 1e-4) * (steps == 1 ? 1 : i / (steps - 1.0))))
        .map(beta -> Math.min(beta, LARGEST_BETA))
        .toArray();
  }

  private static double[] cosine(int steps) {
    double offset = 0.008;
    return IntStream.rangeClosed(1, steps)
        .mapToDouble(
            t -> {
              double now = squaredCosine((double) t / steps, offset);
              double before = squaredCosine((t - 1.0) / steps, offset);
              return Math.min(1 - now / before, LARGEST_BETA);
            })
        .toArray();
  }

  private static double squaredCosine(double fraction, double offset) {
    double cosine = StrictMath.cos((fraction + offset) / (1 + offset) * Math.PI / 2);
    return cosine * cosine;
  }

  /** T, the number of steps. */
  public int steps() {
    return alphaBar.length - 1;
  }

  /** {@code abar_t}, the share of the image's variance that is left at step t of 0..T. */
  public double alphaBar(int t) {
    return alphaBar[t];
  }

  /** Factor of {@code x_0} in {@code x_t}. */
  public double signal(int t) {
    return Math.sqrt(alphaBar[t]);
  }

  /** Factor of the unit noise in {@code x_t}. */
  public double noise(int t) {
    return Math.sqrt(1 - alphaBar[t]);
  }

  /**
   * Coefficients of the posterior {@code q(x_s | x_t, x_0)} for {@code 0 <= s < t}: {@code mean =
   * ofImage x_0 + ofNoisy x_t} (Ho et al., eq. 7, for the jump from t to s).
   *
   * @param ofImage factor of {@code x_0}
   * @param ofNoisy factor of {@code x_t}
   * @param variance variance of each pixel
   */
  public record Posterior(double ofImage, double ofNoisy, double variance) {}

  /** The posterior of step s given step t. */
  public Posterior posterior(int s, int t) {
    double alpha = alphaBar[t] / alphaBar[s];
    double beta = 1 - alpha;
    double rest = 1 - alphaBar[t];
    return new Posterior(
        Math.sqrt(alphaBar[s]) * beta / rest,
        Math.sqrt(alpha) * (1 - alphaBar[s]) / rest,
        beta * (1 - alphaBar[s]) / rest);
  }

  /**
   * The steps that a sampler visits, from T down to 1, evenly spaced.
   *
   * @param count how many, 1 to T
   */
  public int[] visited(int count) {
    if (count < 1 || count > steps()) {
      throw new IllegalArgumentException(
          "steps must be 1 to " + steps() + " (the timesteps of training), found " + count);
    }
    return IntStream.range(0, count)
        .map(i -> (int) Math.round(steps() - (double) i * steps() / count))
        .toArray();
  }
}
