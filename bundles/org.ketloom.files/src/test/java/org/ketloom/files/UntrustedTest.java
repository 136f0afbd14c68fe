package org.ketloom.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class UntrustedTest {
  private static final List<String> NO_NAMES =
      List.of(
          "",
          ".",
          "..",
          "/",
          "a/b",
          "../a",
          "/etc/passwd",
          "a\\b",
          "a\u0000b",
          "a\nb",
          "a\tb",
          "a\u001b[2Jb",
          "a\u202Egpj.jar",
          "x".repeat(256),
          "\u00e9".repeat(128));

  @Test
  void plainTextStaysAsItIs() {
    String text = "two lines,\n\ta tab, \u00e9, \u6f22 and \uD83D\uDE00";
    assertSame(text, Untrusted.printable(text));
  }

  @Test
  void whatControlsATerminalIsReplaced() {
    assertEquals("a\uFFFD[31mb", Untrusted.printable("a\u001b[31mb"));
    assertEquals("current\uFFFDrefused", Untrusted.printable("current\rrefused"));
    for (char c : "\u0000\u0007\b\u007f\u009b\u202e\u2066\u2028\u200f".toCharArray()) {
      assertEquals("a\uFFFDb", Untrusted.printable("a" + c + "b"), Integer.toHexString(c));
    }
  }

  @Test
  void aPlainNameIsOnePartOfAPath() throws IOException {
    Path folder = Path.of("some", "folder");
    for (String name : List.of("a", "a.jar", ".hidden", "with space.jar", "\u00e9t\u00e9.jar")) {
      assertTrue(Untrusted.isPlainName(name), name);
      assertEquals(folder.resolve(name), Untrusted.child(folder, name));
    }
    for (String name : NO_NAMES) {
      assertFalse(Untrusted.isPlainName(name), name);
      String message =
          assertThrows(IOException.class, () -> Untrusted.child(folder, name)).getMessage();
      assertTrue(message.contains("is not the plain name of a file in " + folder), message);
      assertEquals(Untrusted.printable(message), message);
    }
  }
}
