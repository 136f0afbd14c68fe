package org.ketloom.model.diffusion;

import java.util.Arrays;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.Observable;
import org.ketloom.nn.CustomOperation;

/**
 * The entries of a circuit's Hermitians {@code H = (M + M^†)/2} of complex matrices M: for each
 * Hermitian of dimension D in turn the {@code D^2} real parts of M, row by row, then its imaginary
 * parts; to the layout of {@link Observable.Hermitian}. Linear, and twice as many numbers in as
 * out.
 */
record HermitianParts(Circuit circuit) implements CustomOperation {

  /** Where an entry comes from: half of the sum of {@code in[first]} and sign times the second. */
  private interface Visitor {
    void entry(int out, int first, int second, int sign);
  }

  /** Numbers that the matrices of a circuit have. */
  static int numbers(Circuit circuit) {
    return 2 * circuit.hermitianEntries();
  }

  @Override
  public String name() {
    return "Hermitian parts";
  }

  @Override
  public long[] shape(long[]... inputs) {
    return new long[] {circuit.hermitianEntries()};
  }

  @Override
  public Evaluation evaluate(double[][] inputs, boolean differentiated) {
    double[] in = inputs[0];
    double[] entries = new double[circuit.hermitianEntries()];
    visit((out, first, second, sign) -> entries[out] = 0.5 * (in[first] + sign * in[second]));
    return new Evaluation() {
      @Override
      public double[] output() {
        return entries;
      }

      @Override
      public void vectorJacobianProduct(double[] g, double[][] into) {
        double[] gradient = into[0];
        Arrays.fill(gradient, 0);
        visit(
            (out, first, second, sign) -> {
              gradient[first] += 0.5 * g[out];
              gradient[second] += 0.5 * sign * g[out];
            });
      }
    };
  }

  private void visit(Visitor visitor) {
    for (Observable observable : circuit.observables()) {
      if (observable instanceof Observable.Hermitian hermitian) {
        int n = hermitian.dimension();
        int diagonal = hermitian.firstEntry();
        int re = diagonal + n;
        int im = re + n * (n - 1) / 2;
        int matrix = 2 * diagonal;
        for (int i = 0; i < n; i++) {
          visitor.entry(diagonal + i, matrix + i * n + i, matrix + i * n + i, 1);
          for (int j = i + 1; j < n; j++, re++, im++) {
            int upper = matrix + i * n + j;
            int lower = matrix + j * n + i;
            visitor.entry(re, upper, lower, 1);
            visitor.entry(im, n * n + upper, n * n + lower, -1);
          }
        }
      }
    }
  }
}
