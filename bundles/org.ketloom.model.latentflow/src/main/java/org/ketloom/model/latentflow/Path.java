package org.ketloom.model.latentflow;

import org.ketloom.api.random.SplitMix64;
import org.ketloom.nn.NoiseSchedule;

/**
 * The way between noise and data, {@code x_t = data x + noise e}, and what a field is trained for:
 * {@code v = vData x + vNoise e}. A network F sees {@code in x_t} and gives {@code (v - skip x_t) /
 * out}, which has mean 0 and variance 1 for normal data of mean 0 and variance 1 (the
 * preconditioning of Karras et al., arXiv 2206.00364, section 5, for these ways).
 */
interface Path {

  /**
   * A place on the way.
   *
   * @param time from 0 to 1, as the network is told
   * @param data factor of the data in x_t
   * @param noise factor of the noise in x_t
   * @param vData factor of the data in v
   * @param vNoise factor of the noise in v
   * @param in factor of x_t before the network
   * @param skip factor of x_t that is added to what the network gives
   * @param out factor of what the network gives
   */
  record Place(
      double time,
      double data,
      double noise,
      double vData,
      double vNoise,
      double in,
      double skip,
      double out) {

    static Place of(
        double time, double data, double noise, double vData, double vNoise, boolean precondition) {
      double variance = data * data + noise * noise;
      if (!precondition) {
        return new Place(time, data, noise, vData, vNoise, 1, 0, 1);
      }
      double skip = (vData * data + vNoise * noise) / variance;
      double rest = vData * vData + vNoise * vNoise - skip * skip * variance;
      return new Place(
          time, data, noise, vData, vNoise, 1 / Math.sqrt(variance), skip, Math.sqrt(rest));
    }
  }

  /** A place for a training step. */
  Place random(SplitMix64 random);

  /** Straight, from noise at 0 to data at 1. */
  record Straight(boolean precondition) implements Path {
    @Override
    public Place random(SplitMix64 random) {
      return at(random.nextDouble());
    }

    /** The place at a time from 0 to 1. */
    Place at(double time) {
      return Place.of(time, time, 1 - time, 1, -1, precondition);
    }
  }

  /** By noise levels, from data at 0 to noise at 1. */
  record Levels(NoiseSchedule schedule, boolean precondition) implements Path {
    @Override
    public Place random(SplitMix64 random) {
      return at(1 + random.nextInt(schedule.steps()));
    }

    /** The place at a noise level from 1 to the number of steps. */
    Place at(int level) {
      double signal = schedule.signal(level);
      double noise = schedule.noise(level);
      return Place.of(
          (double) level / schedule.steps(), signal, noise, -noise, signal, precondition);
    }
  }
}
