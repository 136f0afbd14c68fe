package org.ketloom.data.internal;

/**
 * How files become images and splits. What a run has learned from must be the same when it is
 * resumed, so a rule that gives other images than before is a new constant here.
 */
enum Reading {
  /**
   * As 0.1 read: EXIF orientation and the transparent level of grey PNGs are passed over, damaged
   * JPEGs and those of four channels are taken as the JVM decodes them, and the number of images
   * that are held back is cut off without regard to rounding (0.29 of 100 is 28).
   */
  FIRST,
  /** As the documentation says. */
  CURRENT
}
