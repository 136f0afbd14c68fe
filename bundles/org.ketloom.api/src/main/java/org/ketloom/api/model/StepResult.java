package org.ketloom.api.model;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a training step reports.
 *
 * @param loss what was minimised, before the step changed the weights
 * @param quantities further numbers to watch, by name, in order; none is called {@code loss}
 */
public record StepResult(double loss, Map<String, Double> quantities) {
  private static final String LOSS = "loss";

  /**
   * Copies the quantities in their order.
   *
   * @throws IllegalArgumentException if one of them is called {@code loss}
   */
  public StepResult {
    quantities = Collections.unmodifiableMap(new LinkedHashMap<>(quantities));
    if (quantities.containsKey(LOSS)) {
      throw new IllegalArgumentException(
          "a step's loss is not one of its further quantities, found " + quantities.keySet());
    }
  }

  /** A loss and nothing else. */
  public static StepResult of(double loss) {
    return new StepResult(loss, Map.of());
  }

  /** All by name: {@code loss} first, then the quantities in order. */
  public Map<String, Double> byName() {
    Map<String, Double> all = new LinkedHashMap<>();
    all.put(LOSS, loss);
    all.putAll(quantities);
    return all;
  }

  /**
   * This result, if all of its numbers are finite.
   *
   * @throws ArithmeticException naming the first one that is NaN or infinite
   */
  public StepResult requireFinite() {
    byName()
        .forEach(
            (name, value) -> {
              if (!Double.isFinite(value)) {
                throw new ArithmeticException(name + " became " + value);
              }
            });
    return this;
  }
}
