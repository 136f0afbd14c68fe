package org.ketloom.engine.densitymatrix;

import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import org.ketloom.api.circuit.AmplitudePreparation;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.DensityPreparation;
import org.ketloom.api.circuit.HaarPreparation;
import org.ketloom.api.circuit.Preparation;
import org.ketloom.api.engine.Inputs;

/** The initial states. Strings of the identity and Z on wires in |0> have the coefficient 1. */
final class Start {
  /** How far below 0 a pivot may be by rounding, in parts of the trace. */
  private static final double TOLERANCE = 1e-9;

  private final Circuit circuit;
  private final List<Integer> wires;
  private final PauliBasis basis;

  /** Places of strings of the prepared wires, and of strings of Z on the others. */
  private final int[] prepared;

  private final int[] others;

  Start(Circuit circuit) {
    this.circuit = circuit;
    this.wires = circuit.start().map(Preparation::wires).orElse(List.of());
    this.basis = new PauliBasis(wires.size());
    this.prepared = PauliBasis.embed(wires, circuit.wires());
    BitSet chosen = new BitSet();
    wires.forEach(chosen::set);
    int[] free = new int[circuit.wires() - wires.size()];
    int next = 0;
    for (int w = chosen.nextClearBit(0); w < circuit.wires(); w = chosen.nextClearBit(w + 1)) {
      free[next++] = w;
    }
    this.others = new int[1 << free.length];
    for (int z = 0; z < others.length; z++) {
      for (int i = 0; i < free.length; i++) {
        if ((z >> i & 1) == 1) {
          others[z] |= 3 << 2 * (circuit.wires() - 1 - free[i]);
        }
      }
    }
  }

  /**
   * Checks what finite numbers can still be wrong with.
   *
   * @throws IllegalArgumentException naming the sample
   */
  void check(Inputs inputs) {
    for (int b = 0; b < inputs.batch(); b++) {
      if (circuit.start().orElse(null) instanceof AmplitudePreparation given) {
        if (largest(amplitudes(given, inputs, b)) == 0) {
          throw new IllegalArgumentException(
              "sample "
                  + b
                  + ": all amplitudes are zero and can't be normalised; give a vector with a"
                  + " non-zero entry");
        }
      } else if (circuit.start().orElse(null) instanceof DensityPreparation given) {
        requirePositive(given, inputs, b);
      }
    }
  }

  /** Sets the block. */
  void forward(Workspace work) {
    Arrays.fill(work.r, 0);
    double[] pauli = new double[basis.size()];
    for (int l = 0; l < Kernels.LANES; l++) {
      coefficients(work.reader, l, pauli);
      for (int s = 0; s < pauli.length; s++) {
        for (int other : others) {
          work.r[(prepared[s] | other) * Kernels.LANES + l] = pauli[s];
        }
      }
    }
  }

  private void coefficients(Reader reader, int lane, double[] pauli) {
    Preparation start = circuit.start().orElse(null);
    if (start instanceof AmplitudePreparation given) {
      pureCoefficients(normalised(amplitudes(given, reader.inputs(), reader.sample(lane))), pauli);
    } else if (start instanceof HaarPreparation given) {
      pureCoefficients(given.amplitudes(reader.sample(lane)), pauli);
    } else if (start instanceof DensityPreparation given) {
      double[] re = new double[basis.size()];
      double[] im = new double[basis.size()];
      double trace = matrix(given, reader.inputs(), reader.sample(lane), re, im);
      basis.traces(re, im, pauli);
      for (int s = 0; s < pauli.length; s++) {
        pauli[s] /= trace;
      }
    } else {
      // Without prepared wires the empty string is all there is; mixed wires have the identity.
      Arrays.fill(pauli, 0);
      pauli[0] = 1;
    }
  }

  private void pureCoefficients(double[] psi, double[] pauli) {
    int rows = basis.rows();
    double[] re = new double[basis.size()];
    double[] im = new double[basis.size()];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < rows; j++) {
        re[i * rows + j] = psi[i] * psi[j] + psi[rows + i] * psi[rows + j];
        im[i * rows + j] = psi[rows + i] * psi[j] - psi[i] * psi[rows + j];
      }
    }
    basis.traces(re, im, pauli);
  }

  /** Adds the gradients of the start from lambda. */
  void backward(Workspace work) {
    Preparation start = circuit.start().orElse(null);
    if (!(start instanceof AmplitudePreparation) && !(start instanceof DensityPreparation)) {
      return;
    }
    double[] pauli = new double[basis.size()];
    double[] re = new double[basis.size()];
    double[] im = new double[basis.size()];
    for (int l = 0; l < work.reader.count(); l++) {
      for (int s = 0; s < pauli.length; s++) {
        pauli[s] = 0;
        for (int other : others) {
          pauli[s] += work.lambda[(prepared[s] | other) * Kernels.LANES + l];
        }
      }
      basis.sum(pauli, re, im);
      int sample = work.reader.sample(l);
      if (start instanceof AmplitudePreparation given) {
        backward(given, work, sample, re, im);
      } else if (start instanceof DensityPreparation given) {
        backward(given, work, sample, re, im);
      }
    }
  }

  /** {@code L = <psi|A|psi>}, through the normalisation. */
  private void backward(
      AmplitudePreparation given, Workspace work, int sample, double[] re, double[] im) {
    int rows = basis.rows();
    double[] v = amplitudes(given, work.reader.inputs(), sample);
    double largest = largest(v);
    double[] psi = normalised(v);
    double sum = 0;
    for (double a : v) {
      sum += a / largest * (a / largest);
    }
    double norm = largest * Math.sqrt(sum);
    double[] gradient = new double[2 * rows];
    double along = 0;
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < rows; j++) {
        double a = re[i * rows + j];
        double b = im[i * rows + j];
        gradient[i] += 2 * (a * psi[j] - b * psi[rows + j]);
        gradient[rows + i] += 2 * (a * psi[rows + j] + b * psi[j]);
      }
      along += gradient[i] * psi[i] + gradient[rows + i] * psi[rows + i];
    }
    double[] to = work.gradients.features();
    int first = sample * circuit.features() + given.firstFeature();
    for (int k = 0; k < given.count(); k++) {
      to[first + k] += (gradient[k] - along * psi[k]) / norm;
      if (given.complex()) {
        to[first + given.count() + k] += (gradient[rows + k] - along * psi[rows + k]) / norm;
      }
    }
  }

  /** {@code L = tr(A H) / tr(H)}. */
  private void backward(
      DensityPreparation given, Workspace work, int sample, double[] re, double[] im) {
    int rows = basis.rows();
    double[] hRe = new double[basis.size()];
    double[] hIm = new double[basis.size()];
    double trace = matrix(given, work.reader.inputs(), sample, hRe, hIm);
    double value = 0;
    for (int i = 0; i < hRe.length; i++) {
      value += (re[i] * hRe[i] + im[i] * hIm[i]) / trace;
    }
    double[] entries = new double[basis.size()];
    HermitianEntries.derivatives(rows, re, im, entries);
    double[] to = work.gradients.features();
    int first = sample * circuit.features() + given.firstFeature();
    for (int e = 0; e < entries.length; e++) {
      to[first + e] += (entries[e] - (e < rows ? value : 0)) / trace;
    }
  }

  private double[] amplitudes(AmplitudePreparation given, Inputs inputs, int sample) {
    int rows = basis.rows();
    double[] v = new double[2 * rows];
    Arrays.fill(v, given.count(), rows, given.padding());
    int first = sample * circuit.features() + given.firstFeature();
    System.arraycopy(inputs.features(), first, v, 0, given.count());
    if (given.complex()) {
      System.arraycopy(inputs.features(), first + given.count(), v, rows, given.count());
    }
    return v;
  }

  private static double largest(double[] v) {
    return Arrays.stream(v).map(Math::abs).max().orElse(0);
  }

  private static double[] normalised(double[] v) {
    double largest = largest(v);
    double[] psi = Arrays.stream(v).map(a -> a / largest).toArray();
    double norm = Math.sqrt(Arrays.stream(psi).map(a -> a * a).sum());
    return Arrays.stream(psi).map(a -> a / norm).toArray();
  }

  /** Fills in a given matrix, and gives its trace. */
  private double matrix(
      DensityPreparation given, Inputs inputs, int sample, double[] re, double[] im) {
    int rows = basis.rows();
    int first = sample * circuit.features() + given.firstFeature();
    HermitianEntries.matrix(rows, inputs.features(), first, re, im);
    double trace = 0;
    for (int i = 0; i < rows; i++) {
      trace += re[i * rows + i];
    }
    return trace;
  }

  /** Cholesky's decomposition, which ends where a pivot is negative. */
  private void requirePositive(DensityPreparation given, Inputs inputs, int sample) {
    int rows = basis.rows();
    double[] re = new double[basis.size()];
    double[] im = new double[basis.size()];
    double trace = matrix(given, inputs, sample, re, im);
    if (!(trace > 0)) {
      throw new IllegalArgumentException(
          "sample "
              + sample
              + ": the density matrix has the trace "
              + trace
              + ", expected above 0");
    }
    double tolerance = TOLERANCE * trace;
    for (int k = 0; k < rows; k++) {
      double pivot = re[k * rows + k];
      boolean zero = pivot <= tolerance;
      boolean positive = pivot >= -tolerance;
      for (int i = k + 1; i < rows && positive; i++) {
        double size = Math.hypot(re[i * rows + k], im[i * rows + k]);
        positive = !zero || size <= Math.sqrt(tolerance * trace);
      }
      if (!positive) {
        throw new IllegalArgumentException(
            "sample "
                + sample
                + ": the density matrix isn't positive semidefinite (row "
                + k
                + " of its Cholesky decomposition); give a Hermitian matrix without negative"
                + " eigenvalues");
      }
      for (int i = k + 1; i < rows && !zero; i++) {
        for (int j = k + 1; j < rows; j++) {
          double a = re[i * rows + k];
          double b = im[i * rows + k];
          double c = re[j * rows + k];
          double d = im[j * rows + k];
          re[i * rows + j] -= (a * c + b * d) / pivot;
          im[i * rows + j] -= (b * c - a * d) / pivot;
        }
      }
    }
  }

  String describe() {
    return circuit
        .start()
        .map(s -> s.getClass().getSimpleName() + " on wires " + s.wires())
        .orElse("the basis state of all zeros");
  }
}
