package org.ketloom.api.data;

import java.io.IOException;
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
}
