package org.ketloom.shell.internal.console;

/** What a command's exit status means. */
public final class ExitStatus {
  /** All went well. */
  public static final int OK = 0;

  /** It failed, and has said why. */
  public static final int FAILURE = 1;

  /** It was called wrongly. */
  public static final int USAGE = 2;

  /** It was interrupted; that of a process that got an interrupt signal. */
  public static final int INTERRUPTED = 130;

  private ExitStatus() {}
}
