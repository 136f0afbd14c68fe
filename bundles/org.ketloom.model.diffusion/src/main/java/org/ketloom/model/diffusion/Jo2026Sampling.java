package org.ketloom.model.diffusion;

import org.ketloom.api.part.Option;

/**
 * How {@link Jo2026} draws: from a random unit vector, one pass of the network for each step from T
 * to 1, the moduli of the last vector's entries.
 *
 * @param picture what is drawn
 * @param length images per row of a trajectory, at least 2
 * @param faithful whether what is left {@code auto} is as the release draws images for its FID
 * @param unlabelled which class's angles draw images whose class is left open
 * @param brightness how moduli become pixels
 * @param alwaysFirstStep quirk of the release's stand-alone script: whether every pass uses the
 *     angles of step 1
 */
public record Jo2026Sampling(
    @Option(
            value = "samples, or trajectory: rows from noise to the image",
            defaultValue = "samples")
        Picture picture,
    @Option(value = "images per row of a trajectory", defaultValue = "8", range = "[2,)")
        int length,
    @Option(
            value =
                "what is auto below: true: as the release draws images for its FID; false:"
                    + " otherwise",
            defaultValue = "false")
        boolean faithful,
    @Option(
            value =
                "the class of images whose class is left open: first (as released), random, or as"
                    + " faithful says",
            defaultValue = "auto")
        Unlabelled unlabelled,
    @Option(
            value =
                "peak: the largest modulus is white; norm: as released, nearly black; auto: as"
                    + " faithful says",
            defaultValue = "auto")
        Brightness brightness,
    @Option(
            value =
                "whether every pass uses the angles of step 1, as the release's stand-alone script",
            defaultValue = "false")
        boolean alwaysFirstStep) {

  /** Whether images whose class is left open are of class 0. */
  boolean drawsFirst() {
    return unlabelled == Unlabelled.AUTO ? faithful : unlabelled == Unlabelled.FIRST;
  }

  /** Whether a modulus of 1 is white. */
  boolean normed() {
    return brightness == Brightness.AUTO ? faithful : brightness == Brightness.NORM;
  }

  /** The class of an image whose class is left open. */
  public enum Unlabelled {
    /** First if faithful, else random. */
    AUTO,
    /** Any, at random for each image. */
    RANDOM,
    /** Class 0, quirk of the release: its FID is that of images drawn with the angles of 0. */
    FIRST
  }

  /** How the moduli of a unit vector become pixels. */
  public enum Brightness {
    /** Norm if faithful, else peak. */
    AUTO,
    /** The largest becomes white. */
    PEAK,
    /** A modulus of 1 would be white, quirk of the release: its FID compares such images. */
    NORM
  }
}
