package org.ketloom.engine.statevector;

import java.util.Arrays;
import java.util.List;

/**
 * Reads all trainable Hermitians on the same wires, by contraction: each is a sum over the entries
 * of the wires' reduced density matrix, which is made once for all of them.
 */
final class HermitianReadout implements Readout {
  /** Where one Hermitian's value and its entries lie. */
  record Place(int output, int firstEntry) {}

  private final Storage<Object> storage;
  private final Groups groups;
  private final List<Place> places;
  private final Groups.Work density;
  private final Groups.Work hermitianTimesState;

  /**
   * Makes it.
   *
   * @param groups of the wires, in parts
   */
  HermitianReadout(Arithmetic arithmetic, Groups groups, List<Place> places) {
    int[] masks = groups.tileMasks();
    Kernels<Object> kernels = arithmetic.kernels();
    this.storage = arithmetic.storage();
    this.groups = groups;
    this.places = List.copyOf(places);
    this.density =
        (work, psi, lambda, plan, part) -> {
          kernels.addDensity(psi, plan, part, masks, work.density);
          storage.carry(work.density, entries() * Kernels.LANES, work.densityNumbers);
        };
    this.hermitianTimesState =
        (work, psi, lambda, plan, part) ->
            kernels.addHermitianTimesState(psi, lambda, plan, part, masks, work.weightedStored);
  }

  /** Number of entries of each Hermitian. */
  int entries() {
    return groups.masks().length * groups.masks().length;
  }

  @Override
  public void values(Workspace work, double[] sums) {
    double[] density = findDensity(work);
    double[] given = work.inputs.hermitianEntries();
    for (int p = 0; p < places.size(); p++) {
      Place place = places.get(p);
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
    double[] density = findDensity(work);
    double[] given = work.inputs.hermitianEntries();
    double[] gradient = work.partial.hermitianEntries;
    double[] weighted = work.weightedNumbers;
    Arrays.fill(weighted, 0, entries() * Kernels.LANES, 0);
    for (int p = 0; p < places.size(); p++) {
      Place place = places.get(p);
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
    work.weightedStored = storage.stored(weighted, entries() * Kernels.LANES, work.weighted);
    for (work.part = work.first(groups.parts());
        work.part < work.end(groups.parts());
        work.part++) {
      groups.run(work.state.psi, work.lambda, work, Groups.Changed.LAMBDA, hermitianTimesState);
    }
  }

  private double[] findDensity(Workspace work) {
    storage.fill(work.density, 0, entries() * Kernels.LANES, 0);
    Arrays.fill(work.densityNumbers, 0, entries() * Kernels.LANES, 0);
    for (work.part = work.first(groups.parts());
        work.part < work.end(groups.parts());
        work.part++) {
      groups.run(work.state.psi, work, Groups.Changed.NONE, this.density);
    }
    return storage.totals(work.density, work.densityNumbers);
  }

  @Override
  public double multiplyAdds() {
    return 2.0 * groups.masks().length * groups.amplitudes();
  }

  @Override
  public String what() {
    return places.size()
        + (places.size() == 1 ? " Hermitian of " : " Hermitians of ")
        + groups.masks().length
        + " rows";
  }

  @Override
  public String describe() {
    return "one reduced density matrix" + groups.describe();
  }
}
