package org.ketloom.tck;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.ketloom.api.data.ImageBatch;
import org.ketloom.api.data.ImageShape;
import org.ketloom.api.model.GenerativeModel;
import org.ketloom.api.model.GenerativeModelFactory;
import org.ketloom.api.model.ModelContext;
import org.ketloom.api.model.Progress;
import org.ketloom.api.model.StepResult;
import org.ketloom.api.model.Tensor;
import org.ketloom.api.random.SplitMix64;
import org.ketloom.tck.Calls.Violation;
import org.ketloom.tck.Finding.Check;

/** What runs, checkpoints and pictures rely on in a model. */
final class ModelCheck {
  /** Steps that are trained at most. */
  private static final int MAX_STEPS = 20;

  /** Products of matrices may add in another order for another number of rows. */
  private static final double ROUNDING = 1e-3;

  /** Models that memory is measured with. */
  private static final int MODELS = 8;

  private static final int IMAGES = 6;
  private static final long SEED = 11;

  private final GenerativeModelFactory factory;
  private final ModelContext context;
  private final LongSupplier nativeBytes;
  private final Calls calls;
  private final int steps;

  ModelCheck(
      GenerativeModelFactory factory, ModelContext context, LongSupplier nativeBytes, Calls calls) {
    this.factory = factory;
    this.context = context;
    this.nativeBytes = nativeBytes;
    this.calls = calls;
    this.steps = (int) Math.min(context.steps(), MAX_STEPS);
  }

  void require() throws Violation {
    requireNotNull("slots", calls.call("slots", factory::slots));
    requireNotNull("training", calls.call("training", factory::training));
    Map<String, Tensor> first;
    Map<String, Tensor> last;
    try (Opened watched = open()) {
      requireNotNull("circuits", calls.call("circuits", watched.model::circuits));
      requireParameters(watched.model);
      first = watched.state();
      last = requireTraining(watched, first);
      requireSampling(watched.model, watched);
      requireReconstructions(watched);
      requireRefusals(watched);
    }
    requireResumed(last);
    requireMemory();
  }

  /** A model, closed in limited time. */
  private final class Opened implements AutoCloseable {
    private final GenerativeModel<?> model;

    Opened(GenerativeModel<?> model) {
      this.model = model;
    }

    /** A copy, which later steps can't change. */
    Map<String, Tensor> state() throws Violation {
      Map<String, Tensor> state = calls.call("state", model::state);
      requireNotNull("state", state);
      Map<String, Tensor> copy = new LinkedHashMap<>();
      state.forEach((name, tensor) -> copy.put(name, copy(tensor)));
      return copy;
    }

    StepResult train(int step) throws Violation {
      StepResult result = calls.call("train, step " + step, () -> model.train(batch(step), step));
      requireNotNull("train, step " + step, result);
      try {
        return result.requireFinite();
      } catch (ArithmeticException e) {
        throw new Violation(
            Check.FINITE, "train, step " + step + ": " + e.getMessage() + ", expected a number");
      }
    }

    @Override
    public void close() throws Violation {
      calls.call(
          "close",
          () -> {
            model.close();
            return true;
          });
    }
  }

  private Opened open() throws Violation {
    GenerativeModel<?> model = calls.call("create", () -> factory.create(context));
    requireNotNull("create", model);
    return new Opened(model);
  }

  private void requireParameters(GenerativeModel<?> model) throws Violation {
    Map<String, Long> counts = calls.call("parameters", model::parameters);
    requireNotNull("parameters", counts);
    if (counts.values().stream().anyMatch(n -> n < 0)
        || counts.values().stream().mapToLong(Long::longValue).sum() < 1) {
      throw new Violation(
          Check.SHAPE, "parameters are " + counts + ", expected at least one and none below 0");
    }
  }

  /**
   * A training whose losses are measured before each step; the same without that gives the same.
   *
   * @return the state at its end
   */
  private Map<String, Tensor> requireTraining(Opened watched, Map<String, Tensor> first)
      throws Violation {
    try (Opened plain = open()) {
      requireSame(first, plain.state(), "create gives other weights for the same context");
      Map<String, Tensor> returned = calls.call("state", watched.model::state);
      for (int step = 0; step < steps; step++) {
        int number = step;
        Map<String, Tensor> before = watched.state();
        double loss =
            calls.call("loss, step " + step, () -> watched.model.loss(batch(number), number));
        requireSame(before, watched.state(), "loss, step " + step + ", changes the state");
        StepResult result = watched.train(step);
        if (Double.compare(loss, result.loss()) != 0) {
          throw new Violation(
              Check.AGREEMENT,
              "loss, step %d, gave %s, but train reported %s for the same arguments"
                  .formatted(step, loss, result.loss()));
        }
        StepResult again = plain.train(step);
        if (!result.equals(again)) {
          throw new Violation(
              Check.REPEATABLE,
              "train, step %d, gave %s in one model and %s in another of the same context"
                      .formatted(step, result.byName(), again.byName())
                  + "; only the first one was asked for its loss before");
        }
      }
      Map<String, Tensor> last = watched.state();
      requireSame(
          last,
          plain.state(),
          "two trainings of " + steps + " steps with the same context end in different states");
      requireSame(first, returned, "training changed what state had returned before");
      if (first.equals(last)) {
        throw new Violation(
            Check.AGREEMENT, steps + " steps of training didn't change anything in the state");
      }
      return last;
    }
  }

  /** A model that is restored half-way ends where the one that wasn't interrupted did. */
  private void requireResumed(Map<String, Tensor> last) throws Violation {
    int half = steps / 2;
    Map<String, Tensor> middle;
    try (Opened begun = open()) {
      for (int step = 0; step < half; step++) {
        begun.train(step);
      }
      middle = begun.state();
    }
    try (Opened resumed = open()) {
      restore(resumed, middle);
      requireSame(middle, resumed.state(), "restore, then state, gives another state");
      for (int step = half; step < steps; step++) {
        resumed.train(step);
      }
      requireSame(
          last,
          resumed.state(),
          "a model that is restored after step %d of %d ends in another state"
              .formatted(half, steps));
    }
  }

  private void restore(Opened opened, Map<String, Tensor> state) throws Violation {
    calls.call(
        "restore",
        () -> {
          opened.model.restore(state);
          return true;
        });
  }

  private void requireRefusals(Opened opened) throws Violation {
    Map<String, Tensor> state = opened.state();
    String name = state.keySet().iterator().next();
    Map<String, Tensor> missing = new LinkedHashMap<>(state);
    missing.remove(name);
    requireRefused(opened, missing, "without tensor \"" + name + "\"");
    Map<String, Tensor> more = new LinkedHashMap<>(state);
    more.put("no-such-tensor", Tensor.of(1));
    requireRefused(opened, more, "with an unknown tensor \"no-such-tensor\"");
    Map<String, Tensor> other = new LinkedHashMap<>(state);
    other.put(name, new Tensor(List.of(3, 1, 7), new float[21]));
    requireRefused(opened, other, "with tensor \"" + name + "\" in shape [3, 1, 7]");
  }

  private void requireRefused(Opened opened, Map<String, Tensor> damaged, String how)
      throws Violation {
    Map<String, Tensor> before = opened.state();
    try {
      restore(opened, damaged);
    } catch (IllegalArgumentException e) {
      requireSame(
          before,
          opened.state(),
          "restore of a state " + how + " is refused, but changes the model");
      return;
    }
    throw new Violation(
        Check.EXCEPTION,
        "restore of a state "
            + how
            + " was accepted, expected an IllegalArgumentException naming it");
  }

  private void requireReconstructions(Opened opened) throws Violation {
    Map<String, Tensor> before = opened.state();
    ImageBatch given = batch(0);
    Optional<ImageBatch> found =
        calls.call("reconstruct", () -> opened.model.reconstruct(batch(0)));
    requireNotNull("reconstruct", found);
    if (found.isPresent()
        && !(found.get().shape().equals(given.shape())
            && Arrays.equals(found.get().labels(), given.labels()))) {
      throw new Violation(
          Check.SHAPE,
          "reconstruct of %d images of %s gave %d of %s, expected as many with the same labels"
              .formatted(given.size(), given.shape(), found.get().size(), found.get().shape()));
    }
    requireSame(before, opened.state(), "reconstruct changes the state");
  }

  private <S extends Record> void requireSampling(GenerativeModel<S> model, Opened opened)
      throws Violation {
    S options = calls.call("samplingOptions", model::samplingOptions);
    requireNotNull("samplingOptions", options);
    Map<String, Tensor> before = opened.state();
    int[] labels = {0, context.classes() - 1, -1, 0, 0};
    ImageBatch all = sample(model, labels, SEED, options);
    int size = all.shape().size();
    for (int k = 0; k < all.pixels().length; k++) {
      float value = all.pixels()[k];
      if (!Float.isFinite(value)) {
        throw new Violation(
            Check.FINITE,
            "sample: image %d has value %s at place %d".formatted(k / size, value, k % size));
      }
    }
    ImageBatch again = sample(model, labels, SEED, options);
    for (int i = 0; i < labels.length; i++) {
      requireAlike(all, again, i, 0, "drawn again");
    }
    ImageBatch fewer = sample(model, Arrays.copyOf(labels, 2), SEED, options);
    for (int i = 0; i < 2; i++) {
      requireAlike(all, fewer, i, ROUNDING, "drawn without those after it");
    }
    int[] others = labels.clone();
    others[0] = context.classes() - 1;
    others[1] = 0;
    others[2] = 0;
    ImageBatch beside = sample(model, others, SEED, options);
    for (int i = 3; i < labels.length; i++) {
      requireAlike(all, beside, i, 0, "drawn beside images of other classes");
    }
    if (difference(all, 3, all, 4) == 0) {
      throw new Violation(
          Check.REPEATABLE,
          "sample: images 3 and 4 of one class are the same, expected other noise");
    }
    if (difference(all, 0, sample(model, labels, SEED + 1, options), 0) == 0) {
      throw new Violation(Check.REPEATABLE, "sample: image 0 is the same with another seed");
    }
    requireStops(model, labels, options);
    requireSame(before, opened.state(), "sample changes the state");
  }

  private <S extends Record> ImageBatch sample(
      GenerativeModel<S> model, int[] labels, long seed, S options) throws Violation {
    long[] told = {0, 1};
    Progress progress =
        (done, total) -> {
          told[0] = done < told[0] || done > total ? Long.MIN_VALUE : done;
          told[1] = total;
          return true;
        };
    ImageBatch images =
        calls.call("sample", () -> model.sample(labels.clone(), seed, options, progress));
    requireNotNull("sample", images);
    ImageShape shape = calls.call("drawnShape", model::drawnShape).orElse(context.images());
    if (!images.shape().equals(shape) || images.size() != labels.length) {
      throw new Violation(
          Check.SHAPE,
          "sample of %d images gave %d of %s, expected %s"
              .formatted(labels.length, images.size(), images.shape(), shape));
    }
    if (told[0] < 0) {
      throw new Violation(
          Check.SHAPE, "sample: progress goes back or beyond its total of " + told[1] + " pieces");
    }
    return images;
  }

  private <S extends Record> void requireStops(GenerativeModel<S> model, int[] labels, S options)
      throws Violation {
    boolean[] asked = {false};
    boolean stopped =
        calls.call(
            "sample that is stopped",
            () -> {
              try {
                model.sample(
                    labels,
                    SEED,
                    options,
                    (done, total) -> {
                      asked[0] = true;
                      return false;
                    });
                return false;
              } catch (CancellationException e) {
                return true;
              }
            });
    if (!asked[0]) {
      throw new Violation(Check.TIME, "sample never tells its progress");
    }
    if (!stopped) {
      throw new Violation(
          Check.EXCEPTION,
          "sample goes on after progress asked to stop, expected a CancellationException");
    }
  }

  private static void requireAlike(
      ImageBatch a, ImageBatch b, int image, double tolerance, String how) throws Violation {
    double difference = difference(a, image, b, image);
    if (difference > tolerance) {
      throw new Violation(
          Check.REPEATABLE,
          "sample: image %d differs by %s when it is %s; it may depend on the seed, its place and its"
                  .formatted(image, difference, how)
              + " label alone");
    }
  }

  /** Greatest difference of a value of two images. */
  private static double difference(ImageBatch a, int i, ImageBatch b, int j) {
    int size = a.shape().size();
    double greatest = 0;
    for (int k = 0; k < size; k++) {
      greatest = Math.max(greatest, Math.abs(a.pixels()[i * size + k] - b.pixels()[j * size + k]));
    }
    return greatest;
  }

  /**
   * What models leave behind that are closed one after the other, beside what as many hold that are
   * open at a time: libraries may keep something for the next one.
   */
  private void requireMemory() throws Violation {
    openAndClose();
    long before = nativeBytes.getAsLong();
    for (int i = 0; i < MODELS; i++) {
      openAndClose();
    }
    long left = nativeBytes.getAsLong() - before;
    List<Opened> open = new ArrayList<>();
    try {
      before = nativeBytes.getAsLong();
      for (int i = 0; i < MODELS; i++) {
        Opened opened = open();
        open.add(opened);
        opened.train(0);
      }
      long held = nativeBytes.getAsLong() - before;
      if (left > held / 2) {
        throw new Violation(
            Check.MEMORY,
            "%d models that were closed left %d bytes of memory, as many open ones hold %d"
                .formatted(MODELS, left, held));
      }
    } finally {
      for (Opened opened : open) {
        opened.close();
      }
    }
  }

  private void openAndClose() throws Violation {
    try (Opened opened = open()) {
      opened.train(0);
    }
  }

  /** The images of a step: a shade for each class, and noise. */
  private ImageBatch batch(long step) {
    int size = context.images().size();
    float[] pixels = new float[IMAGES * size];
    int[] labels = new int[IMAGES];
    for (int i = 0; i < IMAGES; i++) {
      SplitMix64 random = new SplitMix64(SEED + step * IMAGES + i);
      labels[i] = i % context.classes();
      double shade = (labels[i] + 0.5) / context.classes() - 0.5;
      for (int k = 0; k < size; k++) {
        pixels[i * size + k] = (float) (shade + random.nextDouble() - 0.5);
      }
    }
    return new ImageBatch(context.images(), pixels, labels);
  }

  private static Tensor copy(Tensor tensor) {
    Object values = tensor.values();
    if (values instanceof float[] f) {
      return new Tensor(tensor.shape(), f.clone());
    }
    return new Tensor(
        tensor.shape(), values instanceof double[] d ? d.clone() : ((long[]) values).clone());
  }

  private static void requireSame(
      Map<String, Tensor> expected, Map<String, Tensor> found, String otherwise) throws Violation {
    if (!expected.keySet().equals(found.keySet())) {
      throw new Violation(
          Check.REPEATABLE,
          otherwise + ": tensors are " + expected.keySet() + " and " + found.keySet());
    }
    for (Map.Entry<String, Tensor> entry : expected.entrySet()) {
      if (!entry.getValue().equals(found.get(entry.getKey()))) {
        throw new Violation(
            Check.REPEATABLE, otherwise + ": tensor \"" + entry.getKey() + "\" differs");
      }
    }
  }

  private static void requireNotNull(String what, @Nullable Object value) throws Violation {
    if (value == null) {
      throw new Violation(Check.SHAPE, what + " gave null");
    }
  }
}
