package org.ketloom.engine.trajectories;

/**
 * Trajectories of a sample that are run together. Where a sample is cut depends on nothing else in
 * the batch.
 *
 * @param sample its number
 * @param first number of the first trajectory
 * @param count of trajectories
 */
record Piece(int sample, int first, int count) {}
