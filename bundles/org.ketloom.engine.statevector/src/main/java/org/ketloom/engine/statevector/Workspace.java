package org.ketloom.engine.statevector;

import org.ketloom.api.circuit.Angle;
import org.ketloom.api.engine.Gradients;
import org.ketloom.api.engine.Inputs;

/** What one thread works with: the block at hand and buffers that are used again and again. */
final class Workspace implements Su2Product.Sink {
  private final Storage<Object> storage;

  /** Room for the matrix of a per-sample step. */
  final double[] matrix = new double[FusedGateStep.MATRIX];

  /** Room for that matrix as lanes need it. */
  final double[] arranged = new double[FusedGateStep.MATRIX];

  /** Room for it as kernels take it. */
  private final Object stored;

  /** Room for {@link Su2Product}. */
  final double[] product = new double[Su2Product.SIZE];

  /** Room for what a per-sample step gathers. */
  final double[] gather = new double[FusedGateStep.GATHERED];

  /** Room for what one set of pairs gathers, twice. */
  final Object found;

  final double[] foundNumbers = new double[FusedGateStep.GATHERED];

  /** Whether a block is one sample. */
  final boolean lanesAreAmplitudes;

  /** Values or weights of the circuit's outputs, {@code [output][lane]}. */
  final double[] lanes;

  /** Room for a reduced density matrix, {@code [entry][lane]}. */
  final Object density;

  final double[] densityNumbers;

  /** Room for a weighted sum of Hermitians, {@code [entry][lane]}. */
  final Object weighted;

  final double[] weightedNumbers;

  /** That sum as kernels take it. */
  Object weightedStored;

  /** Room for the probabilities, or a real factor, of some vectors. */
  final Object diagonal;

  final double[] diagonalNumbers;

  /** Room for {@link Groups}: amplitudes of the state and of lambda. */
  final Object tile;

  final Object lambdaTile;

  /** Room for {@link ProductStart}. */
  final double[] tables;

  /** Room for them as kernels take them. */
  final Object tablesStored;

  /** Which slice of a block's parts is this workspace's own, and of how many. */
  final int slice;

  final int slices;

  /** This alone, as the slices of a whole block. */
  final Workspace[] alone = {this};

  /** The part of the block that is being worked on. */
  int part;

  // What belongs to a call: whoever takes a workspace sets what the call needs before work begins.

  /** The adjoint of the final state under the weighted observables, laid out as psi. */
  @SuppressWarnings("NullAway.Init")
  Object lambda;

  @SuppressWarnings("NullAway.Init")
  Inputs inputs;

  @SuppressWarnings("NullAway.Init")
  Prepared prepared;

  @SuppressWarnings("NullAway.Init")
  BlockState state;

  @SuppressWarnings("NullAway.Init")
  PartialSums partial;

  @SuppressWarnings("NullAway.Init")
  Gradients gradients;

  /** Number of the block's first sample, and of its samples. */
  int first;

  int count;

  Workspace(CircuitCompiler.Plan plan, int slice, int slices) {
    this.slice = slice;
    this.slices = slices;
    this.lanesAreAmplitudes = plan.layout().laneBits() > 0;
    this.lanes = new double[plan.sizes().outputs() * Kernels.LANES];
    this.storage = plan.arithmetic().storage();
    this.stored = storage.array(FusedGateStep.MATRIX);
    this.found = storage.array(2 * FusedGateStep.GATHERED);
    this.density = storage.array(plan.room().density());
    this.densityNumbers = new double[plan.room().density()];
    this.weighted = storage.array(plan.room().density());
    this.weightedStored = weighted;
    this.weightedNumbers = new double[plan.room().density()];
    this.diagonal = storage.array(plan.room().diagonal());
    this.diagonalNumbers = new double[plan.room().diagonal()];
    this.tile = storage.array(plan.room().tile());
    this.lambdaTile = storage.array(plan.room().tile());
    this.tables = new double[plan.start().tableSize()];
    this.tablesStored = storage.array(plan.start().tableSize());
  }

  /** Lets go of what belongs to a call, so that a workspace at rest keeps none of it in memory. */
  @SuppressWarnings("NullAway")
  void release() {
    lambda = null;
    inputs = null;
    prepared = null;
    state = null;
    partial = null;
    gradients = null;
  }

  /** A matrix as kernels take it. */
  Object stored(double[] numbers) {
    return storage.stored(numbers, FusedGateStep.MATRIX, stored);
  }

  /** The first of some things that are shared out among the slices. */
  int first(int things) {
    return (int) ((long) slice * things / slices);
  }

  /** The end of this slice's things. */
  int end(int things) {
    return (int) ((slice + 1L) * things / slices);
  }

  @Override
  public void accept(Factor factor, double[] values, int start, double scale) {
    for (int a = 0; a < factor.angles().size(); a++) {
      Angle angle = factor.angles().get(a);
      double f = scale * angle.scale();
      switch (angle.source()) {
        case CONSTANT -> {}
        case WEIGHT -> {
          for (int l = 0; l < count; l++) {
            partial.weights[angle.index()] += f * values[start + l];
          }
        }
        case FEATURE -> addRows(gradients.features(), angle.index(), values, start, f);
        case SAMPLE -> addRows(gradients.sampleAngles(), angle.index(), values, start, f);
      }
    }
  }

  private void addRows(double[] rows, int index, double[] values, int start, double f) {
    int width = rows.length / inputs.batch();
    int to = first * width + index;
    for (int l = 0; l < count; l++, to += width) {
      rows[to] += f * values[start + l];
    }
  }
}
