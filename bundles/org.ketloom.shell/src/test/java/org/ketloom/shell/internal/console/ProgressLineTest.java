package org.ketloom.shell.internal.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProgressLineTest {
  @TempDir Path folder;
  private final StringWriter text = new StringWriter();
  private long now;

  private ProgressLine line(boolean live) {
    return new ProgressLine(new PrintWriter(text), live, () -> 40, () -> now);
  }

  @Test
  void aStageTellsItsPercentAndTheTimeThatIsLeft() {
    ProgressLine line = line(false);
    line.begin("drawing");
    line.update("drawing", 0, 4);
    now += Duration.ofSeconds(20).toNanos();
    line.update("drawing", 1, 4);
    line.update("drawing", 2, 4);
    assertEquals("drawing ...\ndrawing  25 %  1:00 left\n", text.toString());
  }

  @Test
  void whatMostlyTakesNoTimeIsToldOnATerminalAlone() {
    line(false).pass("waiting");
    assertEquals("", text.toString());
    ProgressLine live = line(true);
    live.pass("waiting");
    live.clear();
    assertEquals("\rwaiting ...\r" + " ".repeat(11) + "\r", text.toString());
  }

  @Test
  void theWidthFollowsTheWindow() {
    int[] columns = {80};
    List<Runnable> looks = new ArrayList<>();
    LiveWidth width =
        new LiveWidth(
            100,
            () -> {
              if (columns[0] < 0) {
                throw new IOException("no terminal");
              }
              return columns[0];
            },
            () -> now,
            looks::add);
    assertEquals(80, width.getAsInt());
    columns[0] = 180;
    assertEquals(80, width.getAsInt());
    assertEquals(0, looks.size(), "not before a second has passed");
    for (int[] change : new int[][] {{180, 180}, {0, 100}, {50, 50}, {-1, 100}}) {
      columns[0] = change[0];
      now += Duration.ofSeconds(1).toNanos();
      width.getAsInt();
      now += Duration.ofSeconds(1).toNanos();
      width.getAsInt();
      assertEquals(1, looks.size(), "never twice at the same time");
      looks.remove(0).run();
      assertEquals(change[1], width.getAsInt());
    }
  }

  @Test
  void theFirstUseIsToldUntilNativeCodeIsThere() throws IOException {
    Path cache = folder.resolve("cache");
    FirstUse.tell(line(false), cache);
    assertTrue(text.toString().startsWith("first use: native code is unpacked into " + cache));
    text.getBuffer().setLength(0);
    Files.createDirectories(cache.resolve("data"));
    FirstUse.tell(line(false), cache);
    assertTrue(text.toString().startsWith("first use: "), text.toString());
    text.getBuffer().setLength(0);
    Files.createDirectories(cache.resolve("nd4j-1.0/linux"));
    FirstUse.tell(line(false), cache);
    assertEquals("", text.toString());
  }
}
