package org.ketloom.nn;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.ketloom.api.model.Tensor;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Adam (Kingma and Ba, 2015, algorithm 1) and AdamW (Loshchilov and Hutter, "Decoupled weight decay
 * regularization", 2019, algorithm 2), with hyper-parameters per group of parameters.
 */
public final class Adam implements AutoCloseable {
  private static final String STEP = "adam.step";

  /**
   * Hyper-parameters of a group.
   *
   * @param rate learning rate, before the schedule
   * @param beta1 decay of the mean of the gradients, in [0, 1)
   * @param beta2 decay of the mean of their squares, in [0, 1)
   * @param epsilon added to the root of the latter
   * @param weightDecay 0 for none
   * @param decoupled true: AdamW, the decay acts on the values, times the rate; false: it is added
   *     to the gradient
   */
  public record Options(
      double rate,
      double beta1,
      double beta2,
      double epsilon,
      double weightDecay,
      boolean decoupled) {

    /** Checks the ranges. */
    public Options {
      if (!(rate >= 0
          && beta1 >= 0
          && beta1 < 1
          && beta2 >= 0
          && beta2 < 1
          && epsilon > 0
          && weightDecay >= 0)) {
        throw new IllegalArgumentException(
            "Adam: rate and weight decay must not be negative, betas lie in [0, 1), epsilon is"
                + " positive; found rate "
                + rate
                + ", betas "
                + beta1
                + " and "
                + beta2
                + ", epsilon "
                + epsilon
                + ", weight decay "
                + weightDecay);
      }
    }

    /** Adam with the paper's betas 0.9 and 0.999 and epsilon 1e-8. */
    public static Options adam(double rate) {
      return new Options(rate, 0.9, 0.999, 1e-8, 0, false);
    }

    /** AdamW with the same betas and epsilon. */
    public static Options adamW(double rate, double weightDecay) {
      return new Options(rate, 0.9, 0.999, 1e-8, weightDecay, true);
    }

    /** The same with other betas. */
    public Options betas(double first, double second) {
      return new Options(rate, first, second, epsilon, weightDecay, decoupled);
    }
  }

  private final ParameterStore store;
  private final Options defaults;
  private final Map<String, Options> options;
  private final Schedule schedule;
  private final Map<String, Moments> moments = new HashMap<>();
  private long step;

  private record Moments(INDArray m, INDArray v, INDArray update) {}

  /**
   * An optimizer of all parameters of a store.
   *
   * @param defaults for groups that {@code options} doesn't name
   * @param options by group
   */
  public Adam(
      ParameterStore store, Options defaults, Map<String, Options> options, Schedule schedule) {
    this.store = store;
    this.defaults = defaults;
    this.options = Map.copyOf(options);
    this.schedule = schedule;
    for (String group : this.options.keySet()) {
      if (!store.counts().containsKey(group)) {
        throw new IllegalArgumentException(
            "Adam: no parameter is in group " + group + "; groups are " + store.counts().keySet());
      }
    }
    store
        .groups()
        .forEach(
            (name, g) ->
                moments.put(name, new Moments(store.like(g), store.like(g), store.like(g))));
  }

  /** Number of steps taken. */
  public long steps() {
    return step;
  }

  /** The learning rate of a group's next step. */
  public double rate(String group) {
    return options.getOrDefault(group, defaults).rate() * schedule.factor(step);
  }

  /** One step against the gradients, which are set to zero after it. */
  public void step() {
    store.groups().forEach(this::step);
    step++;
    store.zeroGradients();
  }

  private void step(String name, ParameterStore.FlatGroup group) {
    Options o = options.getOrDefault(name, defaults);
    double rate = rate(name);
    Moments state = moments(name);
    if (o.weightDecay() > 0) {
      if (o.decoupled()) {
        Kernels.scale(group.values(), 1 - rate * o.weightDecay(), group.values());
      } else {
        Kernels.axpy(o.weightDecay(), group.values(), group.gradients());
      }
    }
    // ND4J adds epsilon before it corrects v for its bias, the algorithm after that.
    double epsilon = o.epsilon() * Math.sqrt(1 - Math.pow(o.beta2(), step + 1.0));
    Kernels.adam(
        group.gradients(),
        state.m(),
        state.v(),
        state.update(),
        rate,
        o.beta1(),
        o.beta2(),
        epsilon,
        step);
    Kernels.binary("subtract", group.values(), state.update(), group.values());
  }

  /** The moments by name, {@code adam.m/<parameter>} and {@code adam.v/<parameter>}, and step. */
  public Map<String, Tensor> state() {
    Map<String, Tensor> state = new LinkedHashMap<>();
    for (Parameter p : store.parameters()) {
      ParameterStore.FlatGroup group = store.group(p.group());
      Moments m = moments(p.group());
      state.put("adam.m/" + p.name(), store.tensor(p, group.part(m.m(), p)));
      state.put("adam.v/" + p.name(), store.tensor(p, group.part(m.v(), p)));
    }
    state.put(STEP, Tensor.of(step));
    return state;
  }

  /**
   * Puts a state back; other names are left alone.
   *
   * @throws IllegalArgumentException naming the tensor that is missing or of another shape or type;
   *     nothing is changed then
   */
  public void restore(Map<String, Tensor> state) {
    for (Parameter p : store.parameters()) {
      store.check(p, "adam.m/", state);
      store.check(p, "adam.v/", state);
    }
    Tensor steps = state.get(STEP);
    if (steps == null || steps.longs().length != 1) {
      throw new IllegalArgumentException("tensor " + STEP + " is missing or not one number");
    }
    for (Parameter p : store.parameters()) {
      ParameterStore.FlatGroup group = store.group(p.group());
      Moments m = moments(p.group());
      ParameterStore.write(store.check(p, "adam.m/", state), group.part(m.m(), p));
      ParameterStore.write(store.check(p, "adam.v/", state), group.part(m.v(), p));
    }
    step = steps.longs()[0];
  }

  private Moments moments(String group) {
    return Objects.requireNonNull(moments.get(group), group);
  }

  /** Gives the memory back to the system. */
  @Override
  public void close() {
    for (Moments m : moments.values()) {
      m.m().close();
      m.v().close();
      m.update().close();
    }
    moments.clear();
  }
}
