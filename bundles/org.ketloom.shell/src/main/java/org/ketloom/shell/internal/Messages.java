package org.ketloom.shell.internal;

import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** One line for people out of whatever was thrown. */
final class Messages {
  private Messages() {}

  static String of(Throwable thrown) {
    String message = thrown.getMessage() == null ? "" : thrown.getMessage().strip();
    if ((thrown instanceof UncheckedIOException
            || thrown instanceof ExecutionException
            || thrown instanceof CompletionException)
        && (message.isEmpty() || message.equals(thrown.getCause().toString()))) {
      return of(thrown.getCause());
    }
    if (thrown instanceof ExceptionInInitializerError && thrown.getCause() != null) {
      return of(thrown.getCause());
    }
    if (thrown instanceof FileSystemException e && e.getFile() != null) {
      return e.getFile() + ": " + reason(e);
    }
    if (thrown instanceof OutOfMemoryError) {
      return "not enough memory ("
          + message
          + "); choose a smaller batch, image or circuit, or give Java more with KETLOOM_JAVA_OPTS=-Xmx8g";
    }
    if (thrown instanceof NoClassDefFoundError && message.startsWith("org/ketloom/metrics/")) {
      return "no metrics are installed; start with the feature numerics too";
    }
    if (message.isEmpty()) {
      return thrown.getClass().getSimpleName() + " without a message; --verbose shows where";
    }
    boolean internal =
        thrown instanceof Error
            || thrown instanceof NullPointerException
            || thrown instanceof ClassCastException
            || thrown instanceof IndexOutOfBoundsException;
    return (internal ? thrown.getClass().getSimpleName() + ": " : "")
        + message.replaceAll("\\s*\\R\\s*", "; ");
  }

  /** A path as one word of a command line. */
  static String word(Path path) {
    String text = path.toString();
    return text.matches("[\\w./\\\\:@%+,~-]+") ? text : '"' + text + '"';
  }

  private static String reason(FileSystemException e) {
    if (e instanceof NoSuchFileException) {
      return "there is no such file or folder";
    }
    if (e instanceof AccessDeniedException) {
      return "access is denied";
    }
    if (e instanceof FileAlreadyExistsException) {
      return "it exists already";
    }
    return e.getReason() == null ? e.getClass().getSimpleName() : e.getReason();
  }
}
