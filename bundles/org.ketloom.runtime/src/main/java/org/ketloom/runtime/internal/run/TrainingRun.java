package org.ketloom.runtime.internal.run;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.ketloom.api.data.Dataset;
import org.ketloom.api.data.ImageBatch;
import org.ketloom.api.model.Blueprint;
import org.ketloom.api.model.GenerativeModel;
import org.ketloom.api.model.Progress;
import org.ketloom.api.model.StepResult;
import org.ketloom.api.model.Tensor;
import org.ketloom.files.Safetensors;
import org.ketloom.runtime.blueprint.Blueprints;
import org.ketloom.runtime.blueprint.Composer;
import org.ketloom.runtime.blueprint.Composition;
import org.ketloom.runtime.blueprint.Readiness;
import org.ketloom.runtime.internal.blueprint.Changes;
import org.ketloom.runtime.internal.blueprint.PartComposer;
import org.ketloom.runtime.internal.folder.Checkpoints;
import org.ketloom.runtime.internal.folder.LossChart;
import org.ketloom.runtime.internal.folder.LossLog;
import org.ketloom.runtime.internal.folder.RunFiles;
import org.ketloom.runtime.internal.folder.RunLock;
import org.ketloom.runtime.internal.folder.RunManifest;
import org.ketloom.runtime.internal.folder.SwapFiles;
import org.ketloom.runtime.internal.parts.LeaseTable;
import org.ketloom.runtime.internal.swap.UpdateCandidates;
import org.ketloom.runtime.internal.swap.Preparation;
import org.ketloom.runtime.internal.swap.Recomposer;
import org.ketloom.runtime.internal.swap.SwapRequest;
import org.ketloom.runtime.internal.swap.SwapStore;
import org.ketloom.runtime.parts.Generation;
import org.ketloom.runtime.run.ImageGrid;
import org.ketloom.runtime.run.Run;
import org.ketloom.runtime.run.RunListener;
import org.ketloom.runtime.run.RunSettings;
import org.ketloom.runtime.run.Swap;

/**
 * The training loop. Only its boundaries see that parts have come or gone: an optimizer step (swaps
 * by hand, beginning again) and an epoch (adopting).
 */
public final class TrainingRun implements Run {
  /** Grids have a row for each class, but no more than this. */
  private static final int MOST_ROWS = 16;

  private static final int COLUMNS = 8;
  private static final Logger LOG = System.getLogger("org.ketloom.runtime");

  /**
   * What a run works with.
   *
   * @param updates tells of newer parts
   * @param recomposer makes models of them
   * @param live lists the runs that are open
   * @param timeout how long the run stands still for one that isn't ready to be adopted
   */
  record Tools(
      Blueprints blueprints,
      Composer composer,
      UpdateCandidates updates,
      Recomposer recomposer,
      LiveRuns live,
      Duration timeout,
      LongSupplier nanoTime) {}

  /**
   * An update that the run goes on with, until it has made a step.
   *
   * @param old what the run goes back to if it doesn't; it stands where the run stands
   * @param checkpoint of the old one
   * @param steps steps of the whole training, once the update stays
   * @param request who asked for it; null if nobody did
   */
  private record Trial(
      Composition old,
      Checkpoints.Checkpoint checkpoint,
      long steps,
      SwapFiles.Request request,
      Swap swap) {}

  private final RunFiles files;
  private final Dataset data;
  private final Checkpoints checkpoints;
  private final RunLock lock;
  private final LeaseTable.Lease lease;
  private final RunListener listener;
  private final Tools tools;
  private final LongSupplier nanoTime;
  private final List<String> notes;
  private final SwapFiles requests;
  private final int stepsPerEpoch;
  private final AtomicBoolean begun = new AtomicBoolean();

  private RunManifest manifest;
  private Trial trial;
  private Preparation preparation;
  private Checkpoints.Checkpoint saved;
  private LossLog log;
  private long steps;
  private long firstStep;
  private volatile Composition composition;
  private volatile long step;
  private long boundaryAt;
  private volatile long heartbeat = System.nanoTime();
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
    this.requests = new SwapFiles(files);
    this.stepsPerEpoch = data.batchesPerEpoch(training().batchSize());
    this.steps = PartComposer.steps(composition.blueprint(), data);
    this.firstStep = from == null ? 0 : from.step();
    this.step = firstStep;
    this.saved = from;
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
      throw new IllegalStateException("run " + folder() + " was already trained; resume it anew");
    }
    try {
      log = LossLog.open(files.lossTable(), firstStep);
      enter(State.RUNNING, "");
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
              composition.generations(),
              notes));
      return train(new Clock());
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
      if (log != null) {
        log.close();
      }
    }
  }

  @Override
  public void close() {
    tools.live().remove(this);
    tools.updates().close();
    forgetPreparation();
    try (lock;
        lease) {
      if (trial != null) {
        trial.old().model().close();
      }
      model().close();
      NativeHeap.trim();
    }
  }

  private State train(Clock clock) throws IOException {
    while (true) {
      int epoch = (int) (step / stepsPerEpoch);
      boolean whole = step % stepsPerEpoch == 0 && epoch > 0 && draw(epoch);
      if (whole && step == steps) {
        save();
        chart();
        enter(State.FINISHED, "");
        listener.finished(saved.file(), clock.time());
        return state;
      }
      if (stop) {
        abandonTrial();
        save();
        chart();
        enter(State.STOPPED, "");
        listener.stopped(saved.file());
        return state;
      }
      boundary();
      epoch = (int) (step / stepsPerEpoch);
      trainEpoch(epoch, clock);
      if (step == (epoch + 1L) * stepsPerEpoch) {
        listener.epoch(
            new RunListener.Epoch(
                epoch + 1, training().epochs(), log.mean(epoch + 1), clock.time()));
        chart();
        if ((epoch + 1) % training().checkpointEvery() == 0 || step == steps) {
          save();
        }
      }
    }
  }

  private void trainEpoch(int epoch, Clock clock) throws IOException {
    try (Dataset.Batches batches =
        data.batches(
            training().batchSize(), blueprint().seed(), epoch, (int) (step % stepsPerEpoch))) {
      boolean first = true;
      // At least one step after each boundary, which may have left an update on trial.
      while (!stop && step < (epoch + 1L) * stepsPerEpoch && (first || !called())) {
        first = false;
        if (policy() == RunSettings.Policy.ADOPT) {
          prepare();
        }
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
        log.add(step, epoch + 1, result);
        if (trial != null) {
          commit();
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
    if (trial != null) {
      try {
        StepResult result = checked(model().train(batch, step), epoch);
        Safetensors.check(model().state());
        return result;
      } catch (RuntimeException | Error e) {
        rollBack(e);
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

  /** Whether something waits for a boundary between two steps. */
  private boolean called() {
    return requests.asked() || (policy() == RunSettings.Policy.RESTART && tools.updates().due());
  }

  private void boundary() throws IOException {
    boundaryAt = System.nanoTime();
    Optional<SwapFiles.Request> request;
    try {
      request = requests.take();
    } catch (IllegalArgumentException e) {
      note(unchanged(Swap.Kind.HAND, Swap.Outcome.REFUSED, Map.of(), message(e)));
      request = Optional.empty();
    }
    if (request.isPresent()) {
      swap(request.get());
    } else if (policy() == RunSettings.Policy.RESTART && tools.updates().due()) {
      restart();
    } else if (policy() == RunSettings.Policy.ADOPT && step % stepsPerEpoch == 0) {
      adopt();
    }
  }

  /** Begins to compose and prove an update beside the run, if there is one. */
  private void prepare() {
    if (preparation != null || trial != null || !tools.updates().due()) {
      return;
    }
    long changes = tools.updates().changes();
    for (Map.Entry<String, Generation> update : updates().entrySet()) {
      Map<String, Generation> others = new LinkedHashMap<>(composition.generations());
      others.remove(update.getKey());
      Blueprint blueprint = blueprint();
      long allSteps = steps;
      long now = step;
      Map<String, Tensor> state = model().state();
      Map<String, Generation> parts;
      try {
        parts = holdAlso(blueprint, others);
      } catch (IllegalStateException e) {
        // A part has gone again meanwhile; when it is back the run is told.
        holdCurrent();
        return;
      }
      preparation =
          new Preparation(
              update.getKey(),
              update.getValue(),
              parts,
              changes,
              () ->
                  tools
                      .recomposer()
                      .compose(blueprint, allSteps, parts, Recomposer.Weights.EQUAL, state, now));
      return;
    }
  }

  /** Takes the update that is ready; others have their turn at the next epoch. */
  private void adopt() throws IOException {
    prepare();
    if (preparation == null || !preparation.isReady(tools.timeout())) {
      return;
    }
    Preparation ready = preparation;
    preparation = null;
    Generation update = ready.update();
    boolean quiet = tools.updates().changes() == ready.changes();
    // Looking again takes half of the pause; without a change it would find the same.
    boolean current = quiet || update.equals(updates().get(ready.path()));
    tools.updates().again();
    if (!current) {
      // It has gone meanwhile, or was overtaken.
      ready.close();
      holdCurrent();
      return;
    }
    save();
    Recomposer.Candidate candidate = null;
    try {
      candidate = ready.take();
      // The registry may have been another one for the moment in which it was composed.
      if (update.equals(candidate.composition().generations().get(ready.path()))) {
        candidate.composition().model().restore(model().state());
        Composition next = taken(candidate, blueprint());
        begin(
            next,
            steps,
            null,
            swap(Swap.Kind.ADOPT, next, List.of(), OptionalDouble.empty(), OptionalDouble.empty()));
      } else {
        candidate.composition().model().close();
        holdCurrent();
      }
    } catch (Recomposer.Refused e) {
      holdCurrent();
      note(
          unchanged(
              Swap.Kind.ADOPT, Swap.Outcome.REFUSED, Map.of(ready.path(), update), message(e)));
    } catch (RuntimeException | Error e) {
      if (candidate != null) {
        candidate.composition().model().close();
      }
      holdCurrent();
      // With parts coming and going it may have been another one's fault: it is tried again.
      if (quiet) {
        note(
            unchanged(
                Swap.Kind.ADOPT,
                Swap.Outcome.QUARANTINED,
                Map.of(ready.path(), update),
                message(e)));
      }
    }
  }

  private void forgetPreparation() {
    if (preparation != null) {
      preparation.close();
      preparation = null;
    }
  }

  /** Begins again with all updates; what was done until now is kept in a folder of its own. */
  private void restart() throws IOException {
    Map<String, Generation> updates = updates();
    if (updates.isEmpty()) {
      return;
    }
    save();
    Map<String, Generation> others = new LinkedHashMap<>(composition.generations());
    others.keySet().removeAll(updates.keySet());
    Recomposer.Candidate candidate =
        tryOut(
            Swap.Kind.RESTART,
            blueprint(),
            steps,
            others,
            Recomposer.Weights.FRESH,
            generations -> updates);
    if (candidate == null) {
      return;
    }
    Composition next = taken(candidate, blueprint());
    Swap swap =
        swap(Swap.Kind.RESTART, next, List.of(), OptionalDouble.empty(), OptionalDouble.empty());
    log.close();
    files.archive();
    composition.model().close();
    NativeHeap.trim();
    composition = next;
    holdCurrent();
    step = 0;
    firstStep = 0;
    saved = null;
    log = LossLog.open(files.lossTable(), 0);
    manifest = manifest.with(swap).with(composition, steps, tools.blueprints());
    enter(State.RUNNING, "");
    listener.swapped(swap);
  }

  /** Does what somebody asks for, or answers why not. */
  private void swap(SwapFiles.Request request) throws IOException {
    Map<String, Generation> others = new LinkedHashMap<>(composition.generations());
    Blueprint next;
    try {
      next = SwapRequest.blueprint(tools.blueprints(), blueprint(), request);
      SwapRequest.paths(request).forEach(others::remove);
      SwapRequest.requireChange(
          tools.blueprints(),
          request,
          blueprint(),
          next,
          composition.generations(),
          tools.composer().generations(next, others));
    } catch (RuntimeException e) {
      answer(request, unchanged(Swap.Kind.HAND, Swap.Outcome.REFUSED, Map.of(), message(e)));
      return;
    }
    long nextSteps = PartComposer.steps(next, data);
    save();
    Map<String, Tensor> before = model().state();
    Recomposer.Candidate candidate = null;
    try {
      OptionalDouble lossBefore = OptionalDouble.of(tools.recomposer().loss(model(), step));
      candidate =
          tools
              .recomposer()
              .compose(
                  next,
                  nextSteps,
                  holdAlso(next, others),
                  Recomposer.Weights.CARRIED,
                  before,
                  step);
      OptionalDouble lossAfter =
          OptionalDouble.of(tools.recomposer().loss(candidate.composition().model(), step));
      Composition now = taken(candidate, next);
      begin(
          now,
          nextSteps,
          request,
          swap(
              Swap.Kind.HAND,
              now,
              Changes.lines(tools.blueprints(), blueprint(), now.blueprint()),
              lossBefore,
              lossAfter));
    } catch (Recomposer.Refused | RuntimeException | Error e) {
      if (candidate != null) {
        candidate.composition().model().close();
      }
      holdCurrent();
      // Comparing the loss may have been broken off.
      model().restore(before);
      answer(request, unchanged(Swap.Kind.HAND, Swap.Outcome.REFUSED, Map.of(), message(e)));
    }
  }

  private Map<String, Generation> updates() {
    return tools.updates().look(blueprint(), composition.generations(), manifest.swaps());
  }

  /**
   * Composes and proves.
   *
   * @param blamed the updates among some generations
   * @return null if nothing came of it, which is noted then
   */
  private Recomposer.Candidate tryOut(
      Swap.Kind kind,
      Blueprint next,
      long nextSteps,
      Map<String, Generation> others,
      Recomposer.Weights weights,
      UnaryOperator<Map<String, Generation>> blamed)
      throws IOException {
    Map<String, Generation> taken;
    try {
      taken = holdAlso(next, others);
    } catch (IllegalStateException e) {
      // A part has gone again meanwhile; when it is back the run is told.
      holdCurrent();
      return null;
    }
    try {
      return tools
          .recomposer()
          .compose(next, nextSteps, taken, weights, model().state(), step(weights));
    } catch (Recomposer.Refused e) {
      note(unchanged(kind, Swap.Outcome.REFUSED, blamed.apply(taken), message(e)));
    } catch (RuntimeException | Error e) {
      if (tools.composer().state(next).state() == Readiness.State.READY) {
        note(unchanged(kind, Swap.Outcome.QUARANTINED, blamed.apply(taken), message(e)));
      }
    }
    holdCurrent();
    return null;
  }

  /** Leases what is about to be composed beside what is in use. */
  private Map<String, Generation> holdAlso(Blueprint next, Map<String, Generation> preferred) {
    return lease.hold(inUse(), () -> tools.composer().generations(next, preferred));
  }

  private void holdCurrent() {
    lease.hold(inUse());
  }

  /** The parts of the model, and of the one that is being prepared. */
  private List<Generation> inUse() {
    List<Generation> all = new ArrayList<>(composition.generations().values());
    if (preparation != null) {
      all.addAll(preparation.parts().values());
    }
    return all;
  }

  private long step(Recomposer.Weights weights) {
    return weights == Recomposer.Weights.FRESH ? 0 : step;
  }

  /** Goes on with an update, on trial for a step. */
  private void begin(Composition next, long nextSteps, SwapFiles.Request request, Swap swap) {
    List<Generation> both = new ArrayList<>(composition.generations().values());
    both.addAll(next.generations().values());
    lease.hold(both);
    forgetPreparation();
    trial = new Trial(composition, saved, steps, request, swap);
    composition = next;
    steps = nextSteps;
  }

  /** The update has made its first step: it stays. */
  private void commit() throws IOException {
    Trial done = trial;
    trial = null;
    try {
      done.old().model().close();
      NativeHeap.trim();
    } finally {
      holdCurrent();
    }
    if (done.request() == null) {
      manifest = manifest.with(done.swap()).with(composition, steps, tools.blueprints());
      manifest.with(state, step, "").write(files);
    } else {
      manifest =
          new SwapStore(files, tools.blueprints())
              .write(
                  manifest.with(state, step, ""),
                  done.checkpoint(),
                  composition,
                  step,
                  stepsPerEpoch,
                  steps,
                  model().state(),
                  done.swap());
      saved = checkpoints.last().orElseThrow();
      requests.answer(done.request(), done.swap());
    }
    listener.swapped(done.swap());
  }

  /** Goes back to what was there before: its model stands where the run stands. */
  private void rollBack(Throwable cause) throws IOException {
    Trial failed = trial;
    Swap swap = failed.swap();
    abandonTrial();
    Swap.Outcome outcome =
        failed.request() == null ? Swap.Outcome.QUARANTINED : Swap.Outcome.REFUSED;
    Swap said =
        unchanged(swap.kind(), outcome, swap.to(), "its first step failed: " + message(cause));
    if (failed.request() == null) {
      note(said);
    } else {
      answer(failed.request(), said);
    }
  }

  /** Goes back without blaming anybody. */
  private void abandonTrial() throws IOException {
    if (trial == null) {
      return;
    }
    Trial failed = trial;
    trial = null;
    try {
      model().close();
    } catch (RuntimeException | Error e) {
      LOG.log(Level.WARNING, "a model that was not taken can't be closed", e);
    }
    composition = failed.old();
    steps = failed.steps();
    holdCurrent();
    tools.updates().again();
    if (failed.request() != null && stop) {
      requests.answer(
          failed.request(),
          unchanged(Swap.Kind.HAND, Swap.Outcome.REFUSED, Map.of(), "the run was stopped"));
    }
  }

  /** A candidate as the run takes it: its data set and Blueprint stay the run's own. */
  private Composition taken(Recomposer.Candidate candidate, Blueprint blueprint) {
    Map<String, Generation> generations =
        new LinkedHashMap<>(candidate.composition().generations());
    Generation open = composition.generations().get("data");
    if (open != null) {
      generations.put("data", open);
    }
    return new Composition(blueprint, candidate.composition().model(), generations);
  }

  /** How long the run has stood still at its boundary, in milliseconds. */
  private long pause() {
    return Duration.ofNanos(System.nanoTime() - boundaryAt).toMillis();
  }

  /** A swap to other generations. */
  private Swap swap(
      Swap.Kind kind,
      Composition composed,
      List<String> changes,
      OptionalDouble before,
      OptionalDouble after) {
    Map<String, Generation> now = composition.generations();
    Map<String, Generation> next = composed.generations();
    return new Swap(
        kind,
        Swap.Outcome.DONE,
        step,
        Instant.now().truncatedTo(ChronoUnit.SECONDS),
        pause(),
        Changes.different(now, next),
        Changes.different(next, now),
        changes,
        "",
        before,
        after);
  }

  /** A swap that wasn't done. */
  private Swap unchanged(
      Swap.Kind kind, Swap.Outcome outcome, Map<String, Generation> to, String reason) {
    Map<String, Generation> from = new LinkedHashMap<>(composition.generations());
    from.keySet().retainAll(to.keySet());
    return new Swap(
        kind,
        outcome,
        step,
        Instant.now().truncatedTo(ChronoUnit.SECONDS),
        pause(),
        from,
        to,
        List.of(),
        reason,
        OptionalDouble.empty(),
        OptionalDouble.empty());
  }

  /** Takes a swap that wasn't done into the provenance. */
  private void note(Swap swap) throws IOException {
    manifest = manifest.with(swap);
    manifest.with(state, step, "").write(files);
    listener.swapped(swap);
  }

  private void answer(SwapFiles.Request request, Swap swap) throws IOException {
    note(swap);
    requests.answer(request, swap);
  }

  private static String message(Throwable cause) {
    return (cause.getMessage() == null || !(cause instanceof Exception)
            ? cause.toString()
            : cause.getMessage())
        .replaceAll("\\s*\\R\\s*", "; ");
  }

  private RunSettings.Policy policy() {
    return manifest.settings().policy();
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
          sampled(
              model(),
              labels,
              (done, total) -> {
                heartbeat = System.nanoTime();
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

  private <S extends Record> ImageBatch sampled(
      GenerativeModel<S> of, int[] labels, Progress progress) {
    return of.sample(labels, blueprint().seed(), of.samplingOptions(), progress);
  }

  private void save() throws IOException {
    if (saved == null || saved.step() != step) {
      saved =
          checkpoints.write(
              blueprint(),
              composition.generations(),
              Changes.circuits(model()),
              manifest.dataFingerprint(),
              manifest.handSwaps(),
              step,
              stepsPerEpoch,
              model().state());
      listener.checkpoint(saved.file(), step);
    }
  }

  private void chart() throws IOException {
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
