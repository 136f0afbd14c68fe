package org.ketloom.nn;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.ketloom.api.model.Tensor;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Exponential moving average of parameters, a smoother version of them to draw samples with. The
 * decay starts low, at (1 + n) / (10 + n) after n updates, so that the first values are soon
 * forgotten.
 */
public final class MovingAverage implements AutoCloseable {
  private static final String UPDATES = "ema.updates";

  private final ParameterStore store;
  private final double decay;
  private final Map<String, INDArray> averages = new HashMap<>();
  private final Map<String, INDArray> aside = new HashMap<>();
  private long updates;

  /** Puts the trained values back when it is closed. */
  public interface Swap extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * An average that starts at the values as they are.
   *
   * @param decay share of the old average that an update keeps in the long run, in [0, 1)
   */
  public MovingAverage(ParameterStore store, double decay) {
    if (!(decay >= 0 && decay < 1)) {
      throw new IllegalArgumentException("moving average: decay " + decay + " is not in [0, 1)");
    }
    this.store = store;
    this.decay = decay;
    store
        .groups()
        .forEach(
            (name, g) -> {
              INDArray average = store.like(g);
              Kernels.copy(g.values(), average);
              averages.put(name, average);
            });
  }

  /** Takes the present values in. */
  public void update() {
    double d = Math.min(decay, (1.0 + updates) / (10.0 + updates));
    store
        .groups()
        .forEach(
            (name, g) -> {
              INDArray average = average(name);
              Kernels.scale(average, d, average);
              Kernels.axpy(1 - d, g.values(), average);
            });
    updates++;
  }

  /**
   * Puts the average in place of the parameters until the result is closed.
   *
   * @throws IllegalStateException if it is in their place already
   */
  public Swap swapIn() {
    if (!aside.isEmpty()) {
      throw new IllegalStateException("the moving average is already in place");
    }
    store
        .groups()
        .forEach(
            (name, g) -> {
              INDArray trained = store.like(g);
              Kernels.copy(g.values(), trained);
              aside.put(name, trained);
              Kernels.copy(average(name), g.values());
            });
    return this::swapOut;
  }

  private void swapOut() {
    aside.forEach(
        (name, trained) -> {
          Kernels.copy(trained, store.group(name).values());
          trained.close();
        });
    aside.clear();
  }

  /** The averages by name, {@code ema/<parameter>}, and the number of updates. */
  public Map<String, Tensor> state() {
    Map<String, Tensor> state = new LinkedHashMap<>();
    store.parameters().forEach(p -> state.put("ema/" + p.name(), store.tensor(p, average(p))));
    state.put(UPDATES, Tensor.of(updates));
    return state;
  }

  /**
   * Puts a state back; other names are left alone.
   *
   * @throws IllegalArgumentException naming the tensor that is missing or of another shape or type;
   *     nothing is changed then
   */
  public void restore(Map<String, Tensor> state) {
    store.parameters().forEach(p -> store.check(p, "ema/", state));
    Tensor count = state.get(UPDATES);
    if (count == null || count.longs().length != 1) {
      throw new IllegalArgumentException("tensor " + UPDATES + " is missing or not one number");
    }
    store
        .parameters()
        .forEach(p -> ParameterStore.write(store.check(p, "ema/", state), average(p)));
    updates = count.longs()[0];
  }

  /** Gives the memory back to the system. */
  @Override
  public void close() {
    aside.values().forEach(INDArray::close);
    aside.clear();
    averages.values().forEach(INDArray::close);
    averages.clear();
  }

  private INDArray average(Parameter p) {
    return store.group(p.group()).part(average(p.group()), p);
  }

  private INDArray average(String group) {
    return Objects.requireNonNull(averages.get(group), group);
  }
}
