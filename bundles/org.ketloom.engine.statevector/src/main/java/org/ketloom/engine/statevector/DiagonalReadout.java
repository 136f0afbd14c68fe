package org.ketloom.engine.statevector;

import java.util.Arrays;
import java.util.List;

/**
 * Reads all strings of Z at once: their expectation values are entries of the Walsh transform of
 * the probabilities, whichever strings they are. The state is transformed chunk by chunk, while the
 * chunk is in the cache; what the higher bits of the position do to a string is one sign per chunk.
 * Comes before other readouts, because its backward pass sets lambda where others add to it.
 */
record DiagonalReadout(Arithmetic arithmetic, Layout layout, List<PauliString> strings)
    implements Readout {
  private static final int MAX_CHUNK_BITS = 8;

  private int chunkBits() {
    return Math.min(MAX_CHUNK_BITS, layout.wires() - layout.laneBits());
  }

  /** Numbers that a chunk needs. */
  int chunkSize() {
    return Kernels.LANES << chunkBits();
  }

  @Override
  public void values(Workspace work, double[] sums) {
    int size = 1 << chunkBits();
    int chunks = layout.vectors() / size;
    Kernels<Object> kernels = arithmetic.kernels();
    for (int chunk = work.first(chunks); chunk < work.end(chunks); chunk++) {
      kernels.moduli(work.state.psi, chunk * size, size, work.diagonal);
      kernels.walsh(work.diagonal, size);
      double[] found =
          arithmetic.storage().numbers(work.diagonal, chunkSize(), work.diagonalNumbers);
      for (int s = 0; s < strings.size(); s++) {
        PauliString string = strings.get(s);
        int signs = layout.high(string.signs());
        int from = (signs & (size - 1)) * Kernels.LANES;
        double sign = PlainKernels.sign(signs & chunk * size);
        for (int l = 0; l < Kernels.LANES; l++) {
          sums[string.output() * Kernels.LANES + l] +=
              sign * string.laneFactor(layout, l) * found[from + l];
        }
      }
    }
  }

  @Override
  public void backward(Workspace work, double[] weights) {
    int size = 1 << chunkBits();
    int chunks = layout.vectors() / size;
    Kernels<Object> kernels = arithmetic.kernels();
    for (int chunk = work.first(chunks); chunk < work.end(chunks); chunk++) {
      double[] factors = work.diagonalNumbers;
      Arrays.fill(factors, 0, chunkSize(), 0);
      for (int s = 0; s < strings.size(); s++) {
        PauliString string = strings.get(s);
        int signs = layout.high(string.signs());
        int to = (signs & (size - 1)) * Kernels.LANES;
        double sign = PlainKernels.sign(signs & chunk * size);
        for (int l = 0; l < Kernels.LANES; l++) {
          factors[to + l] +=
              sign * string.laneFactor(layout, l) * weights[string.output() * Kernels.LANES + l];
        }
      }
      Object stored = arithmetic.storage().stored(factors, chunkSize(), work.diagonal);
      kernels.walsh(stored, size);
      kernels.diagonalTimesState(work.state.psi, stored, chunk * size, size, work.lambda);
    }
  }

  @Override
  public double multiplyAdds() {
    return (1.0 + chunkBits() / 2.0) * Kernels.LANES * layout.vectors();
  }

  @Override
  public String what() {
    return strings.size() + " strings of Z";
  }

  @Override
  public String describe() {
    return "Walsh transform by chunks of " + (chunkSize() / Kernels.LANES) + " vectors";
  }
}
