package org.ketloom.nn;

import org.ketloom.nd4j.Nd4jBackend;
import org.nd4j.linalg.factory.Nd4j;

/** The one place through which this bundle touches ND4J first. */
final class Backend {
  private Backend() {}

  /**
   * Makes ND4J ready.
   *
   * @throws IllegalStateException as {@link Nd4jBackend#load()}
   */
  static void load() {
    Nd4jBackend.load();
    // Every array here is released by its owner: the collector need not be called for them.
    Nd4j.getMemoryManager().togglePeriodicGc(false);
  }
}
