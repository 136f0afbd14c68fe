package org.ketloom.engine.statevector;

import java.util.Arrays;
import org.ketloom.api.circuit.Angle;

/**
 * A step with derivatives along a direction carried along; see ADJOINT.md. Steps without angles act
 * on states and derivatives alike; a fused gate also moves itself.
 *
 * @param spin how the gate moves; null for a step without angles
 */
record TangentStep(Kernels kernels, Step step, SpinTangent spin) {

  static TangentStep of(Kernels kernels, Step step) {
    return new TangentStep(
        kernels, step, step instanceof SpinStep s ? new SpinTangent(s.spin().factors()) : null);
  }

  /** Applies the step to the state and to its derivative. */
  void forward(TangentWorkspace work) {
    if (spin == null) {
      step.forward(work.main);
      if (work.moving) {
        step.forward(work.tangent);
      }
      return;
    }
    double[] matrix = matrix(work);
    apply(work.main.state.psi, matrix, work);
    if (work.moving) {
      apply(work.tangent.state.psi, matrix, work);
    }
    if (work.findRates(spin)) {
      spin.generator(kernels, trig(work), work.rates, work.generator);
      shear(work.main.state.psi, work.tangent.state.psi, 1, work);
      work.moving = true;
    }
  }

  /** Takes the step back from state and adjoint alone, and adds its gradients. */
  void backward(TangentWorkspace work, Derivatives found) {
    if (spin == null) {
      step.backward(work.main);
      return;
    }
    Arrays.fill(work.gather, 0);
    takeBack(work.main.state.psi, work.main.lambda, matrix(work), work.gather, work);
    addLanes(work.gather, work);
    ((SpinStep) step)
        .spin()
        .differentiate(kernels, trig(work), work.gather, work.main.spin, sink(work, found));
  }

  /** Takes the step back from all, and adds the derivatives of its gradients. */
  void backwardWithTangents(TangentWorkspace work, Derivatives found) {
    if (spin == null) {
      step.backward(work.main);
      step.backward(work.tangent);
      return;
    }
    double[] psi = work.main.state.psi;
    double[] lambda = work.main.lambda;
    double[] psiTangent = work.tangent.state.psi;
    double[] lambdaTangent = work.tangent.lambda;
    double[] matrix = matrix(work);
    boolean moves = work.findRates(spin);
    if (moves) {
      spin.generator(kernels, trig(work), work.rates, work.generator);
      shear(psi, psiTangent, -1, work);
      shear(lambda, lambdaTangent, -1, work);
    }
    Arrays.fill(work.gatherTangent, 0);
    takeBack(psi, lambdaTangent, matrix, work.gatherTangent, work);
    takeBack(psiTangent, lambda, matrix, work.gatherTangent, work);
    addLanes(work.gatherTangent, work);
    Arrays.fill(work.gather, 0);
    if (moves) {
      takeBack(psi, lambda, work.identity, work.gather, work);
      addLanes(work.gather, work);
    }
    spin.differentiate(
        kernels, trig(work), work.rates, work.gather, work.gatherTangent, sink(work, found));
  }

  private static Spin.Sink sink(TangentWorkspace work, Derivatives found) {
    return (factor, values, start, scale) -> {
      for (Angle angle : factor.angles()) {
        if (angle.source() != Angle.Source.CONSTANT) {
          for (int l = 0; l < work.main.count; l++) {
            found.add(angle.source(), angle.index(), l, scale * angle.scale() * values[start + l]);
          }
        }
      }
    };
  }

  private boolean isShared() {
    return ((SpinStep) step).shared() >= 0;
  }

  private double[] trig(TangentWorkspace work) {
    return isShared() ? work.main.prepared.trig : work.main.state.trig;
  }

  private double[] matrix(TangentWorkspace work) {
    SpinStep fused = (SpinStep) step;
    if (isShared()) {
      return work.main.prepared.matrices[fused.shared()];
    }
    fused.spin().product(kernels, work.main.state.trig, work.main.spin, work.main.matrix);
    return work.main.matrix;
  }

  private void apply(double[] state, double[] matrix, TangentWorkspace work) {
    for (PairSet set : ((SpinStep) step).sets()) {
      kernels.applyPairs(state, set, set.arranged(matrix, work.main.arranged));
    }
  }

  /** {@code to += sign i A from}, where the gate acts. */
  private void shear(double[] from, double[] to, double sign, TangentWorkspace work) {
    double[] room = work.room;
    System.arraycopy(from, 0, room, 0, room.length);
    SpinTangent.shear(work.generator, sign, work.matrix);
    apply(room, work.matrix, work);
    for (int i = 0; i < room.length; i++) {
      // Exactly zero where the gate doesn't act.
      to[i] += room[i] - from[i];
    }
  }

  private void takeBack(
      double[] psi, double[] lambda, double[] matrix, double[] gather, TangentWorkspace work) {
    double[] found = work.main.found;
    for (PairSet set : ((SpinStep) step).sets()) {
      if (set.roles() == null) {
        kernels.takeBack(psi, lambda, set, matrix, gather, 0);
      } else {
        Arrays.fill(found, 0);
        kernels.takeBack(psi, lambda, set, set.arranged(matrix, work.main.arranged), found, 0);
        set.addGathered(found, gather, 0);
      }
    }
  }

  /** Where the lanes are amplitudes of one sample, replaces the first by the sum of all. */
  private static void addLanes(double[] gather, TangentWorkspace work) {
    if (!work.main.lanesAreAmplitudes) {
      return;
    }
    for (int at = 0; at < SpinStep.GATHERED; at += Kernels.LANES) {
      for (int l = 1; l < Kernels.LANES; l++) {
        gather[at] += gather[at + l];
      }
    }
  }
}
