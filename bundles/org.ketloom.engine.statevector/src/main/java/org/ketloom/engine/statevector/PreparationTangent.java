package org.ketloom.engine.statevector;

import java.util.Arrays;
import org.ketloom.api.circuit.AmplitudePreparation;
import org.ketloom.api.circuit.Angle;

/** Initial states with their derivatives along a direction; see ADJOINT.md. */
record PreparationTangent(Preparation preparation) {

  /** Sets the states and their derivatives. */
  void forward(TangentWorkspace work) {
    preparation.forward(work.main);
    double[] to = work.psiTangent();
    Arrays.fill(to, 0);
    work.moving = false;
    Arrays.fill(work.normRates, 0);
    if (preparation.amplitudes().isEmpty()) {
      return;
    }
    AmplitudePreparation given = preparation.amplitudes().get();
    double[] psi = work.psi();
    for (int l = 0; l < preparation.width(); l++) {
      int row = Math.min(l, work.main.count - 1);
      double normRate = 0;
      for (int k = 0; k < given.count(); k++) {
        int i = preparation.masks()[k] + l;
        to[i] = rate(given, work, row, k);
        normRate += psi[i] * to[i];
        if (given.complex()) {
          int j = i + Kernels.LANES;
          to[j] = rate(given, work, row, given.count() + k);
          normRate += psi[j] * to[j];
        }
      }
      double norm = work.main.state.norms[l];
      for (int mask : preparation.masks()) {
        for (int i = mask + l; i <= mask + Kernels.LANES + l; i += Kernels.LANES) {
          to[i] = (to[i] - normRate * psi[i]) / norm;
          work.moving |= to[i] != 0;
        }
      }
      work.normRates[l] = normRate;
    }
  }

  private static double rate(AmplitudePreparation given, TangentWorkspace work, int row, int k) {
    return work.inputTangent.rate(Angle.Source.FEATURE, given.firstFeature() + k, row);
  }

  /** Adds the gradients of the amplitudes. */
  void backward(TangentWorkspace work, Derivatives found) {
    double[] psi = work.psi();
    double[] lambda = work.lambda();
    if (preparation.amplitudes().isEmpty()) {
      return;
    }
    for (int l = 0; l < work.main.count; l++) {
      double along = dot(psi, lambda, l);
      double scale = 2 / work.main.state.norms[l];
      int lane = l;
      eachEntry((i, k) -> add(found, k, lane, scale * (lambda[i] - along * psi[i])), lane);
    }
  }

  /** Adds the derivatives of the gradients of the amplitudes. */
  void backwardWithTangents(TangentWorkspace work, Derivatives found) {
    double[] psi = work.psi();
    double[] lambda = work.lambda();
    double[] psiTangent = work.psiTangent();
    double[] lambdaTangent = work.lambdaTangent();
    if (preparation.amplitudes().isEmpty()) {
      return;
    }
    for (int l = 0; l < work.main.count; l++) {
      double along = dot(psi, lambda, l);
      double alongTangent = dot(psiTangent, lambda, l) + dot(psi, lambdaTangent, l);
      double norm = work.main.state.norms[l];
      double growth = work.normRates[l] / norm;
      int lane = l;
      eachEntry(
          (i, k) -> {
            double gradient = lambda[i] - along * psi[i];
            double change = lambdaTangent[i] - alongTangent * psi[i] - along * psiTangent[i];
            add(found, k, lane, 2 / norm * (change - growth * gradient));
          },
          lane);
    }
  }

  /** Takes a place in the state, and the number of the feature that is prepared there. */
  private interface Entry {
    void at(int place, int feature);
  }

  private void eachEntry(Entry entry, int lane) {
    AmplitudePreparation given = preparation.amplitudes().orElseThrow();
    for (int k = 0; k < given.count(); k++) {
      int i = preparation.masks()[k] + lane;
      entry.at(i, given.firstFeature() + k);
      if (given.complex()) {
        entry.at(i + Kernels.LANES, given.firstFeature() + given.count() + k);
      }
    }
  }

  private static void add(Derivatives found, int feature, int row, double value) {
    found.add(Angle.Source.FEATURE, feature, row, value);
  }

  private double dot(double[] a, double[] b, int lane) {
    double sum = 0;
    for (int mask : preparation.masks()) {
      int i = mask + lane;
      int j = i + Kernels.LANES;
      sum += a[i] * b[i] + a[j] * b[j];
    }
    return sum;
  }
}
