package org.ketloom.engine.statevector;

import org.ketloom.api.circuit.Observable;

/**
 * Reads the expectation value of a trainable Hermitian by contraction on its wires.
 *
 * @param masks masks of the basis states of its wires, scaled by {@link Kernels#STRIDE}
 * @param index number among the program's Hermitians
 */
record HermitianReadout(
    Kernels kernels, IndexPlan plan, int[] masks, Observable.Hermitian observable, int index)
    implements Readout {

  @Override
  public int outputs() {
    return 1;
  }

  /** Lays the entries out as a full matrix. */
  void prepare(double[] entries, Prepared prepared) {
    double[] matrix = prepared.hermitians[index];
    int dim = masks.length;
    int start = observable.firstEntry();
    int upper = start + dim;
    int pairs = dim * (dim - 1) / 2;
    for (int r = 0; r < dim; r++) {
      matrix[2 * (r * dim + r)] = entries[start + r];
      matrix[2 * (r * dim + r) + 1] = 0;
      for (int c = r + 1; c < dim; c++) {
        matrix[2 * (r * dim + c)] = matrix[2 * (c * dim + r)] = entries[upper];
        matrix[2 * (r * dim + c) + 1] = entries[upper + pairs];
        matrix[2 * (c * dim + r) + 1] = -entries[upper + pairs];
        upper++;
      }
    }
  }

  @Override
  public void values(Workspace work, double[] sums) {
    kernels.addHermitianValue(work.state.psi, plan, masks, work.prepared.hermitians[index], sums);
  }

  @Override
  public void backward(Workspace work, double[] weights) {
    kernels.addHermitianTimesState(
        work.state.psi, work.lambda, plan, masks, work.prepared.hermitians[index], weights);
    kernels.addHermitianGradient(
        work.state.psi,
        plan,
        masks,
        weights,
        work.partial.hermitianEntries,
        observable.firstEntry());
  }
}
