package org.ketloom.shell.internal.console;

import java.util.concurrent.CountDownLatch;

/** Work that looks now and then whether it was interrupted, and then ends soon. */
public final class Interruption implements Interruptions.Work, AutoCloseable {
  private final Interruptions interruptions;
  private final CountDownLatch over = new CountDownLatch(1);
  private volatile boolean asked;

  /** The work begins. */
  public Interruption(Interruptions interruptions) {
    this.interruptions = interruptions;
    interruptions.add(this);
  }

  /** Whether it was asked to stop. */
  public boolean asked() {
    return asked;
  }

  @Override
  public void interrupt() {
    asked = true;
    try {
      over.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The work is over, and has said all that it had to. */
  @Override
  public void close() {
    over.countDown();
    interruptions.remove(this);
  }
}
