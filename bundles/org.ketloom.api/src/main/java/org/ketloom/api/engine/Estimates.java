package org.ketloom.api.engine;

/**
 * Values that are means over random trajectories, with the errors of these means.
 *
 * @param values row-major {@code [batch][outputs]}
 * @param standardErrors one standard deviation of each value, estimated from the trajectories
 */
public record Estimates(double[] values, double[] standardErrors) {}
