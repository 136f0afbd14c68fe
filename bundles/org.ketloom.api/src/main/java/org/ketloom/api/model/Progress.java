package org.ketloom.api.model;

import org.osgi.annotation.versioning.ConsumerType;

/** Is told how far a long piece of work has come. */
@ConsumerType
@FunctionalInterface
public interface Progress {

  /**
   * Called after each piece of work.
   *
   * @param done pieces done
   * @param total all pieces
   * @return false to ask the work to stop
   */
  boolean update(long done, long total);
}
