package org.ketloom.runtime.internal.swap;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.ketloom.api.data.Dataset;
import org.ketloom.api.data.ImageBatch;
import org.ketloom.api.model.GenerativeModel;
import org.ketloom.api.model.StepResult;
import org.ketloom.api.model.Tensor;
import org.ketloom.files.Safetensors;
import org.ketloom.runtime.blueprint.Composition;
import org.ketloom.runtime.blueprint.ResolvedBlueprint;

/** Composes a run's model with other parts, and proves it before the run depends on it. */
public final class Recomposer {
  /** Images of the probe: it is there for what isn't finite, not for a good estimate. */
  private static final int PROBE = 4;

  /** Batches by which losses are compared, and the most images of each. */
  private static final int COMPARED = 4;

  private static final int COMPARED_IMAGES = 32;

  /** What an update may take to describe its circuit. */
  private static final long TIMEOUT_SECONDS = 20;

  /** What becomes of the weights. */
  public enum Weights {
    /** All are carried over; other names or shapes are refused. */
    EQUAL,
    /** Those of equal names and shapes are carried over, the others are initialised again. */
    CARRIED,
    /** All are initialised again. */
    FRESH
  }

  /** An update that doesn't fit, through no fault of its own. */
  public static final class Refused extends Exception {
    private static final long serialVersionUID = 1;

    Refused(String message) {
      super(message);
    }
  }

  /**
   * A model that was proved.
   *
   * @param state the state that it stands in
   */
  public record Candidate(Composition composition, Map<String, Tensor> state) {}

  private final Dataset data;
  private final int batchSize;

  /**
   * @param batchSize of the training, which no batch exceeds: there may be no memory for more
   */
  public Recomposer(Dataset data, int batchSize) {
    this.data = data;
    this.batchSize = batchSize;
  }

  /**
   * Composes, restores and probes; whatever is thrown, nothing is left of it.
   *
   * @param parts what it is composed from, leased by the caller
   * @param steps steps of the whole training
   * @param state of the run's model
   * @param step steps that were made
   * @throws Refused if the weights don't fit
   */
  public Candidate compose(
      ResolvedBlueprint parts, long steps, Weights weights, Map<String, Tensor> state, long step)
      throws Refused {
    Composition composition = composeInTime(parts, steps);
    try {
      GenerativeModel<?> model = composition.model();
      Map<String, Tensor> fresh = model.state();
      Map<String, Tensor> next = new LinkedHashMap<>(fresh);
      if (weights != Weights.FRESH) {
        List<String> differences = carry(state, next);
        if (weights == Weights.EQUAL && !differences.isEmpty()) {
          throw new Refused("its parameters differ: " + String.join("; ", differences));
        }
      }
      model.restore(next);
      probe(model, step);
      model.restore(next);
      return new Candidate(composition, next);
    } catch (Refused | RuntimeException | Error e) {
      try {
        composition.model().close();
      } catch (RuntimeException | Error suppressed) {
        e.addSuppressed(suppressed);
      }
      throw e;
    }
  }

  /**
   * Mean loss of a model on some fixed batches; the model stays as it is.
   *
   * @throws ArithmeticException if it is NaN or infinite
   */
  public double loss(GenerativeModel<?> model, long step) {
    double sum = 0;
    int size = size(COMPARED_IMAGES);
    for (int i = 0; i < COMPARED; i++) {
      int first = i * size;
      ImageBatch batch =
          data.get(IntStream.range(first, first + size).map(k -> k % data.size()).toArray());
      sum += StepResult.of(model.loss(batch, step)).requireFinite().loss();
    }
    return sum / COMPARED;
  }

  /** A whole step, forward and backward, that leaves everything finite. */
  private void probe(GenerativeModel<?> model, long step) {
    int size = size(PROBE);
    model.train(data.get(IntStream.range(0, size).toArray()), step).requireFinite();
    Safetensors.check(model.state());
  }

  private int size(int most) {
    return Math.min(most, Math.min(batchSize, data.size()));
  }

  /**
   * Puts into a new state what an old one has of the same name, type and shape.
   *
   * @return what differs, one line per tensor
   */
  private static List<String> carry(Map<String, Tensor> old, Map<String, Tensor> next) {
    List<String> differences = new ArrayList<>();
    next.replaceAll(
        (name, fresh) -> {
          Tensor before = old.get(name);
          if (before != null && before.toString().equals(fresh.toString())) {
            return before;
          }
          differences.add(
              name + " is " + fresh + ", " + (before == null ? "new" : "was " + before));
          return fresh;
        });
    old.keySet().stream()
        .filter(name -> !next.containsKey(name))
        .forEach(name -> differences.add(name + " is gone"));
    return differences;
  }

  /** A part that never returns must not hold up the run forever: its thread is abandoned. */
  private Composition composeInTime(ResolvedBlueprint parts, long steps) {
    CompletableFuture<Composition> result = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                Composition composition =
                    parts.compose(
                        data.shape(),
                        Math.max(1, data.classes().size()),
                        steps,
                        Optional.of(data.fingerprint()));
                if (!result.complete(composition)) {
                  composition.model().close();
                }
              } catch (Throwable e) {
                result.completeExceptionally(e);
              }
            },
            "ketloom-compose");
    thread.setDaemon(true);
    thread.start();
    try {
      return result.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      IllegalStateException late =
          new IllegalStateException(
              "it didn't describe its circuit within " + TIMEOUT_SECONDS + " s", e);
      if (result.completeExceptionally(late)) {
        throw late;
      }
      return result.join();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      if (e.getCause() instanceof Error cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      result.completeExceptionally(e);
      throw new IllegalStateException("composing was interrupted", e);
    }
  }
}
