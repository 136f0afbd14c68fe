package org.ketloom.engine.statevector;

import java.util.Arrays;
import java.util.Optional;
import org.ketloom.api.circuit.Angle;

/**
 * A step with derivatives along a direction carried along; see ADJOINT.md. Steps without angles act
 * on states and derivatives alike; a fused gate also moves itself.
 *
 * @param parts of a block, that the step works on one after another
 * @param tangent how the gate moves; empty for a step without angles
 */
record TangentStep(Arithmetic arithmetic, Step step, int parts, Optional<Su2Tangent> tangent) {

  static TangentStep of(Arithmetic arithmetic, Step step, int parts) {
    return new TangentStep(
        arithmetic,
        step,
        parts,
        step instanceof FusedGateStep s
            ? Optional.of(new Su2Tangent(s.gate().product().factors()))
            : Optional.empty());
  }

  /** Applies the step to the state and to its derivative. */
  void forward(TangentWorkspace work) {
    if (tangent.isEmpty()) {
      forward(work.main);
      if (work.moving) {
        forward(work.tangent);
      }
      return;
    }
    double[] matrix = matrix(work);
    apply(work.psi(), matrix, work);
    if (work.moving) {
      apply(work.psiTangent(), matrix, work);
    }
    if (work.findRates(tangent.get())) {
      tangent.get().generator(arithmetic.su2(), trig(work), work.rates, work.generator);
      shear(work.psi(), work.psiTangent(), 1, work);
      work.moving = true;
    }
  }

  /** Takes the step back from state and adjoint alone, and adds its gradients. */
  void backward(TangentWorkspace work, Derivatives found) {
    if (tangent.isEmpty()) {
      backward(work.main);
      return;
    }
    Arrays.fill(work.gather, 0);
    applyAdjoint(work.psi(), work.lambda(), matrix(work), work.gather, work);
    addLanes(work.gather, work);
    gate()
        .product()
        .differentiate(
            arithmetic.su2(), trig(work), work.gather, work.main.product, sink(work, found));
  }

  /** Takes the step back from all, and adds the derivatives of its gradients. */
  void backwardWithTangents(TangentWorkspace work, Derivatives found) {
    if (tangent.isEmpty()) {
      backward(work.main);
      backward(work.tangent);
      return;
    }
    double[] psi = work.psi();
    double[] lambda = work.lambda();
    double[] psiTangent = work.psiTangent();
    double[] lambdaTangent = work.lambdaTangent();
    double[] matrix = matrix(work);
    boolean moves = work.findRates(tangent.get());
    if (moves) {
      tangent.get().generator(arithmetic.su2(), trig(work), work.rates, work.generator);
      shear(psi, psiTangent, -1, work);
      shear(lambda, lambdaTangent, -1, work);
    }
    Arrays.fill(work.gatherTangent, 0);
    applyAdjoint(psi, lambdaTangent, matrix, work.gatherTangent, work);
    applyAdjoint(psiTangent, lambda, matrix, work.gatherTangent, work);
    addLanes(work.gatherTangent, work);
    Arrays.fill(work.gather, 0);
    if (moves) {
      applyAdjoint(psi, lambda, work.identity, work.gather, work);
      addLanes(work.gather, work);
    }
    tangent
        .get()
        .differentiate(
            arithmetic.su2(),
            trig(work),
            work.rates,
            work.gather,
            work.gatherTangent,
            sink(work, found));
  }

  private static Su2Product.Sink sink(TangentWorkspace work, Derivatives found) {
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

  private void forward(Workspace work) {
    for (work.part = 0; work.part < parts; work.part++) {
      step.forward(work);
    }
  }

  private void backward(Workspace work) {
    for (work.part = 0; work.part < parts; work.part++) {
      step.backward(work);
    }
  }

  private FusedGate gate() {
    return ((FusedGateStep) step).gate();
  }

  private double[] trig(TangentWorkspace work) {
    return gate().perSample() ? work.main.state.trig : work.main.prepared.trig;
  }

  private double[] matrix(TangentWorkspace work) {
    if (!gate().perSample()) {
      return work.main.prepared.matrices[gate().number()];
    }
    gate().product().product(arithmetic.su2(), trig(work), work.main.product, work.main.matrix);
    return work.main.matrix;
  }

  private void apply(double[] state, double[] matrix, TangentWorkspace work) {
    for (PairSet set : ((FusedGateStep) step).sets()) {
      double[] arranged = set.arranged(matrix, work.main.arranged);
      for (int part = 0; part < parts; part++) {
        arithmetic.tables().applyPairs(state, set, part, arranged);
      }
    }
  }

  /** {@code to += sign i A from}, where the gate acts. */
  private void shear(double[] from, double[] to, double sign, TangentWorkspace work) {
    double[] room = work.room;
    System.arraycopy(from, 0, room, 0, room.length);
    Su2Tangent.shear(work.generator, sign, work.matrix);
    apply(room, work.matrix, work);
    for (int i = 0; i < room.length; i++) {
      // Exactly zero where the gate doesn't act.
      to[i] += room[i] - from[i];
    }
  }

  private void applyAdjoint(
      double[] psi, double[] lambda, double[] matrix, double[] gather, TangentWorkspace work) {
    double[] found = work.found;
    for (PairSet set : ((FusedGateStep) step).sets()) {
      double[] arranged = set.arranged(matrix, work.main.arranged);
      Arrays.fill(found, 0);
      for (int part = 0; part < parts; part++) {
        arithmetic.tables().applyAdjoint(psi, lambda, set, part, arranged, found);
      }
      set.addGathered(found, gather, 0);
    }
  }

  /** Where the lanes are amplitudes of one sample, replaces the first by the sum of all. */
  private static void addLanes(double[] gather, TangentWorkspace work) {
    if (!work.main.lanesAreAmplitudes) {
      return;
    }
    for (int at = 0; at < FusedGateStep.GATHERED; at += Kernels.LANES) {
      for (int l = 1; l < Kernels.LANES; l++) {
        gather[at] += gather[at + l];
      }
    }
  }
}
