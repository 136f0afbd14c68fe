package org.ketloom.shell.internal.console;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/**
 * Characters per line of the terminal that this process is connected to, also after its window was
 * resized: it is asked again every second, in a thread of its own, as long as somebody wants to
 * know. The signal that the system sends is for one listener of the process alone, which in {@code
 * ketloom shell} is the line editor.
 */
final class LiveWidth implements IntSupplier {
  private static final long EVERY_NANOS = Duration.ofSeconds(1).toNanos();
  private static final int NARROWEST = 20;

  private final int otherwise;
  private final Look look;
  private final LongSupplier clock;
  private final Executor executor;
  private final AtomicBoolean looking = new AtomicBoolean();
  private volatile int width;
  private long looked;

  /** Asks the terminal. */
  @FunctionalInterface
  interface Look {
    int width() throws IOException;
  }

  /**
   * Asks once.
   *
   * @param otherwise the width where the terminal doesn't tell it
   * @param look asks for the width
   * @param clock nanoseconds that pass
   * @param executor where it is asked again
   */
  LiveWidth(int otherwise, Look look, LongSupplier clock, Executor executor) {
    this.otherwise = otherwise;
    this.look = look;
    this.clock = clock;
    this.executor = executor;
    this.looked = clock.getAsLong();
    ask();
  }

  /** That of this process; {@code otherwise} on Windows, which has no {@code stty} to be asked. */
  static LiveWidth ofProcess(int otherwise) {
    return new LiveWidth(
        otherwise,
        LiveWidth::columns,
        System::nanoTime,
        task -> {
          Thread thread = new Thread(task, "ketloom-width");
          thread.setDaemon(true);
          thread.start();
        });
  }

  /** Rows and columns, as {@code stty size} prints them. */
  private static int columns() throws IOException {
    Process stty =
        new ProcessBuilder("stty", "size")
            .redirectInput(new File("/dev/tty"))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (InputStream in = stty.getInputStream()) {
      String size = new String(in.readNBytes(100), StandardCharsets.US_ASCII).strip();
      return size.matches("\\d{1,5} \\d{1,5}") ? Integer.parseInt(size.split(" ", 2)[1]) : 0;
    }
  }

  @Override
  public int getAsInt() {
    long now = clock.getAsLong();
    if (now - looked >= EVERY_NANOS && looking.compareAndSet(false, true)) {
      looked = now;
      executor.execute(this::ask);
    }
    return width;
  }

  private void ask() {
    int found;
    try {
      found = look.width();
    } catch (IOException | RuntimeException e) {
      found = 0;
    }
    width = found >= NARROWEST ? found : otherwise;
    looking.set(false);
  }
}
