package org.ketloom.tck;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.ketloom.api.error.InvalidInputException;

/**
 * Calls into a plugin's code, each bound in time: made on a thread that is left behind if need be.
 */
public final class Calls implements AutoCloseable {

  /** A plugin doesn't keep to something; the message is the finding's. */
  public static final class Violation extends Exception {
    private static final long serialVersionUID = 1;
    private final transient Finding finding;

    Violation(Finding.Check check, String message) {
      super(message);
      this.finding = new Finding(check, message);
    }

    /** What was found. */
    public Finding finding() {
      return finding;
    }
  }

  private final long limit;
  private final long end;
  private final long total;
  private volatile @Nullable Thread thread;
  private final ExecutorService worker =
      Executors.newSingleThreadExecutor(
          work -> {
            Thread created = new Thread(work, "ketloom-conformance");
            created.setDaemon(true);
            thread = created;
            return created;
          });

  /**
   * Calls of one plugin.
   *
   * @param limit most time for a call
   * @param total most time for all
   */
  public Calls(Duration limit, Duration total) {
    this.limit = limit.toNanos();
    this.total = total.toMillis();
    this.end = System.nanoTime() + total.toNanos();
  }

  /**
   * Calls.
   *
   * @param what the call, for messages: {@code append(2 layers on 3 wires)}
   * @throws IllegalArgumentException if the call throws one with a message
   * @throws Violation if it doesn't return in time or throws anything else
   */
  public <T> T call(String what, Callable<T> call) throws Violation {
    long timeout = Math.min(limit, end - System.nanoTime());
    if (timeout <= 0) {
      throw new Violation(
          Finding.Check.TIME,
          "the checks took longer than " + total + " ms altogether; the next was " + what);
    }
    Future<T> result = worker.submit(() -> told(what, call));
    try {
      return result.get(timeout, TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      String place = place();
      result.cancel(true);
      throw new Violation(
          Finding.Check.TIME,
          what
              + " didn't return within "
              + TimeUnit.NANOSECONDS.toMillis(timeout)
              + " ms; it was at "
              + place);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Violation violation) {
        throw violation;
      }
      if (e.getCause() instanceof IllegalArgumentException refused) {
        throw refused;
      }
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Violation(Finding.Check.TIME, "the checks were interrupted at " + what);
    }
  }

  /**
   * Calls, and tells what is thrown: what an exception says of itself is code of its class, which
   * may be the plugin's, and belongs to the time that the call may take.
   */
  private static <T> T told(String what, Callable<T> call) throws Violation {
    try {
      return call.call();
    } catch (Throwable thrown) {
      @Nullable String message;
      String description;
      try {
        message = thrown.getMessage();
        description = describe(thrown);
      } catch (RuntimeException | LinkageError | VirtualMachineError e) {
        throw new Violation(
            Finding.Check.EXCEPTION,
            what
                + " threw "
                + thrown.getClass().getName()
                + ", which can't be read: its methods throw "
                + e.getClass().getName());
      }
      if (thrown instanceof IllegalArgumentException refused
          && message != null
          && !message.isBlank()) {
        throw isPlain(refused) ? refused : new IllegalArgumentException(message);
      }
      throw new Violation(Finding.Check.EXCEPTION, what + " threw " + description);
    }
  }

  /** Whether no plugin can have written the class. */
  private static boolean isPlain(IllegalArgumentException refused) {
    return refused.getClass().getClassLoader() == null || refused instanceof InvalidInputException;
  }

  private String place() {
    Thread running = thread;
    return running == null
        ? "its beginning"
        : Arrays.stream(running.getStackTrace())
            .filter(f -> !f.getClassName().matches("(java|jdk|sun)\\..*"))
            .findFirst()
            .map(StackTraceElement::toString)
            .orElse("an unknown place");
  }

  private static String describe(Throwable thrown) {
    return thrown
        + meaning(thrown)
        + (thrown.getStackTrace().length == 0 ? "" : " at " + thrown.getStackTrace()[0])
        + (thrown instanceof IllegalArgumentException ? ", without a message" : "");
  }

  /** What an error of the Java virtual machine means, in brackets; empty for others. */
  private static String meaning(Throwable thrown) {
    if (thrown instanceof StackOverflowError) {
      return " (calls that never end)";
    }
    if (thrown instanceof OutOfMemoryError) {
      return " (more than the "
          + (Runtime.getRuntime().maxMemory() >> 20)
          + " MB that Java may use, -Xmx)";
    }
    if (thrown instanceof UnsupportedClassVersionError) {
      return " (this is Java "
          + Runtime.version().feature()
          + "; compile for it, with --release "
          + Runtime.version().feature()
          + ")";
    }
    return "";
  }

  @Override
  public void close() {
    worker.shutdownNow();
  }
}
