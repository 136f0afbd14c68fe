package org.ketloom.nn;

/** Factor of the learning rate by step. */
@FunctionalInterface
public interface Schedule {

  /**
   * The factor.
   *
   * @param step number of the step, from 0
   */
  double factor(long step);

  /** Always 1. */
  static Schedule constant() {
    return step -> 1;
  }

  /**
   * Rises in a straight line over the first {@code warmUp} steps, then falls along half a cosine to
   * {@code last} at {@code steps}, where it stays.
   */
  static Schedule warmUpCosine(long warmUp, long steps, double last) {
    if (warmUp < 0 || steps < warmUp) {
      throw new IllegalArgumentException(
          "schedule: warm-up of " + warmUp + " steps, of " + steps + " in all");
    }
    return step -> {
      if (step < warmUp) {
        return (step + 1.0) / warmUp;
      }
      double progress =
          steps == warmUp ? 1 : Math.min(1, (double) (step - warmUp) / (steps - warmUp));
      return last + (1 - last) * 0.5 * (1 + Math.cos(Math.PI * progress));
    };
  }

  /** Multiplied by {@code gamma} after every {@code every} steps. */
  static Schedule steps(long every, double gamma) {
    if (every < 1) {
      throw new IllegalArgumentException("schedule: a change every " + every + " steps");
    }
    return step -> {
      long changes = step / every;
      return Math.pow(gamma, (double) changes);
    };
  }
}
