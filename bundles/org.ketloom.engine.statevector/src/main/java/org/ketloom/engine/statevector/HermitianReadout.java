package org.ketloom.engine.statevector;

import java.util.Arrays;
import java.util.List;

/**
 * Reads all trainable Hermitians on the same wires, by contraction: each is a sum over the entries
 * of the wires' reduced density matrix, which is made once for all of them.
 *
 * @param masks masks of the basis states of the wires, as places
 * @param width samples at each place
 */
record HermitianReadout(Kernels kernels, IndexPlan plan, int[] masks, int width, List<Place> places)
    implements Readout {

  /** Where one Hermitian's value and its entries lie. */
  record Place(int output, int firstEntry) {}

  /** Number of entries of each Hermitian. */
  int entries() {
    return masks.length * masks.length;
  }

  @Override
  public void values(Workspace work, double[] sums) {
    double[] density = density(work);
    double[] given = work.inputs.hermitianEntries();
    for (Place place : places) {
      int to = place.output() * Kernels.LANES;
      for (int e = 0; e < entries(); e++) {
        double h = given[place.firstEntry() + e];
        for (int l = 0; l < Kernels.LANES; l++) {
          sums[to + l] += h * density[e * Kernels.LANES + l];
        }
      }
    }
  }

  @Override
  public void backward(Workspace work, double[] weights) {
    double[] density = density(work);
    double[] given = work.inputs.hermitianEntries();
    double[] gradient = work.partial.hermitianEntries;
    double[] weighted = work.weighted;
    Arrays.fill(weighted, 0, entries() * Kernels.LANES, 0);
    for (Place place : places) {
      int from = place.output() * Kernels.LANES;
      for (int e = 0; e < entries(); e++) {
        double h = given[place.firstEntry() + e];
        double sum = 0;
        for (int l = 0; l < Kernels.LANES; l++) {
          double w = weights[from + l];
          sum += w * density[e * Kernels.LANES + l];
          weighted[e * Kernels.LANES + l] += w * h;
        }
        gradient[place.firstEntry() + e] += sum;
      }
    }
    kernels.addHermitianTimesState(work.state.psi, work.lambda, plan, masks, width, weighted);
  }

  private double[] density(Workspace work) {
    Arrays.fill(work.density, 0, entries() * Kernels.LANES, 0);
    kernels.addDensity(work.state.psi, plan, masks, width, work.density);
    return work.density;
  }
}
