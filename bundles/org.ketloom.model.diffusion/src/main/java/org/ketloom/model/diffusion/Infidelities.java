package org.ketloom.model.diffusion;

import org.ketloom.nn.CustomOperation;

/**
 * {@code 1 - |<prediction|target>|^2 / <prediction|prediction>} of complex vectors, one for each
 * row; a row holds all real parts, then all imaginary parts. One pass forward and one backward over
 * what {@link org.ketloom.nn.Losses#complexInfidelity} makes of some twenty operations.
 *
 * @param amplitudes complex numbers in a row
 * @param targets rows of length 1
 */
record Infidelities(int amplitudes, float[] targets) implements CustomOperation {
  /** Keeps a prediction of zeros from a division by zero. */
  private static final double TINY = 1e-12;

  @Override
  public String name() {
    return "infidelities";
  }

  @Override
  public long[] shape(long[]... inputs) {
    long[] given = inputs[0];
    if (given.length != 2 || given[1] != 2L * amplitudes || given[0] * given[1] != targets.length) {
      throw new IllegalArgumentException(
          name() + ": rows of " + 2 * amplitudes + ", as the targets, are expected");
    }
    return new long[] {given[0]};
  }

  @Override
  public Evaluation evaluate(double[][] inputs, boolean differentiated) {
    return new Rows(inputs[0]);
  }

  private final class Rows implements Evaluation {
    private final double[] p;
    private final double[] overlapsRe;
    private final double[] overlapsIm;
    private final double[] norms;
    private final double[] output;

    Rows(double[] p) {
      this.p = p;
      int rows = p.length / (2 * amplitudes);
      overlapsRe = new double[rows];
      overlapsIm = new double[rows];
      norms = new double[rows];
      output = new double[rows];
      for (int row = 0; row < rows; row++) {
        double re = 0;
        double im = 0;
        double norm = TINY;
        int i = row * 2 * amplitudes;
        for (int j = i + amplitudes; j < (row + 1) * 2 * amplitudes; i++, j++) {
          re += p[i] * targets[i] + p[j] * targets[j];
          im += p[i] * targets[j] - p[j] * targets[i];
          norm += p[i] * p[i] + p[j] * p[j];
        }
        overlapsRe[row] = re;
        overlapsIm[row] = im;
        norms[row] = norm;
        output[row] = 1 - (re * re + im * im) / norm;
      }
    }

    @Override
    public double[] output() {
      return output;
    }

    @Override
    public void vectorJacobianProduct(double[] g, double[][] into) {
      double[] gradient = into[0];
      for (int row = 0; row < output.length; row++) {
        double scale = -2 * g[row] / norms[row];
        double re = scale * overlapsRe[row];
        double im = scale * overlapsIm[row];
        double along = scale * (1 - output[row]);
        int i = row * 2 * amplitudes;
        for (int j = i + amplitudes; j < (row + 1) * 2 * amplitudes; i++, j++) {
          gradient[i] = re * targets[i] + im * targets[j] - along * p[i];
          gradient[j] = re * targets[j] - im * targets[i] - along * p[j];
        }
      }
    }
  }
}
