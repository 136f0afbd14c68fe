package org.ketloom.nn;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.ketloom.api.model.Tensor;

/** Puts a model's state back whole or not at all. */
public final class Restoring {
  private Restoring() {}

  /**
   * Restores.
   *
   * @param state the state to put back
   * @param before the state as it is
   * @param parts each takes what it knows from a state
   * @throws IllegalArgumentException naming the tensor that is missing, unknown or of another
   *     shape; the parts are then as before
   */
  public static void restore(
      Map<String, Tensor> state,
      Map<String, Tensor> before,
      List<Consumer<Map<String, Tensor>>> parts) {
    restore(state, before, name -> false, parts);
  }

  /**
   * Restores what may have more tensors than the model has now.
   *
   * @param optional tells the names of those
   */
  public static void restore(
      Map<String, Tensor> state,
      Map<String, Tensor> before,
      Predicate<String> optional,
      List<Consumer<Map<String, Tensor>>> parts) {
    Set<String> unknown = new TreeSet<>(state.keySet());
    unknown.removeAll(before.keySet());
    unknown.removeIf(optional);
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException("the model has no tensors " + unknown);
    }
    try {
      parts.forEach(part -> part.accept(state));
    } catch (IllegalArgumentException e) {
      parts.forEach(part -> part.accept(before));
      throw e;
    }
  }
}
