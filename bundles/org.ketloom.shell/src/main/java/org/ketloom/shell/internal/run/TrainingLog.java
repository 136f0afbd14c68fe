package org.ketloom.shell.internal.run;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.ketloom.runtime.run.RunListener;
import org.ketloom.runtime.run.Swap;
import org.ketloom.shell.internal.console.Messages;
import org.ketloom.shell.internal.console.Terminal;
import org.ketloom.shell.internal.console.Texts;

/**
 * Tells the progress of a run: on a terminal in a line that is overwritten, else in a line now and
 * then and one per epoch.
 */
final class TrainingLog implements RunListener {
  private static final long LIVE_NANOS = Duration.ofMillis(100).toNanos();
  private static final long PLAIN_NANOS = Duration.ofSeconds(15).toNanos();

  private final PrintWriter out;
  private final boolean live;
  private final int width;
  private final LongSupplier clock;
  private long last;
  private int shown;
  private String failure = "";
  private Optional<Path> folder = Optional.empty();

  /**
   * @param clock nanoseconds that pass
   */
  TrainingLog(PrintWriter out, Terminal terminal, LongSupplier clock) {
    this.out = out;
    this.live = terminal.interactive();
    this.width = terminal.width();
    this.clock = clock;
    this.last = clock.getAsLong() - PLAIN_NANOS;
  }

  @Override
  public void started(Started event) {
    folder = Optional.of(event.folder());
    println(
        event.folder()
            + ": "
            + (event.firstStep() == 0 ? "" : "continues at step " + event.firstStep() + " of ")
            + event.steps()
            + " steps, "
            + event.epochs()
            + " epochs of "
            + event.images()
            + " images");
    println("parameters: " + Texts.parameters(event.parameters()));
    event.circuits().forEach(this::println);
    event.notes().forEach(note -> println("note: " + note));
  }

  @Override
  public void step(Step event) {
    long now = clock.getAsLong();
    if (now - last < (live ? LIVE_NANOS : PLAIN_NANOS)) {
      return;
    }
    last = now;
    String line =
        "epoch "
            + event.epoch()
            + "/"
            + event.epochs()
            + "  step "
            + event.stepInEpoch()
            + "/"
            + event.stepsPerEpoch()
            + "  "
            + quantities(event.result().byName())
            + String.format(Locale.ROOT, "  %.0f images/s  ", event.imagesPerSecond())
            + Texts.duration(event.left())
            + " left";
    if (live) {
      show(line);
    } else {
      println(line);
    }
  }

  @Override
  public void epoch(Epoch event) {
    println(
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
    println(swap.toString());
  }

  @Override
  public void sampling(int epoch, long done, long total) {
    if (live) {
      show("drawing samples " + 100 * done / Math.max(1, total) + " %");
    }
  }

  @Override
  public void grid(Path file, int epoch) {
    println("samples after epoch " + epoch + ": " + file);
  }

  @Override
  public void stopped(Path checkpoint) {
    println("stopped; the checkpoint is " + checkpoint);
    folder.ifPresent(f -> println("Resume: ketloom resume " + Messages.word(f)));
  }

  @Override
  public void finished(Path checkpoint, Duration time) {
    println("done after " + Texts.duration(time) + "; the checkpoint is " + checkpoint);
  }

  @Override
  public void failed(String message) {
    failure = message;
  }

  /** What the run said of its failure, or else the message of what was thrown. */
  String failure(String thrown) {
    return failure.isEmpty() ? thrown : failure;
  }

  /** Leaves the line that is being overwritten. */
  void end() {
    clear();
    out.flush();
  }

  private void println(String line) {
    clear();
    out.println(line);
    out.flush();
  }

  /** Overwrites the line; longer ones would begin a new one each time. */
  private void show(String line) {
    String cut = line.length() < width ? line : line.substring(0, width - 1);
    out.print("\r" + cut + " ".repeat(Math.max(0, shown - cut.length())));
    out.flush();
    shown = cut.length();
  }

  private void clear() {
    if (shown > 0) {
      out.print("\r" + " ".repeat(shown) + "\r");
      shown = 0;
    }
  }

  private static String quantities(Map<String, Double> quantities) {
    return quantities.entrySet().stream()
        .map(e -> String.format(Locale.ROOT, "%s %.5g", e.getKey(), e.getValue()))
        .collect(Collectors.joining("  "));
  }
}
