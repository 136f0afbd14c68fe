package org.ketloom.shell.internal.run;

import java.nio.file.Path;
import java.time.Duration;
import org.ketloom.runtime.run.RunListener;
import org.ketloom.runtime.run.Swap;

/** Two listeners, told one after the other. */
record BothListeners(RunListener first, RunListener second) implements RunListener {

  @Override
  public void busy(String what) {
    first.busy(what);
    second.busy(what);
  }

  @Override
  public void swapped(Swap swap) {
    first.swapped(swap);
    second.swapped(swap);
  }

  @Override
  public void started(Started event) {
    first.started(event);
    second.started(event);
  }

  @Override
  public void step(Step event) {
    first.step(event);
    second.step(event);
  }

  @Override
  public void epoch(Epoch event) {
    first.epoch(event);
    second.epoch(event);
  }

  @Override
  public void checkpoint(Path file, long step) {
    first.checkpoint(file, step);
    second.checkpoint(file, step);
  }

  @Override
  public void sampling(int epoch, long done, long total) {
    first.sampling(epoch, done, total);
    second.sampling(epoch, done, total);
  }

  @Override
  public void grid(Path file, int epoch) {
    first.grid(file, epoch);
    second.grid(file, epoch);
  }

  @Override
  public void stopped(Path checkpoint) {
    first.stopped(checkpoint);
    second.stopped(checkpoint);
  }

  @Override
  public void finished(Path checkpoint, Duration time) {
    first.finished(checkpoint, time);
    second.finished(checkpoint, time);
  }

  @Override
  public void failed(String message) {
    first.failed(message);
    second.failed(message);
  }
}
