package org.ketloom.runtime.internal.deploy;

import java.util.regex.Pattern;
import org.ketloom.files.Untrusted;
import org.osgi.framework.Version;

/**
 * What the names in jars, and in the files of a store that several containers write, have to look
 * like. Names become parts of paths and lines on a terminal.
 */
final class Grammar {
  /** A file of a symbolic name and a version has to be possible. */
  private static final int LONGEST = 200;

  /** OSGi Core, 1.3.2: {@code symbolic-name ::= token('.'token)*}. */
  private static final Pattern SYMBOLIC_NAME =
      Pattern.compile("[A-Za-z0-9_-]+(?:\\.[A-Za-z0-9_-]+)*");

  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

  /** A kind, and for parts the name, as {@code ansatz two-qubit}. */
  private static final Pattern PART = Pattern.compile("[a-z]+(?: [a-z0-9]+(?:-[a-z0-9]+)*)?");

  private Grammar() {}

  /** A symbolic name of at most 200 characters. */
  static boolean isSymbolicName(String text) {
    return text.length() <= LONGEST && SYMBOLIC_NAME.matcher(text).matches();
  }

  /**
   * A version as OSGi defines it, in its shortest form: {@code 1.0} is 1.0.0.
   *
   * @throws IllegalArgumentException if it is none, or has more than 200 characters
   */
  static Version version(String text) {
    if (text != null && text.length() > LONGEST) {
      throw new IllegalArgumentException("a version of " + text.length() + " characters");
    }
    return Version.parseVersion(text);
  }

  /**
   * Gives a symbolic name back.
   *
   * @throws IllegalArgumentException saying that it is none
   */
  static String requireSymbolicName(String text) {
    return require(isSymbolicName(text), text, "no symbolic name");
  }

  /** As {@link #requireSymbolicName}, for versions. */
  static String requireVersion(String text) {
    return require(version(text).toString().equals(text), text, "no version");
  }

  /** As {@link #requireSymbolicName}, for a SHA-256 in 64 hexadecimal digits. */
  static String requireSha256(String text) {
    return require(SHA256.matcher(text).matches(), text, "no SHA-256");
  }

  /** As {@link #requireSymbolicName}, for what a plugin brings. */
  static String requirePart(String text) {
    return require(text.length() <= LONGEST && PART.matcher(text).matches(), text, "no part");
  }

  /** As {@link #requireSymbolicName}, for the plain name of a file. */
  static String requireFileName(String text) {
    return require(Untrusted.isPlainName(text), text, "no plain file name");
  }

  private static String require(boolean good, String text, String what) {
    if (!good) {
      throw new IllegalArgumentException("\"" + shown(text) + "\" is " + what);
    }
    return text;
  }

  /** Any text, shortened to what a message has room for. */
  static String shown(String text) {
    String printable = Untrusted.printable(text);
    return printable.length() <= LONGEST ? printable : printable.substring(0, LONGEST) + "...";
  }
}
