package org.ketloom.study.internal;

import java.time.Duration;
import java.util.Optional;

/** Time that is left, from the parts that were worked on since the study began. */
final class WorkClock {
  private long begin = System.nanoTime();
  private int open;
  private long spent;
  private int finished;

  /**
   * A part begins.
   *
   * @param left parts that are open, with this one
   */
  void begin(int left) {
    begin = System.nanoTime();
    open = left;
  }

  /** The part that was begun is over. */
  void end() {
    spent += System.nanoTime() - begin;
    finished++;
  }

  /** Seconds since the part was begun. */
  double seconds() {
    return (System.nanoTime() - begin) / 1e9;
  }

  /**
   * Time that is left; empty where too little was done to tell.
   *
   * @param share of the part that was begun which is done, 0 to 1
   */
  Optional<Duration> left(double share) {
    if (finished == 0 && share < 0.02) {
      return Optional.empty();
    }
    double each = finished > 0 ? (double) spent / finished : (System.nanoTime() - begin) / share;
    return Optional.of(Duration.ofNanos((long) (each * (open - Math.min(1, share)))));
  }

  /** Time that is left where the share of a part isn't known; empty for the first part. */
  Optional<Duration> left() {
    if (finished == 0) {
      return Optional.empty();
    }
    long each = spent / finished;
    long ofThis = Math.max(0, each - (System.nanoTime() - begin));
    return Optional.of(Duration.ofNanos(each * (open - 1) + ofThis));
  }
}
