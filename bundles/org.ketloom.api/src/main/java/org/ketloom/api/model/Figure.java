package org.ketloom.api.model;

/**
 * A figure that a model gives of itself on a data set.
 *
 * @param name words with dashes, for instance {@code reconstruction-mse}
 * @param value of all images together
 * @param images number of images that are in it
 * @param better what is best, for people: {@code lower}, {@code higher}
 */
public record Figure(String name, double value, int images, String better) {}
