package org.ketloom.model.diffusion;

import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.ketloom.api.random.SplitMix64;
import org.ketloom.model.diffusion.SamplingOptions.Sampler;
import org.ketloom.nn.NoiseSchedule;

/**
 * The path between images and noise, {@code x_t = signal x + noise e}, and what is learned of it.
 */
interface Path {

  /**
   * A place on the path.
   *
   * @param number tells it from the others of a path: the noise level, or the steps that are left
   * @param time as the network is told: 0 at the image, 1000 at the noise
   * @param signal factor of the image in x_t
   * @param noise factor of the unit noise in x_t
   */
  record Place(int number, double time, double signal, double noise) {}

  /** A place for an image of a training step. */
  Place random(SplitMix64 random);

  /**
   * What the network is to give for a pixel.
   *
   * @param x of the image
   * @param e of the noise
   * @param xt of the noisy image
   */
  double target(Place place, double x, double e, double xt);

  /**
   * A pixel of the image that the network sees in a noisy one.
   *
   * @param given by the network
   */
  double image(Place place, double given, double xt);

  /**
   * The places that are visited from noise to the image, where the last one is.
   *
   * @param steps at least 1
   * @throws IllegalArgumentException if it can't be gone in so many steps
   */
  List<Place> visited(int steps);

  /** The number of a place before the first one. */
  long beginning();

  /**
   * Refuses a sampler that is for another path.
   *
   * @throws IllegalArgumentException naming it
   */
  void require(Sampler sampler);

  /** The sampler that draws by default. */
  Sampler sampler();

  /** The posterior of a place given a noisier one, which the ancestral sampler draws from. */
  NoiseSchedule.Posterior posterior(Place at, Place noisier);

  private static void require(Sampler sampler, String learned, Sampler one, Sampler other) {
    if (sampler != one && sampler != other) {
      throw new IllegalArgumentException(
          "sampler %s doesn't fit: this run learned a %s, which %s and %s draw from"
              .formatted(name(sampler), learned, name(one), name(other)));
    }
  }

  private static String name(Sampler sampler) {
    return sampler.name().toLowerCase(Locale.ROOT);
  }

  /** Denoising diffusion by noise levels (Ho et al., arXiv 2006.11239). */
  final class Levels implements Path {
    private final NoiseSchedule schedule;
    private final HybridUNet.Prediction prediction;

    /** By level, from 1, the posterior of the level before: asked for every pixel. */
    private final NoiseSchedule.Posterior[] before;

    /**
     * Of a schedule.
     *
     * @param prediction what the network gives
     */
    Levels(NoiseSchedule schedule, HybridUNet.Prediction prediction) {
      this.schedule = schedule;
      this.prediction = prediction;
      before = new NoiseSchedule.Posterior[schedule.steps() + 1];
      for (int t = 1; t < before.length; t++) {
        before[t] = schedule.posterior(t - 1, t);
      }
    }

    private Place at(int t) {
      return new Place(t, 1000.0 * t / schedule.steps(), schedule.signal(t), schedule.noise(t));
    }

    @Override
    public Place random(SplitMix64 random) {
      return at(1 + random.nextInt(schedule.steps()));
    }

    @Override
    public double target(Place place, double x, double e, double xt) {
      return switch (prediction) {
        case NOISE -> e;
        case IMAGE -> x;
        case POSTERIOR_MEAN -> {
          NoiseSchedule.Posterior posterior = before[place.number()];
          yield posterior.ofImage() * x + posterior.ofNoisy() * xt;
        }
      };
    }

    @Override
    public double image(Place place, double given, double xt) {
      return switch (prediction) {
        case NOISE -> (xt - place.noise() * given) / place.signal();
        case IMAGE -> given;
        case POSTERIOR_MEAN -> {
          NoiseSchedule.Posterior posterior = before[place.number()];
          yield (given - posterior.ofNoisy() * xt) / posterior.ofImage();
        }
      };
    }

    @Override
    public List<Place> visited(int steps) {
      return IntStream.concat(IntStream.of(schedule.visited(steps)), IntStream.of(0))
          .mapToObj(this::at)
          .toList();
    }

    @Override
    public long beginning() {
      return schedule.steps() + 1L;
    }

    @Override
    public void require(Sampler sampler) {
      Path.require(sampler, "diffusion", Sampler.DDIM, Sampler.DDPM);
    }

    @Override
    public Sampler sampler() {
      return Sampler.DDIM;
    }

    @Override
    public NoiseSchedule.Posterior posterior(Place at, Place noisier) {
      return schedule.posterior(at.number(), noisier.number());
    }
  }

  /**
   * Flow matching along straight paths, {@code x_t = (1 - t) x + t e}, whose velocity towards the
   * image, {@code x - e}, the network gives (Lipman et al., arXiv 2210.02747, section 4.1, sigma
   * 0).
   */
  record Straight() implements Path {
    private static Place at(int number, double noise) {
      return new Place(number, 1000 * noise, 1 - noise, noise);
    }

    @Override
    public Place random(SplitMix64 random) {
      return at(0, random.nextDouble());
    }

    @Override
    public double target(Place place, double x, double e, double xt) {
      return x - e;
    }

    @Override
    public double image(Place place, double given, double xt) {
      return xt + place.noise() * given;
    }

    @Override
    public List<Place> visited(int steps) {
      return IntStream.rangeClosed(0, steps)
          .mapToObj(k -> at(steps - k, (double) (steps - k) / steps))
          .toList();
    }

    @Override
    public long beginning() {
      return 0;
    }

    @Override
    public void require(Sampler sampler) {
      Path.require(sampler, "flow", Sampler.EULER, Sampler.HEUN);
    }

    @Override
    public Sampler sampler() {
      return Sampler.EULER;
    }

    @Override
    public NoiseSchedule.Posterior posterior(Place at, Place noisier) {
      throw new UnsupportedOperationException("a flow has no posterior");
    }
  }
}
