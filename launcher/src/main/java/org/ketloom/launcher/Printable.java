package org.ketloom.launcher;

import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/**
 * Text for the terminal that may quote content of plugins and files: control characters, and those
 * that change the direction of writing, are replaced. The command line does the same for what it
 * prints.
 */
final class Printable {
  private Printable() {}

  /** Writes a line to standard error. */
  static void error(String message) {
    System.err.println("ketloom: " + of(message));
  }

  /** Lets the handlers of the root logger write printable text alone. */
  static void logging() {
    for (Handler handler : Logger.getLogger("").getHandlers()) {
      handler.setFormatter(
          new SimpleFormatter() {
            @Override
            public String format(LogRecord record) {
              return of(super.format(record));
            }
          });
    }
  }

  static String of(String text) {
    StringBuilder printable = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean wanted = c == '\n' || c == '\t' || c == '\r' && text.startsWith("\r\n", i);
      printable.append(wanted || !isControl(c) ? c : '\uFFFD');
    }
    return printable.toString();
  }

  private static boolean isControl(char c) {
    return Character.isISOControl(c)
        || Character.getType(c) == Character.FORMAT
        || Character.getType(c) == Character.LINE_SEPARATOR
        || Character.getType(c) == Character.PARAGRAPH_SEPARATOR;
  }
}
