package org.ketloom.shell.internal.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.ketloom.api.model.StepResult;
import org.ketloom.runtime.run.RunListener;
import org.ketloom.shell.internal.console.Terminal;

class TrainingLogTest {
  private final StringWriter text = new StringWriter();
  private long now;

  private TrainingLog log(boolean live) {
    return new TrainingLog(
        new PrintWriter(text), new Terminal(live, 60, StandardCharsets.UTF_8), () -> now);
  }

  private static RunListener.Step step(int step) {
    return new RunListener.Step(
        1, 2, step, 1000, step, StepResult.of(0.25), 812.4, Duration.ofSeconds(3725));
  }

  @Test
  void linesAreRareWithoutATerminal() {
    TrainingLog log = log(false);
    for (int i = 1; i <= 600; i++) {
      log.step(step(i));
      now += Duration.ofMillis(100).toNanos();
    }
    log.end();
    assertEquals(4, text.toString().lines().count(), "one per 15 seconds of 60");
    assertEquals(
        "epoch 1/2  step 1/1000  loss 0.25000  812 images/s  1:02:05 left",
        text.toString().lines().findFirst().orElseThrow());
  }

  @Test
  void aTerminalsLineIsOverwrittenAndClearedBeforeAnother() {
    TrainingLog log = log(true);
    log.step(step(1));
    now += Duration.ofMillis(10).toNanos();
    log.step(step(2));
    assertFalse(text.toString().contains("step 2/"), "not more than ten times a second");
    now += Duration.ofSeconds(1).toNanos();
    log.step(step(3));
    assertFalse(text.toString().contains("\n"));
    for (String line : text.toString().substring(1).split("\r")) {
      assertTrue(line.stripTrailing().length() < 60, line);
    }
    log.epoch(new RunListener.Epoch(1, 2, 0.25, Duration.ofSeconds(61)));
    assertTrue(
        text.toString()
            .endsWith(" \repoch 1/2  mean loss 0.25000  after 1:01" + System.lineSeparator()),
        text.toString());
  }
}
