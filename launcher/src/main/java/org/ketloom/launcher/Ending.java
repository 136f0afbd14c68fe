package org.ketloom.launcher;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.launch.Framework;

/**
 * The end of the process, a shutdown hook. When a signal asks for it, the command may finish what
 * it has to, and the framework is stopped. When nobody does, but a plugin calls {@code
 * System.exit}, it is the same, and the exit status tells that something went wrong.
 *
 * <p>{@code Runtime.halt} ends the process without any hook.
 */
final class Ending extends Thread {
  private @Nullable Framework framework;
  private @Nullable ToIntFunction<String[]> command;
  private @Nullable Container container;
  private boolean begun;
  private boolean asked;

  Ending() {
    super("ketloom-shutdown");
  }

  /** The framework that is starting, in which a culprit is looked for. */
  synchronized void starting(Framework started) {
    framework = started;
  }

  /** All runs. */
  synchronized void running(Container started, ToIntFunction<String[]> asked) {
    container = started;
    command = asked;
  }

  /** The command is over. If the process is ending already, this does the rest. */
  void commandIsOver() {
    synchronized (this) {
      command = null;
      if (!begun) {
        return;
      }
    }
    await();
  }

  /** The process ends now, as it should. */
  void expected() {
    synchronized (this) {
      asked = true;
      if (!begun) {
        return;
      }
    }
    await();
  }

  /** Whoever ends the process isn't overtaken. */
  private void await() {
    while (isAlive()) {
      try {
        join();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  @Override
  public void run() {
    @Nullable ToIntFunction<String[]> interrupted;
    @Nullable Container open;
    @Nullable Framework searched;
    synchronized (this) {
      begun = true;
      if (asked) {
        return;
      }
      interrupted = command;
      open = container;
      searched = framework;
    }
    Optional<StackTraceElement> culprit = culprit(Thread.getAllStackTraces());
    culprit.ifPresent(frame -> Printable.error(describe(frame, searched)));
    if (interrupted instanceof AutoCloseable closeable) {
      try {
        closeable.close();
      } catch (Exception e) {
        Printable.error(String.valueOf(e.getMessage()));
      }
    }
    if (open != null) {
      open.close();
    }
    if (culprit.isPresent()) {
      System.err.flush();
      // Whatever status was given: it would be taken for that of the command.
      Runtime.getRuntime().halt(Main.FAILED);
    }
  }

  /** Who called {@code System.exit}; empty if a signal asked, which doesn't call it. */
  static Optional<StackTraceElement> culprit(Map<Thread, StackTraceElement[]> threads) {
    return threads.values().stream().flatMap(trace -> caller(trace).stream()).findFirst();
  }

  private static Optional<StackTraceElement> caller(StackTraceElement[] trace) {
    for (int i = 0; i < trace.length; i++) {
      if (trace[i].getClassName().equals("java.lang.Runtime")
          && trace[i].getMethodName().equals("exit")) {
        return Arrays.stream(trace)
            .skip(i)
            .filter(f -> !f.getClassName().matches("(java|jdk|sun)\\..*"))
            .findFirst()
            .or(() -> Optional.of(trace[trace.length - 1]));
      }
    }
    return Optional.empty();
  }

  private static String describe(StackTraceElement frame, @Nullable Framework framework) {
    String call =
        "the process is ended by System.exit in class "
            + frame.getClassName()
            + " (method "
            + frame.getMethodName()
            + ")";
    return owner(frame.getClassName(), framework)
        .map(
            b ->
                call
                    + " of bundle "
                    + b.getSymbolicName()
                    + " "
                    + b.getVersion()
                    + ", which nobody asked for. If it is a plugin, `ketloom deploy remove '"
                    + b.getSymbolicName()
                    + " "
                    + b.getVersion()
                    + "'` takes it away")
        .orElse(call + ", which nobody asked for");
  }

  /** The bundle that has a class; of several, the one that was installed last. */
  private static Optional<Bundle> owner(String type, @Nullable Framework framework) {
    if (framework == null || framework.getBundleContext() == null) {
      return Optional.empty();
    }
    String entry = type.replace('.', '/') + ".class";
    return Arrays.stream(framework.getBundleContext().getBundles())
        .filter(b -> b.getBundleId() != 0 && b.getEntry(entry) != null)
        .max(Comparator.comparing(Bundle::getBundleId));
  }
}
