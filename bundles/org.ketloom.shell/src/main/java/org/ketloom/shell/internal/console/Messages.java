package org.ketloom.shell.internal.console;

import java.nio.file.Path;
import org.ketloom.files.Causes;

/** One line for people out of whatever was thrown. */
public final class Messages {
  private Messages() {}

  public static String of(Throwable thrown) {
    String message = Causes.line(thrown);
    if (thrown instanceof OutOfMemoryError) {
      return "not enough memory ("
          + thrown.getMessage()
          + "); choose a smaller batch, image or circuit, or give Java more with KETLOOM_JAVA_OPTS=-Xmx8g";
    }
    if (message.matches("NoClassDefFoundError: org/ketloom/(metrics|study)/.*")) {
      return "no metrics are installed; start with the feature numerics too";
    }
    if (message.matches("\\w+(Exception|Error)")) {
      return message + " without a message; --verbose shows where";
    }
    return message + Remedies.of(thrown);
  }

  /** A path as one word of a command line. */
  public static String word(Path path) {
    String text = path.toString();
    return text.matches("[\\w./\\\\:@%+,~-]+") ? text : '"' + text + '"';
  }
}
