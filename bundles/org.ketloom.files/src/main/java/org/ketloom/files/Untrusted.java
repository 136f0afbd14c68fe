package org.ketloom.files;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Text and names out of files that anybody may have written. */
public final class Untrusted {
  private static final char REPLACEMENT = '\uFFFD';

  /** The longest file name that common file systems take, in bytes. */
  private static final int LONGEST_NAME = 255;

  private Untrusted() {}

  /**
   * Text that a terminal shows as it is: control characters, but for line feeds and tabs, and
   * characters that change the direction of writing or break lines, are replaced.
   */
  public static String printable(String text) {
    StringBuilder printable = null;
    for (int i = 0; i < text.length(); i++) {
      if (!isPrintable(text.charAt(i))) {
        if (printable == null) {
          printable = new StringBuilder(text);
        }
        printable.setCharAt(i, REPLACEMENT);
      }
    }
    return printable == null ? text : printable.toString();
  }

  private static boolean isPrintable(char c) {
    if (c == '\n' || c == '\t') {
      return true;
    }
    boolean direction =
        c >= '\u202A' && c <= '\u202E'
            || c >= '\u2066' && c <= '\u2069'
            || c == '\u200E'
            || c == '\u200F'
            || c == '\u061C';
    return !Character.isISOControl(c) && !direction && c != '\u2028' && c != '\u2029';
  }

  /**
   * Whether this is the name of a file and nothing more: no path, at most 255 bytes, and nothing in
   * it that {@link #printable} would replace.
   */
  public static boolean isPlainName(String name) {
    return !name.isEmpty()
        && !name.equals(".")
        && !name.equals("..")
        && name.indexOf('/') < 0
        && name.indexOf('\\') < 0
        && name.indexOf('\n') < 0
        && name.indexOf('\t') < 0
        && printable(name).equals(name)
        && name.getBytes(StandardCharsets.UTF_8).length <= LONGEST_NAME;
  }

  /**
   * A file of this name in a folder.
   *
   * @throws IOException if the name is no {@linkplain #isPlainName plain one}, or leads elsewhere
   */
  public static Path child(Path folder, String name) throws IOException {
    Path child = isPlainName(name) ? folder.resolve(name).normalize() : null;
    if (child == null || !folder.normalize().equals(child.getParent())) {
      throw new IOException(
          "\"" + printable(name) + "\" is not the plain name of a file in " + folder);
    }
    return child;
  }
}
