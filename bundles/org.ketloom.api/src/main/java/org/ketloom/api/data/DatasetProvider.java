package org.ketloom.api.data;

import java.io.IOException;
import java.util.List;
import org.ketloom.api.part.Part;
import org.ketloom.api.part.PartKind;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Service: opens a data set. Where files are, how many images, and the like are options of the part
 * (see {@link Part}).
 */
@ConsumerType
public interface DatasetProvider extends Part {
  /** This kind of parts. */
  PartKind KIND = new PartKind("dataset", DatasetProvider.class);

  /** Part of a data set. */
  enum Split {
    /** Images to learn from. */
    TRAIN,
    /** Images that are held back. */
    TEST
  }

  /**
   * Opens the data set.
   *
   * @param split which part
   * @throws IOException naming the file that is missing, truncated or mislabelled, and the remedy
   * @throws IllegalArgumentException if the options don't fit together
   */
  Dataset open(Split split) throws IOException;

  /** Opens a data set as an earlier version of its provider did. */
  @FunctionalInterface
  interface Former {
    /** As {@link DatasetProvider#open}. */
    Dataset open(Split split) throws IOException;
  }

  /**
   * How earlier versions of this part opened this data set, where that gave other images, or split
   * them otherwise: a run that began with such images goes on with them, and is measured on what it
   * hasn't seen.
   *
   * @return the newest first; empty by default
   */
  default List<Former> former() {
    return List.of();
  }
}
