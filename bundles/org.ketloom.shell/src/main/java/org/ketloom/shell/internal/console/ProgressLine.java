package org.ketloom.shell.internal.console;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * How far long work has come: on a terminal in a line that is overwritten, else in a line now and
 * then.
 */
public final class ProgressLine {
  private static final long LIVE_NANOS = Duration.ofMillis(100).toNanos();
  private static final long PLAIN_NANOS = Duration.ofSeconds(15).toNanos();

  private final PrintWriter out;
  private final boolean live;
  private final int width;
  private final LongSupplier clock;
  private String stage = "";
  private long begin;
  private long last;
  private int shown;

  /**
   * @param clock nanoseconds that pass
   */
  public ProgressLine(PrintWriter out, Terminal terminal, LongSupplier clock) {
    this.out = out;
    this.live = terminal.interactive();
    this.width = terminal.width();
    this.clock = clock;
    this.last = clock.getAsLong();
  }

  /** Tells how much of a stage is done, and when it will be. */
  public void update(String name, long done, long total) {
    long now = clock.getAsLong();
    if (!name.equals(stage)) {
      stage = name;
      begin = now;
    }
    if (due(now)) {
      long left = done == 0 ? 0 : (long) ((double) (now - begin) / done * (total - done));
      show(
          name
              + "  "
              + 100 * done / Math.max(1, total)
              + " %"
              + (done == 0 ? "" : "  " + Texts.duration(Duration.ofNanos(left)) + " left"));
    }
  }

  /** Whether it is time for the next line; if so, it has to be shown. */
  public boolean due() {
    return due(clock.getAsLong());
  }

  private boolean due(long now) {
    if (now - last < (live ? LIVE_NANOS : PLAIN_NANOS)) {
      return false;
    }
    last = now;
    return true;
  }

  /** Shows a line in place of the previous one. */
  public void show(String line) {
    if (!live) {
      println(line);
      return;
    }
    String cut = line.length() < width ? line : line.substring(0, width - 1);
    out.write('\r');
    out.print(cut + " ".repeat(Math.max(0, shown - cut.length())));
    out.flush();
    shown = cut.length();
  }

  /** Writes a line that stays. */
  public void println(String line) {
    clear();
    out.println(line);
    out.flush();
  }

  /** Leaves the line that is being overwritten. */
  public void clear() {
    if (shown > 0) {
      out.write('\r');
      out.print(" ".repeat(shown));
      out.write('\r');
      out.flush();
      shown = 0;
    }
  }
}
