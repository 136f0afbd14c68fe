package org.ketloom.nn;

/** The classes that images are asked for. */
public final class Labels {
  private Labels() {}

  /**
   * Checks them.
   *
   * @param labels from 0, or -1 for any
   * @throws IllegalArgumentException naming the one that doesn't exist
   */
  public static void require(int[] labels, int classes) {
    for (int label : labels) {
      if (label < -1 || label >= classes) {
        throw new IllegalArgumentException(
            "there is no class " + label + "; the classes are 0 to " + (classes - 1));
      }
    }
  }
}
