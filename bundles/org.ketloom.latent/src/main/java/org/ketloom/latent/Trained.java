package org.ketloom.latent;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.ketloom.api.model.Tensor;
import org.ketloom.nn.Adam;
import org.ketloom.nn.MovingAverage;
import org.ketloom.nn.ParameterStore;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * One of the networks with what training keeps of it: parameters, running statistics, and the
 * optimizer while it is needed.
 */
public final class Trained implements AutoCloseable {
  private final String name;
  private final ParameterStore store;
  private final ParameterStore statistics;
  private @Nullable Adam optimizer;
  private @Nullable MovingAverage average;

  /**
   * @param name begins the names of its tensors
   */
  public Trained(String name, long seed) {
    this.name = name;
    store = new ParameterStore(DataType.FLOAT, seed);
    statistics = new ParameterStore(DataType.FLOAT, seed);
  }

  public ParameterStore store() {
    return store;
  }

  public ParameterStore statistics() {
    return statistics;
  }

  public void optimizer(Adam chosen) {
    optimizer = chosen;
  }

  public boolean optimized() {
    return optimizer != null;
  }

  /** Keeps a moving average of the parameters from now on. */
  public void average(double decay) {
    average = new MovingAverage(store, decay);
  }

  /**
   * Puts the average in place of the parameters until the result is closed.
   *
   * @throws IllegalStateException if none is kept
   */
  public MovingAverage.Swap swapIn() {
    if (average == null) {
      throw new IllegalStateException(name + " has no moving average");
    }
    return average.swapIn();
  }

  /**
   * One optimizer step against the gradients, as long as they are.
   *
   * @return length of the vector of all gradients
   * @throws ArithmeticException naming a parameter whose gradient is NaN or infinite
   */
  public double step() {
    return step(Double.MAX_VALUE, () -> {});
  }

  /**
   * One optimizer step against the gradients.
   *
   * @param clip largest length of the vector of all gradients, which is shortened to it
   * @param constrain changes parameters that the step left where they may not be, before the
   *     average takes them in
   * @return its length before
   * @throws ArithmeticException naming a parameter whose gradient is NaN or infinite
   */
  public double step(double clip, Runnable constrain) {
    if (optimizer == null) {
      throw new IllegalStateException(name + " has no optimizer");
    }
    try {
      double norm = store.clipGradients(clip);
      optimizer.step();
      constrain.run();
      if (average != null) {
        average.update();
      }
      return norm;
    } catch (ArithmeticException e) {
      throw new ArithmeticException(name + ": " + e.getMessage());
    } finally {
      store.zeroGradients();
    }
  }

  /** Parameters and statistics by name. */
  public Map<String, Tensor> values() {
    Map<String, Tensor> values = new LinkedHashMap<>(store.state());
    values.putAll(statistics.state());
    return values;
  }

  /**
   * Puts parameters and statistics back.
   *
   * @throws IllegalArgumentException naming the tensor that doesn't fit
   */
  public void restoreValues(Map<String, Tensor> values) {
    store.restore(values);
    statistics.restore(values);
  }

  /** All by name, the optimizer's and the average's as far as there are any. */
  public Map<String, Tensor> state() {
    Map<String, Tensor> all = values();
    if (average != null) {
      all.putAll(average.state());
    }
    if (optimizer != null) {
      all.putAll(optimizer.state());
    }
    Map<String, Tensor> state = new LinkedHashMap<>();
    all.forEach((key, tensor) -> state.put(name + "/" + key, tensor));
    return state;
  }

  /**
   * Puts a state back; other names are left alone.
   *
   * @throws IllegalArgumentException naming the tensor that doesn't fit
   */
  public void restore(Map<String, Tensor> state) {
    Map<String, Tensor> own = new LinkedHashMap<>();
    state.forEach(
        (key, tensor) -> {
          if (key.startsWith(name + "/")) {
            own.put(key.substring(name.length() + 1), tensor);
          }
        });
    try {
      restoreValues(own);
      if (average != null) {
        average.restore(own);
      }
      if (optimizer != null) {
        optimizer.restore(own);
      }
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(name + ": " + e.getMessage(), e);
    }
  }

  /** Releases the optimizer: the network is trained. */
  public void finish() {
    if (optimizer != null) {
      optimizer.close();
      optimizer = null;
    }
  }

  @Override
  public void close() {
    finish();
    if (average != null) {
      average.close();
    }
    store.close();
    statistics.close();
  }
}
