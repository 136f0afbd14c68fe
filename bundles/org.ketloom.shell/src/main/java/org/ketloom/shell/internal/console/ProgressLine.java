package org.ketloom.shell.internal.console;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * What is being done, and how far it has come: on a terminal in a line that is overwritten, else in
 * a line now and then.
 */
public final class ProgressLine {
  private static final long LIVE_NANOS = Duration.ofMillis(100).toNanos();
  private static final long PLAIN_NANOS = Duration.ofSeconds(15).toNanos();
  private static final String BETWEEN = "  ";

  private final PrintWriter out;
  private final boolean silent;
  private final boolean live;
  private final IntSupplier width;
  private final LongSupplier clock;
  private String stage = "";
  private long begin;
  private long last;
  private int shown;

  /** For a command: it is silent if the command is asked to be quiet, or to print JSON alone. */
  public ProgressLine(CommandSpec spec, Terminal terminal) {
    this(
        spec.commandLine().getOut(),
        terminal,
        isSet(spec.root(), "--quiet") || isSet(spec, "--json"));
  }

  private static boolean isSet(CommandSpec spec, String name) {
    OptionSpec option = spec.findOption(name);
    return option != null && Boolean.TRUE.equals(option.getValue());
  }

  /** On the terminal of this process, with the clock of this Java. */
  public ProgressLine(PrintWriter out, Terminal terminal, boolean silent) {
    this(
        out,
        silent,
        terminal.interactive(),
        terminal.interactive() ? LiveWidth.ofProcess(terminal.width()) : terminal::width,
        System::nanoTime);
  }

  /**
   * @param live whether lines are overwritten
   * @param width characters per line, which may change
   * @param clock nanoseconds that pass
   */
  public ProgressLine(PrintWriter out, boolean live, IntSupplier width, LongSupplier clock) {
    this(out, false, live, width, clock);
  }

  private ProgressLine(
      PrintWriter out, boolean silent, boolean live, IntSupplier width, LongSupplier clock) {
    this.out = out;
    this.silent = silent;
    this.live = live;
    this.width = width;
    this.clock = clock;
    this.last = clock.getAsLong();
  }

  /** Tells at once what is being done from now on; where nothing is overwritten in a line. */
  public void begin(String what) {
    last = clock.getAsLong();
    show(List.of(what + " ..."));
  }

  /** As {@link #begin}, of what mostly takes no time: without a terminal it isn't told. */
  public void pass(String what) {
    if (live) {
      begin(what);
    }
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
      String percent = 100 * done / Math.max(1, total) + " %";
      show(
          done == 0
              ? List.of(name, percent)
              : List.of(name, percent, Texts.duration(Duration.ofNanos(left)) + " left"));
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

  /** The next line is due at once. */
  public void hurry() {
    last = clock.getAsLong() - PLAIN_NANOS;
  }

  /**
   * Shows a line in place of the previous one.
   *
   * @param fields the most important first; a terminal shows as many as it has room for
   */
  public void show(List<String> fields) {
    if (silent) {
      return;
    }
    if (!live) {
      println(String.join(BETWEEN, fields));
      return;
    }
    String line = fitting(fields, width.getAsInt());
    out.write('\r');
    out.print(line + " ".repeat(Math.max(0, shown - line.length())));
    out.flush();
    shown = line.length();
  }

  /** A line as long as the terminal's would begin a new one each time. */
  private String fitting(List<String> fields, int columns) {
    // After the window was made narrower, blanks up to the old length would fill another line.
    shown = Math.min(shown, columns - 1);
    StringBuilder line = new StringBuilder();
    for (String field : fields) {
      int length = line.length() + (line.isEmpty() ? 0 : BETWEEN.length()) + field.length();
      if (length >= columns) {
        break;
      }
      line.append(line.isEmpty() ? "" : BETWEEN).append(field);
    }
    String first = fields.get(0);
    return line.isEmpty() ? first.substring(0, Math.min(first.length(), columns - 1)) : "" + line;
  }

  /** Writes a line that stays, unless only results are asked for. */
  public void note(String text) {
    if (!silent) {
      println(text);
    }
  }

  /** Writes a line that stays: a result. */
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
