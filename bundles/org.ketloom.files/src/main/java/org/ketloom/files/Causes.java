package org.ketloom.files;

import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** What went wrong, in words: exceptions often have no message, or a path alone. */
public final class Causes {
  private Causes() {}

  /**
   * What an exception says; for file systems the reason with the path that it is about, for others
   * without a message the name of their class.
   */
  public static String of(Throwable thrown) {
    if (thrown instanceof FileSystemException e) {
      return e.getReason() == null ? of(e) : e.getReason();
    }
    String message = thrown.getMessage();
    return message == null || message.isBlank() ? thrown.getClass().getSimpleName() : message;
  }

  /**
   * One line for people out of whatever was thrown: what wrappers wrap, the path with the reason of
   * a file system, and the class's name where a message alone would tell too little.
   */
  public static String line(Throwable thrown) {
    Throwable cause = thrown.getCause();
    String message = thrown.getMessage() == null ? "" : thrown.getMessage().strip();
    boolean wrapper =
        thrown instanceof UncheckedIOException
            || thrown instanceof ExecutionException
            || thrown instanceof CompletionException
            || thrown instanceof ExceptionInInitializerError;
    if (wrapper && cause != null && (message.isEmpty() || message.equals(cause.toString()))) {
      return line(cause);
    }
    if (thrown instanceof FileSystemException e && e.getFile() != null) {
      return e.getReason() == null ? of(e) : e.getFile() + ": " + e.getReason();
    }
    if (message.isEmpty()) {
      return thrown.getClass().getSimpleName();
    }
    boolean internal =
        thrown instanceof Error
            || thrown instanceof NullPointerException
            || thrown instanceof ClassCastException
            || thrown instanceof IndexOutOfBoundsException;
    return (internal ? thrown.getClass().getSimpleName() + ": " : "")
        + message.replaceAll("\\s*\\R\\s*", "; ");
  }

  private static String of(FileSystemException e) {
    if (e instanceof AccessDeniedException) {
      return "access to " + e.getFile() + " is denied";
    }
    if (e instanceof NoSuchFileException) {
      return e.getFile() + " doesn't exist";
    }
    if (e instanceof NotDirectoryException) {
      return e.getFile() + " is not a folder";
    }
    if (e instanceof FileAlreadyExistsException) {
      // Also what is thrown where a folder has to be and a file is.
      return Files.isDirectory(Path.of(e.getFile()))
          ? e.getFile() + " exists already"
          : e.getFile() + " is not a folder";
    }
    if (e instanceof DirectoryNotEmptyException) {
      return e.getFile() + " is not empty";
    }
    return e.getClass().getSimpleName() + " at " + e.getFile();
  }
}
