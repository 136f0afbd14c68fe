package org.ketloom.runtime.internal.run;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.ketloom.runtime.run.Run;
import org.ketloom.runtime.run.RunListener;
import org.ketloom.runtime.run.Swap;

/** Records what it is told of a run, and acts after steps. */
final class RecordingListener implements RunListener {
  final List<String> lines = new ArrayList<>();
  final List<Step> steps = new ArrayList<>();
  final List<Swap> swaps = new ArrayList<>();
  Started started;
  Run run;
  private final Map<Long, Runnable> actions = new HashMap<>();

  /** Does something once, after a step. */
  RecordingListener at(long step, Runnable action) {
    actions.put(step, action);
    return this;
  }

  /** Stops the run after a step. */
  RecordingListener stopAt(long step) {
    return at(step, () -> run.stop());
  }

  /** The losses of all steps, also of those that were made again. */
  List<Double> losses() {
    return steps.stream().map(step -> step.result().loss()).toList();
  }

  @Override
  public void started(Started event) {
    started = event;
    lines.add("started at " + event.firstStep() + " of " + event.steps());
  }

  @Override
  public void step(Step event) {
    steps.add(event);
    Runnable action = actions.remove(event.step());
    if (action != null) {
      action.run();
    }
  }

  @Override
  public void epoch(Epoch event) {
    lines.add("epoch " + event.epoch() + " of " + event.epochs() + " " + event.meanLoss());
  }

  @Override
  public void swapped(Swap swap) {
    swaps.add(swap);
  }

  @Override
  public void checkpoint(Path file, long step) {
    lines.add("checkpoint " + step);
  }

  @Override
  public void grid(Path file, int epoch) {
    lines.add("grid " + file.getFileName());
  }

  @Override
  public void stopped(Path checkpoint) {
    lines.add("stopped " + checkpoint.getFileName());
  }

  @Override
  public void finished(Path checkpoint, Duration time) {
    lines.add("finished " + checkpoint.getFileName());
  }

  @Override
  public void failed(String message) {
    lines.add("failed " + message);
  }
}
