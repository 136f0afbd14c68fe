package org.ketloom.launcher;

import java.util.List;
import java.util.OptionalInt;
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
 * The same happens when a plugin calls {@code System.exit}; the exit status is 70 then.
 */
public final class Main {
  /** Exit status when Ketloom itself doesn't start, or is ended by what it runs. */
  static final int FAILED = 70;

  private static final long COMMAND_TIMEOUT = TimeUnit.SECONDS.toMillis(5);

  private Main() {}

  public static void main(String[] arguments) {
    Ending ending = new Ending();
    Runtime.getRuntime().addShutdownHook(ending);
    int status = run(arguments, ending);
    ending.expected();
    System.exit(status);
  }

  private static int run(String[] arguments, Ending ending) {
    boolean verbose = List.of(arguments).contains("--verbose");
    try {
      Layout layout = Layout.ofEnvironment();
      OptionalInt answered = Offline.answer(arguments, layout);
      return answered.isPresent() ? answered.getAsInt() : run(arguments, layout, ending);
    } catch (LaunchException | RuntimeException e) {
      Printable.error(e.getMessage() == null ? e.toString() : e.getMessage());
      if (verbose) {
        e.printStackTrace();
      }
      return FAILED;
    }
  }

  private static int run(String[] arguments, Layout layout, Ending ending) throws LaunchException {
    Printable.logging();
    try (Container container = new Container(layout, ending::starting)) {
      container.warnings().forEach(Printable::error);
      ToIntFunction<String[]> command = container.command(COMMAND_TIMEOUT);
      ending.running(container, command);
      Thread.currentThread().setContextClassLoader(command.getClass().getClassLoader());
      try {
        return command.applyAsInt(arguments.clone());
      } finally {
        ending.commandIsOver();
      }
    }
  }
}
