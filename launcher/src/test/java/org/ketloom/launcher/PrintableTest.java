package org.ketloom.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;

class PrintableTest {
  private static final String ATTACK = "a\u001b[2J\u0007\u202eb\u009bc\rd";
  private static final String SHOWN = "a\uFFFD[2J\uFFFD\uFFFDb\uFFFDc\uFFFDd";

  @Test
  void whatPaintsTheTerminalIsReplaced() {
    assertEquals(SHOWN, Printable.of(ATTACK));
    assertEquals("Zoë: 日本\n\tline\r\n", Printable.of("Zoë: 日本\n\tline\r\n"));
  }

  @Test
  void logLinesArePrintable() {
    Handler[] handlers = Logger.getLogger("").getHandlers();
    assertTrue(handlers.length > 0);
    Formatter[] before =
        Arrays.stream(handlers).map(Handler::getFormatter).toArray(Formatter[]::new);
    try {
      Printable.logging();
      for (Handler handler : handlers) {
        String line = handler.getFormatter().format(new LogRecord(Level.WARNING, ATTACK));
        assertTrue(line.contains(SHOWN), line);
      }
    } finally {
      for (int i = 0; i < handlers.length; i++) {
        handlers[i].setFormatter(before[i]);
      }
    }
  }
}
