package org.ketloom.runtime.internal.run;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Speed and time left, from training steps only; the first one, which warms up, is counted
 * separately.
 */
final class StepClock {
  private final LongSupplier nanoTime;
  private final long begin;
  private long first;
  private long firstImages;
  private long rest;
  private long restImages;
  private long count;

  /**
   * Begins now.
   *
   * @param nanoTime the time in nanoseconds
   */
  StepClock(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.begin = nanoTime.getAsLong();
  }

  /** A step that was made, and the time that it took. */
  void add(long nanos, int images) {
    if (count++ == 0) {
      first = nanos;
      firstImages = images;
    } else {
      rest += nanos;
      restImages += images;
    }
  }

  double imagesPerSecond() {
    return count > 1
        ? restImages * 1e9 / Math.max(1, rest)
        : firstImages * 1e9 / Math.max(1, first);
  }

  Duration left(long stepsLeft) {
    double each = count > 1 ? (double) rest / (count - 1) : first;
    return Duration.ofNanos((long) (each * stepsLeft));
  }

  Duration time() {
    return Duration.ofNanos(nanoTime.getAsLong() - begin);
  }
}
