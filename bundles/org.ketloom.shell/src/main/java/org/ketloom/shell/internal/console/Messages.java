package org.ketloom.shell.internal.console;

import java.nio.file.Path;
import org.ketloom.api.error.HasRemedies;
import org.ketloom.files.Causes;
import org.ketloom.runtime.deploy.Notice;

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
    if (message.matches("NoClassDefFoundError: org/ketloom/(bench|metrics|study)/.*")) {
      return "no metrics are installed; start with the feature numerics too";
    }
    if (message.matches("\\w+(Exception|Error)")) {
      return message + " without a message; --verbose shows where";
    }
    return Remedies.behind(message, HasRemedies.of(thrown));
  }

  /** A notice of the platform, with what can be done about it. */
  public static String of(Notice notice) {
    return Remedies.behind(notice.text(), notice.remedies());
  }

  /** A path as one word of a command line. */
  public static String word(Path path) {
    return word(path.toString());
  }

  /** As {@link #word(Path)}, for any text. */
  static String word(String text) {
    return text.matches("[\\w./\\\\:@%+,~-]+") ? text : '"' + text + '"';
  }
}
