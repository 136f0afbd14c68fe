package org.ketloom.nn;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.ketloom.api.model.Tensor;

/** Says which quantity went first when a training diverges. */
public final class Divergence {
  /**
   * Eigenvalues of trainable observables beyond this have run away: single precision has no digits
   * left for the pixels.
   */
  public static final double LARGEST_EIGENVALUE = 1e5;

  private Divergence() {}

  /**
   * What a failed step is to throw.
   *
   * @param thrown what was thrown in it
   * @param step number of the step, from 0
   * @param stores the model's parameters
   * @param rates learning rates by the names of the options that set them
   * @return an {@link ArithmeticException} if a quantity isn't finite, else what was thrown
   */
  public static RuntimeException explain(
      RuntimeException thrown, long step, List<ParameterStore> stores, Map<String, Double> rates) {
    String message = String.valueOf(thrown.getMessage());
    String culprit =
        stores.stream().map(Divergence::culprit).filter(c -> !c.isEmpty()).findFirst().orElse("");
    if (culprit.isEmpty()) {
      boolean input = message.contains("NaN") || message.contains("Infinity");
      if (!(thrown instanceof ArithmeticException)
          && !(thrown instanceof IllegalArgumentException && input)) {
        return thrown;
      }
      culprit = message;
    }
    ArithmeticException divergence =
        new ArithmeticException(
            "training diverged at step "
                + (step + 1)
                + ": "
                + culprit
                + "; lower the learning rates ("
                + rates.entrySet().stream()
                    .map(e -> e.getKey() + "=" + e.getValue())
                    .collect(Collectors.joining(", "))
                + "), or look for pixels that are not numbers");
    divergence.initCause(thrown);
    return divergence;
  }

  /**
   * A quantity of a training step.
   *
   * @param name of the quantity
   * @throws ArithmeticException if it is NaN or infinite
   */
  public static double requireFinite(String name, double value) {
    if (!Double.isFinite(value)) {
      throw new ArithmeticException(name + " became " + value);
    }
    return value;
  }

  /**
   * Refuses a spectrum that has run away.
   *
   * @param name of the quantity
   * @param eigenvalue its value
   * @throws ArithmeticException if it is beyond {@link #LARGEST_EIGENVALUE} or not finite
   */
  public static void checkEigenvalue(String name, double eigenvalue) {
    if (!(Math.abs(eigenvalue) <= LARGEST_EIGENVALUE)) {
      throw new ArithmeticException(
          name + " became " + eigenvalue + ", beyond +-" + LARGEST_EIGENVALUE);
    }
  }

  /** The first parameter with a value that isn't finite. */
  private static String culprit(ParameterStore store) {
    for (Map.Entry<String, Tensor> entry : store.state().entrySet()) {
      Object values = entry.getValue().values();
      double[] all =
          values instanceof float[] floats ? doubles(floats) : entry.getValue().doubles();
      for (double value : all) {
        if (!Double.isFinite(value)) {
          return "parameter " + entry.getKey() + " became " + value + " in the step before";
        }
      }
    }
    return "";
  }

  private static double[] doubles(float[] floats) {
    double[] doubles = new double[floats.length];
    for (int i = 0; i < floats.length; i++) {
      doubles[i] = floats[i];
    }
    return doubles;
  }
}
