package org.ketloom.launcher;

import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.ToIntFunction;

/**
 * Starts Ketloom and runs one command.
 *
 * <p>The command line is a service of type {@code java.util.function.ToIntFunction<String[]>} with
 * property {@code ketloom.command=main}: it is given the arguments, on the main thread, and its
 * result is the exit status.
 *
 * <p>When the process is asked to end while the command runs (Ctrl-C, SIGTERM), and the service is
 * also {@link AutoCloseable}, {@code close()} is called on another thread while everything still
 * runs. It has to return when the process may end: at once, or after the checkpoint that a training
 * run still has to write. Only then is the framework stopped, which deactivates every component.
 */
public final class Main {
  /** Exit status when Ketloom itself doesn't start. */
  static final int FAILED = 70;

  private static final long COMMAND_TIMEOUT = TimeUnit.SECONDS.toMillis(5);

  private Main() {}

  public static void main(String[] arguments) {
    System.exit(run(arguments));
  }

  static int run(String[] arguments) {
    boolean verbose = List.of(arguments).contains("--verbose");
    try (Container container = new Container(Layout.ofEnvironment())) {
      container.warnings().forEach(warning -> System.err.println("ketloom: " + warning));
      ToIntFunction<String[]> command = container.command(COMMAND_TIMEOUT);
      Thread hook = new Thread(() -> interrupt(command, container), "ketloom-shutdown");
      Runtime.getRuntime().addShutdownHook(hook);
      Thread.currentThread().setContextClassLoader(command.getClass().getClassLoader());
      try {
        return command.applyAsInt(arguments.clone());
      } finally {
        removeHook(hook);
      }
    } catch (LaunchException | RuntimeException e) {
      System.err.println("ketloom: " + (e.getMessage() == null ? e : e.getMessage()));
      if (verbose) {
        e.printStackTrace();
      }
      return FAILED;
    }
  }

  private static void removeHook(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The process is ending already: the hook does the rest, and must not be overtaken.
      while (hook.isAlive()) {
        try {
          hook.join();
        } catch (InterruptedException interrupted) {
          Thread.currentThread().interrupt();
          return;
        }
      }
    }
  }

  private static void interrupt(ToIntFunction<String[]> command, Container container) {
    if (command instanceof AutoCloseable closeable) {
      try {
        closeable.close();
      } catch (Exception e) {
        System.err.println("ketloom: " + e.getMessage());
      }
    }
    container.close();
  }
}
