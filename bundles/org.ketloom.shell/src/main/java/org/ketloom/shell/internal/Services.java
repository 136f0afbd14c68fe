package org.ketloom.shell.internal;

import java.util.function.Consumer;

/** Where commands find what they work with, at the moment in which they need it. */
interface Services {

  /**
   * The service of a type.
   *
   * @throws IllegalStateException if there is none, saying so
   */
  <T> T get(Class<T> type);

  /** Version of the program. */
  String version();

  /**
   * Runs something before the process ends, in time for it to finish.
   *
   * @param work what is to be run
   * @param registered is given a handle that takes the work back
   */
  default void onShutdown(Runnable work, Consumer<Runnable> registered) {
    Thread hook = new Thread(work, "ketloom-stop");
    Runtime.getRuntime().addShutdownHook(hook);
    registered.accept(
        () -> {
          try {
            Runtime.getRuntime().removeShutdownHook(hook);
          } catch (IllegalStateException e) {
            // The process is ending: the work is being done.
          }
        });
  }
}
