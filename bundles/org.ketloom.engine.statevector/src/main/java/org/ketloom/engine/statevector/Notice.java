package org.ketloom.engine.statevector;

import java.util.concurrent.atomic.AtomicReference;

/** What the log is to say once, when a program is run for the first time. */
final class Notice {
  private final AtomicReference<String> message;

  /**
   * Makes it.
   *
   * @param message null for nothing
   */
  Notice(String message) {
    this.message = new AtomicReference<>(message);
  }

  void announce() {
    String left = message.getAndSet(null);
    if (left != null) {
      System.getLogger(Kernels.class.getName()).log(System.Logger.Level.INFO, left);
    }
  }
}
