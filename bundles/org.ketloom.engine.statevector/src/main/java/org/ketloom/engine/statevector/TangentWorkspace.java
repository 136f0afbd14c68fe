package org.ketloom.engine.statevector;

import org.ketloom.api.circuit.Angle;
import org.ketloom.api.engine.Inputs;

/**
 * What one thread works with when derivatives along a direction are carried along, in double
 * precision.
 */
final class TangentWorkspace {
  /** The state, and its adjoint. */
  final Workspace main;

  /** The derivatives of both along the direction, where state and adjoint are. */
  final Workspace tangent;

  /** The state, and its derivative. */
  final BlockState[] states;

  /** Room for a state. */
  final double[] room;

  /** Room for one step's matrices, gathered sums and generator. */
  final double[] matrix = new double[FusedGateStep.MATRIX];

  final double[] identity = new double[FusedGateStep.MATRIX];

  /** Room for what one set of pairs gathers, twice. */
  final double[] found = new double[2 * FusedGateStep.GATHERED];

  final double[] gather = new double[FusedGateStep.GATHERED];
  final double[] gatherTangent = new double[FusedGateStep.GATHERED];
  final double[] generator = new double[Su2Tangent.SIZE];

  /** Rates of the angles of one step's factors, {@code [factor][lane]}. */
  double[] rates = new double[0];

  /** Rates of the norms of prepared amplitudes, by lane. */
  final double[] normRates = new double[Kernels.LANES];

  /** Room for values of the outputs. */
  final double[] lanes;

  /** How the block's samples move; {@link #begin} sets it. */
  @SuppressWarnings("NullAway.Init")
  InputTangent inputTangent;

  /** Whether the state's derivative isn't zero at the step at hand. */
  boolean moving;

  TangentWorkspace(CircuitCompiler.Plan plan) {
    this.main = new Workspace(plan, 0, 1);
    this.tangent = new Workspace(plan, 0, 1);
    int vectors = plan.layout().vectors();
    this.states = new BlockState[2];
    int next = 0;
    for (Workspace work : new Workspace[] {main, tangent}) {
      states[next++] =
          new BlockState(plan.arithmetic().storage(), vectors, plan.sampleAngles().size(), 0);
      work.lambda = new double[vectors * Kernels.STRIDE];
      work.partial = new PartialSums(0, 0, 0, plan.circuit().hermitianEntries());
    }
    this.room = new double[vectors * Kernels.STRIDE];
    this.lanes = new double[plan.circuit().outputs() * Kernels.LANES];
    for (int l = 0; l < Kernels.LANES; l++) {
      identity[l] = 1;
      identity[3 * Kernels.STRIDE + l] = 1;
    }
  }

  double[] psi() {
    return (double[]) main.state.psi;
  }

  double[] psiTangent() {
    return (double[]) tangent.state.psi;
  }

  double[] lambda() {
    return (double[]) main.lambda;
  }

  double[] lambdaTangent() {
    return (double[]) tangent.lambda;
  }

  void begin(Inputs inputs, Prepared prepared, int first, int count, InputTangent inputTangent) {
    this.inputTangent = inputTangent;
    main.state = states[0];
    tangent.state = states[1];
    for (Workspace work : new Workspace[] {main, tangent}) {
      work.inputs = inputs;
      work.prepared = prepared;
      work.first = first;
      work.count = count;
    }
  }

  /** Finds the rates of a product's angles, and whether there is one that isn't zero. */
  boolean findRates(Su2Tangent tangent) {
    if (rates.length < tangent.size() * Kernels.LANES) {
      rates = new double[tangent.size() * Kernels.LANES];
    }
    boolean any = false;
    for (int f = 0; f < tangent.size(); f++) {
      for (int l = 0; l < Kernels.LANES; l++) {
        double rate = 0;
        // Lanes beyond the last sample repeat it, and so do amplitudes of one sample.
        int row = Math.min(l, main.count - 1);
        for (Angle angle : tangent.factor(f).angles()) {
          if (angle.source() != Angle.Source.CONSTANT) {
            rate += angle.scale() * inputTangent.rate(angle.source(), angle.index(), row);
          }
        }
        rates[f * Kernels.LANES + l] = rate;
        any |= rate != 0;
      }
    }
    return any;
  }
}
