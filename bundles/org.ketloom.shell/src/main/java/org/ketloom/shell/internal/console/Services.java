package org.ketloom.shell.internal.console;

/** Where commands find services at the moment they need them. */
public interface Services {

  /**
   * The service of a type.
   *
   * @throws IllegalStateException if there is none, saying so
   */
  <T> T get(Class<T> type);

  /**
   * Starts a bundle that is installed for a command to start, after those that it needs.
   *
   * @throws IllegalStateException if it isn't installed, or doesn't start, saying which
   */
  void start(String symbolicName);

  /** A property of the framework or of the system; null if it isn't set. */
  String property(String name);

  /** Version of the program. */
  String version();

  /** What is interrupted when the process is asked to end. */
  Interruptions interruptions();
}
