package org.ketloom.model.latentflow;

import org.ketloom.api.engine.Shots;

/** Leads noise to data, a step at a time. */
interface Solver {

  /** The field for all samples of a chunk. */
  interface Field {
    /** v at a place, for x and like it: row-major {@code [n][latents]}. */
    double[] at(double[] x, Path.Place place, Shots shots);
  }

  /** Adds noise of a step and a deviation to all samples of a chunk. */
  interface Noisy {
    void add(double[] x, int step, double deviation);
  }

  /**
   * Refuses what it can't do.
   *
   * @throws IllegalArgumentException naming the option
   */
  void require(SamplingOptions how);

  /**
   * One step.
   *
   * @param x row-major {@code [n][latents]}; changed
   * @param step number of the step, from 0 to steps - 1
   * @param shots of the chunk; each time the field is asked gets a seed of its own
   */
  void step(double[] x, int step, SamplingOptions how, Shots shots, Field field, Noisy noisy);
}
