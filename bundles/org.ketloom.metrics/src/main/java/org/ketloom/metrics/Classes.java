package org.ketloom.metrics;

/** What a classifier sees in images that a model has drawn. */
public final class Classes {
  private Classes() {}

  /**
   * Class agreement: the share of conditional samples that a classifier takes for the class that
   * was asked for (the classification accuracy of Ravuri and Vinyals, NeurIPS 2019, from the other
   * side). 1 is best.
   *
   * @param asked the class of each image; negative for any, which isn't counted
   * @param seen what the classifier takes it for
   * @throws IllegalArgumentException if no image has a class
   */
  public static double agreement(int[] asked, int[] seen) {
    if (asked.length != seen.length) {
      throw new IllegalArgumentException(
          "class agreement: " + asked.length + " classes asked for, " + seen.length + " seen");
    }
    int counted = 0;
    int equal = 0;
    for (int i = 0; i < asked.length; i++) {
      if (asked[i] >= 0) {
        counted++;
        equal += asked[i] == seen[i] ? 1 : 0;
      }
    }
    Samples.require("class agreement", "conditional", counted, 1);
    return (double) equal / counted;
  }

  /**
   * Entropy of the classes that a classifier sees in samples that were drawn without a class, over
   * its maximum: -sum p ln p / ln(classes). 1 for balanced classes, 0 where only one is left (mode
   * collapse). Of n samples of balanced classes it is about (classes - 1) / (2 n ln classes) too
   * small.
   *
   * @param seen class of each image, from 0
   * @param classes number of classes, at least 2
   * @throws IllegalArgumentException if there are fewer samples than classes
   */
  public static double entropy(int[] seen, int classes) {
    if (classes < 2) {
      throw new IllegalArgumentException("entropy of classes: " + classes + " class");
    }
    Samples.require("entropy of " + classes + " classes", "", seen.length, classes);
    double[] counts = new double[classes];
    for (int c : seen) {
      counts[c]++;
    }
    double entropy = 0;
    for (double count : counts) {
      if (count > 0) {
        double p = count / seen.length;
        entropy -= p * Math.log(p);
      }
    }
    return entropy / Math.log(classes) + 0.0;
  }
}
