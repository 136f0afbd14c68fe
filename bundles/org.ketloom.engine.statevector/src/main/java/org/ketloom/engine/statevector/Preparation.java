package org.ketloom.engine.statevector;

import java.util.Optional;
import org.ketloom.api.circuit.AmplitudePreparation;
import org.ketloom.api.engine.Inputs;

/**
 * Sets the initial states of a block.
 *
 * @param amplitudes empty for |0...0>
 * @param width samples at each place
 * @param size numbers of a state
 * @param masks places of the prepared wires' basis states
 */
record Preparation(
    Storage<Object> storage,
    Optional<AmplitudePreparation> amplitudes,
    int[] masks,
    int features,
    int width,
    int size)
    implements Start {

  /** Checks that no sample's vector is zero. */
  @Override
  public void check(Inputs inputs) {
    if (amplitudes.isEmpty()) {
      return;
    }
    for (int b = 0; b < inputs.batch(); b++) {
      if (largest(inputs.features(), b) == 0) {
        throw new IllegalArgumentException(
            "sample "
                + b
                + ": all amplitudes are zero and can't be normalised; give a vector with a"
                + " non-zero entry");
      }
    }
  }

  /** The first slice sets all. */
  @Override
  public void forward(Workspace work) {
    if (work.slice > 0) {
      return;
    }
    Object psi = work.state.psi;
    storage.fill(psi, 0, size, 0);
    if (amplitudes.isEmpty()) {
      storage.fill(psi, 0, width, 1);
      return;
    }
    for (int l = 0; l < width; l++) {
      // Lanes beyond the last sample repeat it.
      int sample = work.first + Math.min(l, work.count - 1);
      double[] values = work.inputs.features();
      double largest = largest(values, sample);
      double sum = 0;
      for (int j = 0; j < masks.length; j++) {
        double re = re(values, sample, j) / largest;
        double im = im(values, sample, j) / largest;
        sum += re * re + im * im;
      }
      double norm = Math.sqrt(sum);
      for (int j = 0; j < masks.length; j++) {
        storage.set(psi, masks[j] + l, re(values, sample, j) / largest / norm);
        storage.set(psi, masks[j] + Kernels.LANES + l, im(values, sample, j) / largest / norm);
      }
      work.state.norms[l] = norm * largest;
    }
  }

  @Override
  public void backward(Workspace work) {
    // All slices of lambda are needed.
  }

  /** Adds the gradients of the amplitudes, through the normalisation. */
  @Override
  public void finish(Workspace[] slices) {
    Workspace work = slices[0];
    if (amplitudes.isEmpty()) {
      return;
    }
    AmplitudePreparation given = amplitudes.get();
    Object psi = work.state.psi;
    Object lambda = work.lambda;
    double[] gradient = work.gradients.features();
    for (int l = 0; l < work.count; l++) {
      double along = 0;
      for (int mask : masks) {
        int i = mask + l;
        int j = i + Kernels.LANES;
        along +=
            storage.get(psi, i) * storage.get(lambda, i)
                + storage.get(psi, j) * storage.get(lambda, j);
      }
      double scale = 2 / work.state.norms[l];
      int to = (work.first + l) * features + given.firstFeature();
      for (int k = 0; k < given.count(); k++) {
        int i = masks[k] + l;
        int j = i + Kernels.LANES;
        gradient[to + k] += scale * (storage.get(lambda, i) - along * storage.get(psi, i));
        if (given.complex()) {
          gradient[to + given.count() + k] +=
              scale * (storage.get(lambda, j) - along * storage.get(psi, j));
        }
      }
    }
  }

  @Override
  public int tableSize() {
    return 0;
  }

  @Override
  public double multiplyAdds() {
    return 0;
  }

  @Override
  public String describe() {
    return amplitudes
        .map(a -> masks.length + " prepared amplitudes on wires " + a.wires())
        .orElse("the basis state of all zeros");
  }

  private double largest(double[] values, int sample) {
    double largest = 0;
    for (int j = 0; j < masks.length; j++) {
      largest = Math.max(largest, Math.abs(re(values, sample, j)));
      largest = Math.max(largest, Math.abs(im(values, sample, j)));
    }
    return largest;
  }

  private double re(double[] values, int sample, int j) {
    AmplitudePreparation given = amplitudes.get();
    return j < given.count()
        ? values[sample * features + given.firstFeature() + j]
        : given.padding();
  }

  private double im(double[] values, int sample, int j) {
    AmplitudePreparation given = amplitudes.get();
    return given.complex() && j < given.count()
        ? values[sample * features + given.firstFeature() + given.count() + j]
        : 0;
  }
}
