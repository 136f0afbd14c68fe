package org.ketloom.api.circuit;

import java.util.List;

/**
 * A density matrix per sample, given by {@code 4^k} input features in the layout of {@link
 * Observable.Hermitian}, in which {@link Observable.DensityMatrix} reads one. It is divided by its
 * trace; engines differentiate through that division. A matrix that isn't positive semidefinite is
 * refused when it is run.
 *
 * @param wires the k wires, most significant first
 * @param firstFeature index of the first feature that is read
 */
public record DensityPreparation(List<Integer> wires, int firstFeature) implements Preparation {
  /** The largest number of wires. */
  public static final int MAX_WIRES = 10;

  /** Copies the wires. */
  public DensityPreparation {
    wires = List.copyOf(wires);
  }
}
