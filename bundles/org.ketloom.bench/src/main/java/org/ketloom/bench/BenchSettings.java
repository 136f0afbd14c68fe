package org.ketloom.bench;

import java.util.Optional;

/**
 * How a circuit is measured.
 *
 * @param pairs independent pairs of states, at least 2
 * @param estimator of the divergence; empty for {@link Estimator#of}
 * @param bins of the fidelities, at least 2
 * @param entropies states whose entropies are computed, at most twice the pairs
 * @param initialisations over which trainability is measured; 0 for not at all, else at least 3
 * @param seed of the inputs
 */
public record BenchSettings(
    int pairs,
    Optional<Estimator> estimator,
    int bins,
    int entropies,
    int initialisations,
    long seed) {
  private static final int DEFAULT_PAIRS = 5000;
  private static final int DEFAULT_ENTROPIES = 500;
  private static final int MAX_PAIRS = 100_000_000;

  /** The protocol of published figures: 5,000 pairs and 75 bins. */
  public static final BenchSettings DEFAULTS =
      new BenchSettings(
          DEFAULT_PAIRS, Optional.empty(), FidelityBins.DEFAULT_COUNT, DEFAULT_ENTROPIES, 0, 0);

  /** Checks the numbers. */
  public BenchSettings {
    require("pairs", pairs, 2, MAX_PAIRS);
    require("bins", bins, 2, 1_000_000);
    require("entropies", entropies, 0, Integer.MAX_VALUE);
    if (initialisations != 0) {
      require("initialisations", initialisations, 3, MAX_PAIRS);
    }
  }

  private static void require(String what, int found, int least, int most) {
    if (found < least || found > most) {
      throw new IllegalArgumentException(
          what + " must be from " + least + " to " + most + ", found " + found);
    }
  }

  /** The same with another number of pairs. */
  public BenchSettings withPairs(int count) {
    return new BenchSettings(count, estimator, bins, entropies, initialisations, seed);
  }

  /** The same with another estimator. */
  public BenchSettings withEstimator(Estimator other) {
    return new BenchSettings(pairs, Optional.of(other), bins, entropies, initialisations, seed);
  }

  /** The same with another seed. */
  public BenchSettings withSeed(long other) {
    return new BenchSettings(pairs, estimator, bins, entropies, initialisations, other);
  }

  /** The same with trainability over so many initialisations. */
  public BenchSettings withInitialisations(int count) {
    return new BenchSettings(pairs, estimator, bins, entropies, count, seed);
  }
}
