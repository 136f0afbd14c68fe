package org.ketloom.model.diffusion;

import org.ketloom.nn.Ways;

/** What a diffusion model draws. */
public enum Picture {
  /** Images of independent noises. */
  SAMPLES,
  /** Each row is one image on its way, from noise at the left to its end at the right. */
  TRAJECTORY;

  /**
   * The ways that images show.
   *
   * @param length images of a row of a trajectory
   */
  Ways ways(int images, int length, int steps) {
    return new Ways(images, this == TRAJECTORY ? length : 1, steps);
  }
}
