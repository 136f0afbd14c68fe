package org.ketloom.runtime.internal.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.ketloom.api.data.Dataset;
import org.ketloom.api.data.ImageBatch;
import org.ketloom.api.model.Blueprint;
import org.ketloom.api.model.GenerativeModel;
import org.ketloom.api.model.StepResult;
import org.ketloom.files.Safetensors;
import org.ketloom.runtime.blueprint.Composition;
import org.ketloom.runtime.blueprint.ResolvedBlueprint;
import org.ketloom.runtime.internal.blueprint.Changes;
import org.ketloom.runtime.internal.folder.Checkpoints;
import org.ketloom.runtime.internal.folder.LossChart;
import org.ketloom.runtime.internal.folder.LossLog;
import org.ketloom.runtime.internal.folder.RunFiles;
import org.ketloom.runtime.internal.folder.RunLock;
import org.ketloom.runtime.internal.folder.RunManifest;
import org.ketloom.runtime.internal.folder.TimesFile;
import org.ketloom.runtime.internal.parts.LeaseTable;
import org.ketloom.runtime.internal.swap.LiveSwaps;
import org.ketloom.runtime.internal.swap.SwappedRun;
import org.ketloom.runtime.run.Run;
import org.ketloom.runtime.run.RunListener;
import org.ketloom.runtime.run.RunTimes;
import org.ketloom.runtime.run.Swap;

/**
 * The training loop. Only its boundaries see that parts have come or gone: an optimizer step (swaps
 * by hand, beginning again) and an epoch (adopting).
 */
public final class TrainingRun implements Run {
  /**
   * What a run works with.
   *
   * @param live lists the runs that are open
   * @param swaps what its parts are exchanged with
   */
  record Tools(LiveRuns live, LiveSwaps.Tools swaps, LongSupplier nanoTime) {}

  private final RunFiles files;
  private final Dataset data;
  private final Checkpoints checkpoints;
  private final RunLock lock;
  private final LeaseTable.Lease lease;
  private final RunListener listener;
  private final Tools tools;
  private final LongSupplier nanoTime;
  private final List<String> notes;
  private final LiveSwaps swaps;
  private final int stepsPerEpoch;
  private final AtomicBoolean begun = new AtomicBoolean();

  private RunManifest manifest;
  private Checkpoints.@Nullable Checkpoint saved;
  private @Nullable LossLog lossLog;
  private long steps;
  private long firstStep;
  private RunTimes times = new RunTimes(Instant.EPOCH, Instant.EPOCH, Duration.ZERO);
  private long sessionBegin;
  private volatile Composition composition;
  private volatile long step;
  private volatile long heartbeat = System.nanoTime();
  private volatile State state = State.CREATED;
  private volatile boolean stop;

  /**
   * A run at its first step or at a checkpoint, which is already in the model.
   *
   * @param from the checkpoint
   */
  TrainingRun(
      RunFiles files,
      RunManifest manifest,
      Composition composition,
      Dataset data,
      Checkpoints checkpoints,
      Optional<Checkpoints.Checkpoint> from,
      RunLock lock,
      LeaseTable.Lease lease,
      RunListener listener,
      Tools tools,
      List<String> notes) {
    this.files = files;
    this.manifest = manifest;
    this.composition = composition;
    this.data = data;
    this.checkpoints = checkpoints;
    this.lock = lock;
    this.lease = lease;
    this.listener = listener;
    this.tools = tools;
    this.nanoTime = tools.nanoTime();
    this.notes = List.copyOf(notes);
    this.stepsPerEpoch = data.batchesPerEpoch(training().batchSize());
    this.steps = ResolvedBlueprint.steps(data, training());
    this.firstStep = from.map(Checkpoints.Checkpoint::step).orElse(0L);
    this.step = firstStep;
    this.saved = from.orElse(null);
    this.swaps = new LiveSwaps(new Body(), tools.swaps(), lease);
    tools.live().add(this);
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

  /** Steps that were made, and the time since the last sign of life. */
  public String progress() {
    return "step " + step + " of " + steps;
  }

  public Duration sinceHeartbeat() {
    return Duration.ofNanos(System.nanoTime() - heartbeat);
  }

  @Override
  public State train() throws IOException {
    if (!begun.compareAndSet(false, true)) {
      throw new IllegalStateException("run " + folder() + " was already trained; resume it again");
    }
    try {
      lossLog = LossLog.open(files.lossTable(), firstStep);
      enter(State.RUNNING, "");
      Instant now = Instant.now();
      times = TimesFile.read(files).orElse(new RunTimes(now, now, Duration.ZERO));
      sessionBegin = System.nanoTime();
      listener.started(
          new RunListener.Started(
              folder(),
              firstStep,
              steps,
              stepsPerEpoch,
              training().epochs(),
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
              composition.identities(),
              notes));
      return train(new StepClock(nanoTime));
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
    } finally {
      if (lossLog != null) {
        lossLog.close();
      }
    }
  }

  @Override
  public void close() {
    tools.live().remove(this);
    swaps.close();
    try (lock;
        lease) {
      swaps.closeTrial();
      model().close();
      NativeHeap.trim();
    }
  }

  private State train(StepClock clock) throws IOException {
    while (true) {
      int epoch = (int) (step / stepsPerEpoch);
      boolean whole = step % stepsPerEpoch == 0 && epoch > 0 && draw(epoch);
      if (whole && step == steps) {
        Checkpoints.Checkpoint last = save();
        chart();
        recordTime();
        enter(State.FINISHED, "");
        listener.finished(last.file(), clock.time());
        return state;
      }
      if (stop) {
        swaps.stopped();
        Checkpoints.Checkpoint last = save();
        chart();
        recordTime();
        enter(State.STOPPED, "");
        listener.stopped(last.file());
        return state;
      }
      swaps.boundary();
      epoch = (int) (step / stepsPerEpoch);
      trainEpoch(epoch, clock);
      if (step == (epoch + 1L) * stepsPerEpoch) {
        listener.epoch(
            new RunListener.Epoch(
                epoch + 1, training().epochs(), log().mean(epoch + 1), clock.time()));
        chart();
        if ((epoch + 1) % training().checkpointEvery() == 0 || step == steps) {
          save();
        }
      }
    }
  }

  private void trainEpoch(int epoch, StepClock clock) throws IOException {
    try (Dataset.Batches batches =
        data.batches(
            training().batchSize(), blueprint().seed(), epoch, (int) (step % stepsPerEpoch))) {
      boolean first = true;
      // At least one step after each boundary, which may have left an update on trial.
      while (!stop && step < (epoch + 1L) * stepsPerEpoch && (first || !swaps.called())) {
        first = false;
        swaps.beforeStep();
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
        StepResult result = makeStep(batch, epoch);
        clock.add(nanoTime.getAsLong() - begin, batch.size());
        step++;
        heartbeat = System.nanoTime();
        log().add(step, epoch + 1, result);
        if (swaps.onTrial()) {
          swaps.commit();
        }
        listener.step(
            new RunListener.Step(
                epoch + 1,
                training().epochs(),
                (int) (step - (long) epoch * stepsPerEpoch),
                stepsPerEpoch,
                step,
                result,
                clock.imagesPerSecond(),
                clock.left(steps - step)));
      }
    }
  }

  /** A step; an update that fails in its first one makes room for what was there before. */
  private StepResult makeStep(ImageBatch batch, int epoch) throws IOException {
    if (swaps.onTrial()) {
      try {
        StepResult result = checked(model().train(batch, step), epoch);
        Safetensors.check(model().state());
        return result;
      } catch (RuntimeException | Error e) {
        swaps.rollBack(e);
      }
    }
    return checked(model().train(batch, step), epoch);
  }

  private StepResult checked(StepResult result, int epoch) {
    try {
      return result.requireFinite();
    } catch (ArithmeticException e) {
      ArithmeticException located =
          new ArithmeticException(
              e.getMessage() + " at step " + (step + 1) + ", epoch " + (epoch + 1));
      located.initCause(e);
      throw located;
    }
  }

  private Blueprint.Training training() {
    return blueprint().training();
  }

  /**
   * Draws the grid of an epoch if there is to be one.
   *
   * @return false if it was to be drawn and a stop came in between
   */
  private boolean draw(int epoch) throws IOException {
    boolean due =
        epoch == training().epochs()
            || (training().sampleEvery() > 0 && epoch % training().sampleEvery() == 0);
    Path file = files.grid(epoch);
    // At the step that a run is resumed at, the grid may be there already.
    if (!due || (step == firstStep && Files.exists(file))) {
      return true;
    }
    boolean drawn =
        !stop
            && EpochGrid.draw(
                file,
                model(),
                data.classes(),
                blueprint().seed(),
                // Without the name of the run: two runs of one Blueprint draw the same file.
                "%s on %s, epoch %d, step %d, seed %d"
                    .formatted(
                        blueprint().model().name(),
                        blueprint().data().name(),
                        epoch,
                        step,
                        blueprint().seed()),
                (done, total) -> {
                  heartbeat = System.nanoTime();
                  listener.sampling(epoch, done, total);
                  return !stop;
                });
    if (drawn) {
      listener.grid(file, epoch);
    }
    return drawn;
  }

  private LossLog log() {
    if (lossLog == null) {
      throw new IllegalStateException("run " + folder() + " isn't being trained");
    }
    return lossLog;
  }

  /** The checkpoint of the current step, which is written unless it is there. */
  private Checkpoints.Checkpoint save() throws IOException {
    Checkpoints.Checkpoint last = saved;
    if (last == null || last.step() != step) {
      listener.busy("writing the checkpoint of step " + step);
      last =
          checkpoints.write(
              blueprint(),
              composition.identities(),
              Changes.circuits(model()),
              manifest.dataFingerprint(),
              manifest.handSwaps(),
              step,
              stepsPerEpoch,
              model().state());
      saved = last;
      recordTime();
      listener.checkpoint(last.file(), step);
    }
    return last;
  }

  private void recordTime() {
    Duration session = Duration.ofNanos(System.nanoTime() - sessionBegin);
    TimesFile.write(
        files, new RunTimes(times.began(), Instant.now(), times.trained().plus(session)));
  }

  private void chart() throws IOException {
    String subject = blueprint().model().name() + " on " + blueprint().data().name();
    RunFiles.writeText(
        files.lossChart(), LossChart.svg(subject, log().rows(), log().names(), model().phases()));
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
            + (saved == null
                ? "; there is no checkpoint yet"
                : "; the last checkpoint, "
                    + saved.file()
                    + " of step "
                    + saved.step()
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

  private GenerativeModel<?> model() {
    return composition.model();
  }

  /** The run as its swaps see it. */
  private final class Body implements SwappedRun {
    @Override
    public RunFiles files() {
      return files;
    }

    @Override
    public Composition composition() {
      return composition;
    }

    @Override
    public RunManifest manifest() {
      return manifest;
    }

    @Override
    public State state() {
      return state;
    }

    @Override
    public long step() {
      return step;
    }

    @Override
    public long steps() {
      return steps;
    }

    @Override
    public int stepsPerEpoch() {
      return stepsPerEpoch;
    }

    @Override
    public Checkpoints.Checkpoint save() throws IOException {
      return TrainingRun.this.save();
    }

    @Override
    public void take(Composition next, long nextSteps) {
      composition = next;
      steps = nextSteps;
    }

    @Override
    public void beginAgain(Composition next, Swap swap) throws IOException {
      log().close();
      files.archive();
      release(composition.model());
      composition = next;
      step = 0;
      firstStep = 0;
      saved = null;
      lossLog = LossLog.open(files.lossTable(), 0);
      manifest = manifest.with(swap).with(composition, steps, tools.swaps().blueprints());
      enter(State.RUNNING, "");
    }

    @Override
    public void write(RunManifest next) throws IOException {
      manifest = next;
      manifest.with(state, step, "").write(files);
    }

    @Override
    public void written(RunManifest next) throws IOException {
      manifest = next;
      saved = checkpoints.last().orElseThrow();
    }

    @Override
    public void release(GenerativeModel<?> model) {
      model.close();
      NativeHeap.trim();
    }

    @Override
    public void tell(Swap swap) {
      listener.swapped(swap);
    }
  }
}
