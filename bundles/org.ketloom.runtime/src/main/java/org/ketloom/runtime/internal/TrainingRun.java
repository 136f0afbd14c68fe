package org.ketloom.runtime.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.ketloom.api.data.Dataset;
import org.ketloom.api.data.ImageBatch;
import org.ketloom.api.model.Blueprint;
import org.ketloom.api.model.GenerativeModel;
import org.ketloom.runtime.Composition;
import org.ketloom.runtime.ImageGrid;
import org.ketloom.runtime.Run;
import org.ketloom.runtime.RunListener;

/** The training loop. */
final class TrainingRun implements Run {
  /** Grids have a row for each class, but no more than this. */
  private static final int MOST_ROWS = 16;

  private static final int COLUMNS = 8;

  private final RunFiles files;
  private final Composition composition;
  private final Dataset data;
  private final Checkpoints checkpoints;
  private final RunLock lock;
  private final RunListener listener;
  private final LongSupplier nanoTime;
  private final List<String> notes;
  private final Blueprint.Training training;
  private final int stepsPerEpoch;
  private final long steps;
  private final long firstStep;
  private final AtomicBoolean begun = new AtomicBoolean();

  private RunManifest manifest;
  private Path checkpoint;
  private long checkpointStep;
  private long step;
  private volatile State state = State.CREATED;
  private volatile boolean stop;

  /**
   * A run at its first step or at a checkpoint, which is already in the model.
   *
   * @param from the checkpoint, or null
   */
  TrainingRun(
      RunFiles files,
      RunManifest manifest,
      Composition composition,
      Dataset data,
      Checkpoints checkpoints,
      Checkpoints.Checkpoint from,
      RunLock lock,
      RunListener listener,
      LongSupplier nanoTime,
      List<String> notes) {
    this.files = files;
    this.manifest = manifest;
    this.composition = composition;
    this.data = data;
    this.checkpoints = checkpoints;
    this.lock = lock;
    this.listener = listener;
    this.nanoTime = nanoTime;
    this.notes = List.copyOf(notes);
    this.training = composition.blueprint().training();
    this.stepsPerEpoch = data.batchesPerEpoch(training.batchSize());
    this.steps = PartComposer.steps(composition.blueprint(), data);
    this.firstStep = from == null ? 0 : from.step();
    this.step = firstStep;
    this.checkpoint = from == null ? null : from.file();
    this.checkpointStep = from == null ? -1 : from.step();
  }

  @Override
  public Path folder() {
    return files.folder();
  }

  @Override
  public Blueprint blueprint() {
    return composition.blueprint();
  }

  @Override
  public State state() {
    return state;
  }

  @Override
  public void stop() {
    stop = true;
  }

  @Override
  public State train() throws IOException {
    if (!begun.compareAndSet(false, true)) {
      throw new IllegalStateException("run " + folder() + " was already trained; resume it anew");
    }
    try (LossLog log = LossLog.open(files.lossTable(), firstStep)) {
      enter(State.RUNNING, "");
      listener.started(
          new RunListener.Started(
              folder(),
              firstStep,
              steps,
              stepsPerEpoch,
              training.epochs(),
              data.size(),
              model().parameters(),
              model().circuits().entrySet().stream()
                  .map(
                      e ->
                          e.getKey()
                              + ": "
                              + e.getValue().wires()
                              + " wires, "
                              + e.getValue().operations().size()
                              + " gates, depth "
                              + e.getValue().depth())
                  .toList(),
              composition.generations(),
              notes));
      return train(log, new Clock());
    } catch (ArithmeticException e) {
      String message = fail(e);
      ArithmeticException failure = new ArithmeticException(message);
      failure.initCause(e);
      throw failure;
    } catch (IOException e) {
      throw new IOException(fail(e), e);
    } catch (RuntimeException | Error e) {
      fail(e);
      throw e;
    }
  }

  @Override
  public void close() {
    try {
      model().close();
    } finally {
      lock.close();
    }
  }

  private State train(LossLog log, Clock clock) throws IOException {
    while (true) {
      int epoch = (int) (step / stepsPerEpoch);
      boolean whole = step % stepsPerEpoch == 0 && epoch > 0 && draw(epoch);
      if (whole && step == steps) {
        save();
        chart(log);
        enter(State.FINISHED, "");
        listener.finished(checkpoint, clock.time());
        return state;
      }
      if (stop) {
        save();
        chart(log);
        enter(State.STOPPED, "");
        listener.stopped(checkpoint);
        return state;
      }
      trainEpoch(epoch, log, clock);
      if (step == (epoch + 1L) * stepsPerEpoch) {
        listener.epoch(
            new RunListener.Epoch(epoch + 1, training.epochs(), log.mean(epoch + 1), clock.time()));
        chart(log);
        if ((epoch + 1) % training.checkpointEvery() == 0 || step == steps) {
          save();
        }
      }
    }
  }

  private void trainEpoch(int epoch, LossLog log, Clock clock) throws IOException {
    try (Dataset.Batches batches =
        data.batches(
            training.batchSize(), blueprint().seed(), epoch, (int) (step % stepsPerEpoch))) {
      while (!stop && step < (epoch + 1L) * stepsPerEpoch) {
        long begin = nanoTime.getAsLong();
        if (!batches.hasNext()) {
          throw new IllegalStateException(
              "data \""
                  + blueprint().data().name()
                  + "\" ended after "
                  + step % stepsPerEpoch
                  + " of the "
                  + stepsPerEpoch
                  + " batches that it promised");
        }
        ImageBatch batch = batches.next();
        Map<String, Double> quantities = model().train(batch, step);
        clock.add(nanoTime.getAsLong() - begin, batch.size());
        check(quantities, epoch);
        step++;
        log.add(step, epoch + 1, quantities);
        listener.step(
            new RunListener.Step(
                epoch + 1,
                training.epochs(),
                (int) (step - (long) epoch * stepsPerEpoch),
                stepsPerEpoch,
                step,
                quantities,
                clock.imagesPerSecond(),
                clock.left(steps - step)));
      }
    }
  }

  private void check(Map<String, Double> quantities, int epoch) {
    if (!quantities.containsKey("loss")) {
      throw new IllegalStateException(
          "model \""
              + blueprint().model().name()
              + "\" gave no loss, found "
              + quantities.keySet());
    }
    quantities.forEach(
        (name, value) -> {
          if (!Double.isFinite(value)) {
            throw new ArithmeticException(
                name + " became " + value + " at step " + (step + 1) + ", epoch " + (epoch + 1));
          }
        });
  }

  /**
   * Draws the grid of an epoch if there is to be one.
   *
   * @return false if it was to be drawn and a stop came in between
   */
  private boolean draw(int epoch) throws IOException {
    boolean due =
        epoch == training.epochs()
            || (training.sampleEvery() > 0 && epoch % training.sampleEvery() == 0);
    Path file = files.grid(epoch);
    // At the step that a run is resumed at, the grid may be there already.
    if (!due || (step == firstStep && Files.exists(file))) {
      return true;
    }
    if (stop) {
      return false;
    }
    int classes = data.classes().size();
    int[] labels =
        classes > 1
            ? ImageGrid.labels(Math.min(classes, MOST_ROWS), COLUMNS)
            : ImageGrid.labels(1, COLUMNS * COLUMNS);
    ImageBatch images;
    try {
      images =
          model()
              .sample(
                  labels,
                  blueprint().seed(),
                  model().samplingOptions(),
                  (done, total) -> {
                    listener.sampling(epoch, done, total);
                    return !stop;
                  });
    } catch (CancellationException e) {
      return false;
    }
    ImageGrid.write(file, images, COLUMNS);
    listener.grid(file, epoch);
    return true;
  }

  private void save() throws IOException {
    if (checkpointStep != step) {
      checkpoint =
          checkpoints
              .write(
                  blueprint(),
                  composition.generations(),
                  manifest.dataFingerprint(),
                  step,
                  stepsPerEpoch,
                  model().state())
              .file();
      checkpointStep = step;
      listener.checkpoint(checkpoint, step);
    }
  }

  private void chart(LossLog log) throws IOException {
    String title = "Loss of " + blueprint().model().name() + " on " + blueprint().data().name();
    RunFiles.writeText(files.lossChart(), LossChart.svg(title, log.rows()));
  }

  private void enter(State next, String message) throws IOException {
    manifest = manifest.with(next, step, message);
    manifest.write(files);
    state = next;
  }

  /** Records a failure as far as the disk allows, and tells it. */
  private String fail(Throwable cause) {
    String message =
        (cause.getMessage() == null ? cause.toString() : cause.getMessage())
            + (checkpoint == null
                ? "; there is no checkpoint yet"
                : "; the last checkpoint, "
                    + checkpoint
                    + " of step "
                    + checkpointStep
                    + ", is kept");
    try {
      enter(State.FAILED, message);
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
    state = State.FAILED;
    listener.failed(message);
    return message;
  }

  private GenerativeModel model() {
    return composition.model();
  }

  /** Speed and time left, from training steps alone; the first one, which warms up, apart. */
  private final class Clock {
    private final long begin = nanoTime.getAsLong();
    private long first;
    private long firstImages;
    private long rest;
    private long restImages;
    private long count;

    void add(long nanos, int images) {
      if (count++ == 0) {
        first = nanos;
        firstImages = images;
      } else {
        rest += nanos;
        restImages += images;
      }
    }

    double imagesPerSecond() {
      return count > 1
          ? restImages * 1e9 / Math.max(1, rest)
          : firstImages * 1e9 / Math.max(1, first);
    }

    Duration left(long stepsLeft) {
      double each = count > 1 ? (double) rest / (count - 1) : first;
      return Duration.ofNanos((long) (each * stepsLeft));
    }

    Duration time() {
      return Duration.ofNanos(nanoTime.getAsLong() - begin);
    }
  }
}
