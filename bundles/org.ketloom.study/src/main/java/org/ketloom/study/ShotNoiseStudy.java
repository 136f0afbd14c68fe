package org.ketloom.study;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;

/**
 * How well a trained model draws when the outputs of its circuit are estimated from a finite number
 * of measurements: the metrics against that number. The study's folder holds {@code table.md},
 * {@code shot-noise.csv}, {@code shot-noise.svg}, {@code shot-noise-shares.svg}, and what was
 * measured of each point in {@code points/}.
 *
 * @param run folder of the trained run
 * @param epoch the checkpoint after this epoch; by default the last one
 * @param shots numbers of measurements in each basis; {@link #EXACT} for exact expectation values
 * @param seeds of the sampling
 * @param evaluation what is measured; its seed is not used, and its sampling must not set shots
 */
public record ShotNoiseStudy(
    Path run,
    OptionalInt epoch,
    List<Integer> shots,
    List<Long> seeds,
    EvaluationSettings evaluation)
    implements Study {

  /** Stands for exact expectation values among numbers of shots. */
  public static final int EXACT = 0;

  /** Sampling option of models with circuits that can be measured. */
  public static final String SHOTS = "shots";

  /**
   * Copies the lists; shots in ascending order, exact ones last.
   *
   * @throws IllegalArgumentException if a list is empty, a number of shots is negative, or the
   *     sampling sets shots
   */
  public ShotNoiseStudy {
    shots =
        shots.stream()
            .sorted(Comparator.comparing(s -> s == EXACT ? Integer.MAX_VALUE : s))
            .toList();
    seeds = List.copyOf(seeds);
    if (shots.isEmpty() || seeds.isEmpty() || shots.get(0) < 0) {
      throw new IllegalArgumentException(
          "shots and seeds must not be empty or negative, found " + shots + " and " + seeds);
    }
    if (evaluation.sampling().containsKey(SHOTS)) {
      throw new IllegalArgumentException("sampling must not set shots: the study varies them");
    }
  }
}
