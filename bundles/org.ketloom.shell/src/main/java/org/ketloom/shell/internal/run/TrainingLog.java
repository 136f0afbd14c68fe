package org.ketloom.shell.internal.run;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.ketloom.runtime.run.RunListener;
import org.ketloom.runtime.run.Swap;
import org.ketloom.shell.internal.console.Messages;
import org.ketloom.shell.internal.console.ProgressLine;
import org.ketloom.shell.internal.console.Texts;

/** Tells the progress of a run: what stays in lines of their own, the rest in one of progress. */
final class TrainingLog implements RunListener {
  private final ProgressLine line;
  private boolean training;
  private String failure = "";
  private Optional<Path> folder = Optional.empty();

  TrainingLog(ProgressLine line) {
    this.line = line;
  }

  @Override
  public void busy(String what) {
    if (training) {
      line.pass(what);
    } else {
      line.begin(what);
    }
  }

  @Override
  public void started(Started event) {
    training = true;
    folder = Optional.of(event.folder());
    line.note(
        event.folder()
            + ": "
            + (event.firstStep() == 0 ? "" : "continues at step " + event.firstStep() + " of ")
            + event.steps()
            + " steps, "
            + event.epochs()
            + " epochs of "
            + event.images()
            + " images");
    line.note("parameters: " + Texts.parameters(event.parameters()));
    event.circuits().forEach(line::note);
    event.notes().forEach(note -> line.note("note: " + note));
    line.hurry();
  }

  @Override
  public void step(Step event) {
    if (!line.due()) {
      return;
    }
    List<String> fields = new ArrayList<>();
    fields.add(Texts.duration(event.left()) + " left");
    fields.add(String.format(Locale.ROOT, "%.0f images/s", event.imagesPerSecond()));
    fields.add("epoch " + event.epoch() + "/" + event.epochs());
    fields.add("step " + event.stepInEpoch() + "/" + event.stepsPerEpoch());
    event
        .result()
        .byName()
        .forEach((name, value) -> fields.add(String.format(Locale.ROOT, "%s %.5g", name, value)));
    line.show(fields);
  }

  @Override
  public void epoch(Epoch event) {
    line.note(
        String.format(
            Locale.ROOT,
            "epoch %d/%d  mean loss %.5f  after %s",
            event.epoch(),
            event.epochs(),
            event.meanLoss(),
            Texts.duration(event.time())));
  }

  @Override
  public void swapped(Swap swap) {
    line.note(swap.toString());
  }

  @Override
  public void sampling(int epoch, long done, long total) {
    line.update("drawing samples after epoch " + epoch, done, total);
  }

  @Override
  public void grid(Path file, int epoch) {
    line.note("samples after epoch " + epoch + ": " + file);
  }

  @Override
  public void stopped(Path checkpoint) {
    line.println("stopped; the checkpoint is " + checkpoint);
    folder.ifPresent(f -> line.println("Resume: ketloom resume " + Messages.word(f)));
  }

  @Override
  public void finished(Path checkpoint, Duration time) {
    line.println("done after " + Texts.duration(time) + "; the checkpoint is " + checkpoint);
  }

  @Override
  public void failed(String message) {
    failure = message;
  }

  /** What the run said of its failure, or else the message of what was thrown. */
  String failure(String thrown) {
    return failure.isEmpty() ? thrown : failure;
  }
}
