package org.ketloom.shell.internal.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class PrintableStreamTest {

  @Test
  void controlCharactersDontReachTheTerminal() {
    ByteArrayOutputStream terminal = new ByteArrayOutputStream();
    PrintableStream stream = new PrintableStream(terminal, StandardCharsets.UTF_8);
    try (PrintStream out = new PrintStream(stream, false, StandardCharsets.UTF_8)) {
      out.println("Zoë\t日本 \u001b[2J\u009b31m\u202e");
      out.print("prompt> ");
      out.flush();
      assertEquals(
          "Zoë\t日本 \uFFFD[2J\uFFFD31m\uFFFD" + System.lineSeparator() + "prompt> ",
          terminal.toString(StandardCharsets.UTF_8));
      out.print("\u0007");
    }
    assertTrue(terminal.toString(StandardCharsets.UTF_8).endsWith("prompt> \uFFFD"));
  }
}
