package org.ketloom.shell.internal.console;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.ketloom.files.CacheFolder;

/** What takes longer the first time. */
public final class FirstUse {
  private FirstUse() {}

  /** Tells, before anything computes, that native code has to be unpacked, if it has to. */
  public static void tell(ProgressLine line) {
    tell(line, CacheFolder.get());
  }

  static void tell(ProgressLine line, Path cache) {
    if (!holdsNativeCode(cache)) {
      line.note("first use: native code is unpacked into " + cache + ", which takes a while");
    }
  }

  private static boolean holdsNativeCode(Path cache) {
    if (!Files.isDirectory(cache)) {
      return false;
    }
    try (DirectoryStream<Path> unpacked = Files.newDirectoryStream(cache, "nd4j-*")) {
      return unpacked.iterator().hasNext();
    } catch (IOException e) {
      // Whoever unpacks it says what is wrong with the folder.
      return false;
    }
  }
}
