package org.ketloom.nn;

import java.util.Arrays;
import org.ketloom.api.random.SplitMix64;

/** First values of a parameter. */
@FunctionalInterface
public interface Initializer {

  /**
   * Fills in the values.
   *
   * @param values row-major
   * @param shape {@code [outputs, inputs, ...]} for weights
   * @param random a stream that belongs to the parameter alone
   */
  void fill(double[] values, long[] shape, SplitMix64 random);

  /** The same value everywhere. */
  static Initializer constant(double value) {
    return (values, shape, random) -> Arrays.fill(values, value);
  }

  /** Zero everywhere. */
  static Initializer zeros() {
    return constant(0);
  }

  /** Normal distribution with mean 0. */
  static Initializer normal(double deviation) {
    return (values, shape, random) -> {
      for (int i = 0; i < values.length; i++) {
        values[i] = deviation * random.nextGaussian();
      }
    };
  }

  /** Uniform distribution on [low, high). */
  static Initializer uniform(double low, double high) {
    return (values, shape, random) -> {
      for (int i = 0; i < values.length; i++) {
        values[i] = low + (high - low) * random.nextDouble();
      }
    };
  }

  /**
   * Kaiming's normal initialisation for ReLU-like functions, with variance 2 / inputs (He et al.,
   * "Delving deep into rectifiers", 2015, equation 10).
   */
  static Initializer kaiming() {
    return (values, shape, random) ->
        normal(Math.sqrt(2 / fanIn(shape))).fill(values, shape, random);
  }

  /** Uniform on +-1 / sqrt(inputs): variance 1 / (3 inputs), the usual default of layers. */
  static Initializer fanInUniform() {
    return (values, shape, random) -> {
      double bound = 1 / Math.sqrt(fanIn(shape));
      uniform(-bound, bound).fill(values, shape, random);
    };
  }

  private static double fanIn(long[] shape) {
    double fan = 1;
    for (int i = 1; i < shape.length; i++) {
      fan *= shape[i];
    }
    return fan;
  }
}
