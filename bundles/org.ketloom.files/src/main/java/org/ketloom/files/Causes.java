package org.ketloom.files;

import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;

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
