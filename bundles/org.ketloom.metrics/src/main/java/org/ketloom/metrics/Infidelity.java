package org.ketloom.metrics;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Infidelity 1 - |&lt;a|b&gt;|^2 / (&lt;a|a&gt; &lt;b|b&gt;) of two vectors of amplitudes: 0 for
 * equal states, 1 for orthogonal ones (Nielsen and Chuang, section 9.2.2, for pure states).
 */
public final class Infidelity {
  private Infidelity() {}

  /**
   * Infidelity of two real vectors of any length but 0.
   *
   * @throws IllegalArgumentException if a vector is all zeros, which is no state
   */
  public static double of(float[] a, float[] b) {
    return fromOverlap(Samples.dot(a, b), 0, Samples.dot(a, a), Samples.dot(b, b));
  }

  /**
   * Infidelity of two complex vectors.
   *
   * @throws IllegalArgumentException if a vector is all zeros, which is no state
   */
  public static double of(double[] aRe, double[] aIm, double[] bRe, double[] bIm) {
    double re = 0;
    double im = 0;
    double a = 0;
    double b = 0;
    for (int i = 0; i < aRe.length; i++) {
      re += aRe[i] * bRe[i] + aIm[i] * bIm[i];
      im += aRe[i] * bIm[i] - aIm[i] * bRe[i];
      a += aRe[i] * aRe[i] + aIm[i] * aIm[i];
      b += bRe[i] * bRe[i] + bIm[i] * bIm[i];
    }
    return fromOverlap(re, im, a, b);
  }

  /**
   * Mean over the images of their infidelity to the real image that is nearest by it, of pixels as
   * amplitudes (-1 becomes 0, 1 becomes 1). 0 for copies; it falls with the number of real images.
   *
   * @param images {@code [images][pixels]} in [-1, 1]
   * @param real all real images in pieces, each {@code [images][pixels]} in [-1, 1]
   * @throws IllegalArgumentException if one of them is empty
   */
  public static double toNearest(float[][] images, Iterable<float[][]> real) {
    Samples.require("infidelity to the nearest image", "generated", images.length, 1);
    float[][] states = Arrays.stream(images).map(Infidelity::amplitudes).toArray(float[][]::new);
    double[] overlaps = new double[images.length];
    int count = 0;
    for (float[][] piece : real) {
      count += piece.length;
      float[][] others = Arrays.stream(piece).map(Infidelity::amplitudes).toArray(float[][]::new);
      IntStream.range(0, states.length)
          .parallel()
          .forEach(
              i -> {
                for (float[] other : others) {
                  overlaps[i] = Math.max(overlaps[i], Samples.dot(states[i], other));
                }
              });
    }
    Samples.require("infidelity to the nearest image", "real", count, 1);
    return Arrays.stream(overlaps).map(o -> 1 - Math.min(1, o * o)).average().orElseThrow();
  }

  /** An image as a vector of length 1; one without any light as zeros. */
  private static float[] amplitudes(float[] image) {
    double squares = 0;
    for (float pixel : image) {
      double light = (pixel + 1) / 2;
      squares += light * light;
    }
    float[] amplitudes = new float[image.length];
    for (int i = 0; i < image.length && squares > 0; i++) {
      amplitudes[i] = (float) ((image[i] + 1) / 2 / Math.sqrt(squares));
    }
    return amplitudes;
  }

  private static double fromOverlap(double re, double im, double a, double b) {
    if (a == 0 || b == 0) {
      throw new IllegalArgumentException("infidelity: a vector of zeros is no state");
    }
    return Math.max(0, 1 - (re * re + im * im) / (a * b));
  }
}
