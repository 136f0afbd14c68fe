package org.ketloom.runtime.internal.swap;

import java.io.IOException;

/** What a policy does with updates at the boundaries of a run, on the run's thread. */
interface PolicyHandler {

  /** Whether it wants a boundary before the epoch ends; asked before every step. */
  default boolean isUrgent() {
    return false;
  }

  /** The run is between two steps, and nobody has asked for a swap by hand. */
  default void atBoundary() throws IOException {}

  /** The run is about to make a step: what takes long begins beside it. */
  default void beforeStep() {}

  /** What is being prepared isn't wanted any more. */
  default void close() {}
}
