package org.ketloom.launcher;

/** What the user has to know to start Ketloom after all; its message is all that is printed. */
final class LaunchException extends Exception {
  private static final long serialVersionUID = 1L;

  LaunchException(String message) {
    super(message);
  }

  LaunchException(String message, Throwable cause) {
    super(message, cause);
  }
}
