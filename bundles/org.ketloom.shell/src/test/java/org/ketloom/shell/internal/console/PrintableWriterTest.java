package org.ketloom.shell.internal.console;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class PrintableWriterTest {
  private final StringWriter terminal = new StringWriter();
  private final PrintWriter out = new PrintWriter(new PrintableWriter(terminal), true);

  @Test
  void textPassesAndWhatControlsTheTerminalDoesNot() {
    out.println("plain \u00e9");
    out.printf(Locale.ROOT, "%s\tb%n", "a\u001b[31m");
    out.print("refused\rcurrent".toCharArray());
    out.append('\u0007');
    out.flush();
    assertEquals(
        "plain \u00e9\na\uFFFD[31m\tb\nrefused\uFFFDcurrent\uFFFD",
        terminal.toString().replace(System.lineSeparator(), "\n"));
  }

  @Test
  void aLineOfProgressIsOverwritten() {
    out.write('\r');
    out.print("step 1");
    out.flush();
    assertEquals("\rstep 1", terminal.toString());
  }
}
