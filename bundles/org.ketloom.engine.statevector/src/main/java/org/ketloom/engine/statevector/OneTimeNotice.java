package org.ketloom.engine.statevector;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/** A message that is logged once, when a program is run for the first time. */
final class OneTimeNotice {
  private final AtomicReference<Optional<String>> message;

  OneTimeNotice(Optional<String> message) {
    this.message = new AtomicReference<>(message);
  }

  void announce() {
    message
        .getAndSet(Optional.empty())
        .ifPresent(
            text -> System.getLogger(Kernels.class.getName()).log(System.Logger.Level.INFO, text));
  }
}
