package org.ketloom.api.model;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * All that a run is made from: data only.
 *
 * @param model the generative model
 * @param parts the model's parts by slot (see {@link Slot}), in order
 * @param data the data set
 * @param engine the engine that runs the circuits; empty for the fastest that can
 * @param training how long and in which batches it is trained
 * @param seed everything random in a run derives from it
 */
public record Blueprint(
    PartSelection model,
    Map<String, PartSelection> parts,
    PartSelection data,
    Optional<PartSelection> engine,
    Training training,
    long seed) {

  /** Copies the parts in their order. */
  public Blueprint {
    parts = Collections.unmodifiableMap(new LinkedHashMap<>(parts));
  }

  /** A Blueprint that leaves the engine open. */
  public Blueprint(
      PartSelection model,
      Map<String, PartSelection> parts,
      PartSelection data,
      Training training,
      long seed) {
    this(model, parts, data, Optional.empty(), training, seed);
  }

  /**
   * The training loop's settings.
   *
   * @param epochs passes through the data, at least 1
   * @param batchSize images per optimizer step, at least 1
   * @param checkpointEvery epochs between two checkpoints, at least 1
   * @param sampleEvery epochs between two sample grids; 0 for none but the last
   */
  public record Training(int epochs, int batchSize, int checkpointEvery, int sampleEvery) {

    /** Checks the ranges. */
    public Training {
      atLeast("epochs", epochs, 1);
      atLeast("batchSize", batchSize, 1);
      atLeast("checkpointEvery", checkpointEvery, 1);
      atLeast("sampleEvery", sampleEvery, 0);
    }

    private static void atLeast(String name, int value, int least) {
      if (value < least) {
        throw new IllegalArgumentException(
            name + " must be at least " + least + ", found " + value);
      }
    }
  }
}
