package org.ketloom.shell.internal.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.ketloom.api.model.StepResult;
import org.ketloom.runtime.run.RunListener;
import org.ketloom.shell.internal.console.PrintableWriter;
import org.ketloom.shell.internal.console.ProgressLine;

class TrainingLogTest {
  private final StringWriter text = new StringWriter();
  private int width = 60;
  private long now;

  private TrainingLog log(boolean live) {
    // As on the command line, where carriage returns pass only if they are written as such.
    PrintWriter out = new PrintWriter(new PrintableWriter(text));
    return new TrainingLog(new ProgressLine(out, live, () -> width, () -> now));
  }

  private static RunListener.Started started() {
    return new RunListener.Started(
        Path.of("r"), 0, 10, 5, 2, 64, Map.of(), List.of(), Map.of(), List.of());
  }

  private static RunListener.Step step(int step) {
    return new RunListener.Step(
        1, 2, step, 1000, step, StepResult.of(0.25), 812.4, Duration.ofSeconds(3725));
  }

  private void pass(Duration time) {
    now += time.toNanos();
  }

  private String last() {
    String[] lines = text.toString().split("[\r\n]", -1);
    return lines[lines.length - 1].stripTrailing();
  }

  @Test
  void withoutATerminalThereIsALineNowAndThenWithinAnEpoch() {
    TrainingLog log = log(false);
    log.started(started());
    text.getBuffer().setLength(0);
    for (int i = 1; i <= 600; i++) {
      log.step(step(i));
      pass(Duration.ofMillis(100));
    }
    assertEquals(4, text.toString().lines().count(), "one per 15 seconds of 60");
    assertEquals(
        "1:02:05 left  812 images/s  epoch 1/2  step 1/1000  loss 0.25000",
        text.toString().lines().findFirst().orElseThrow());
  }

  @Test
  void timeLeftStandsFirstAndTheRestAsThereIsRoom() {
    TrainingLog log = log(true);
    pass(Duration.ofSeconds(1));
    width = 110;
    log.step(step(1));
    assertEquals("1:02:05 left  812 images/s  epoch 1/2  step 1/1000  loss 0.25000", last());
    for (int narrower : new int[] {65, 64, 40, 27, 13}) {
      width = narrower;
      pass(Duration.ofSeconds(1));
      log.step(step(1));
      assertTrue(last().length() < narrower, last());
      assertTrue(last().startsWith("1:02:05 left"), last());
    }
    assertEquals("1:02:05 left", last());
    width = 6;
    pass(Duration.ofSeconds(1));
    log.step(step(1));
    assertEquals("1:02:", last());
    width = 64;
    pass(Duration.ofSeconds(1));
    log.step(step(1));
    assertEquals("1:02:05 left  812 images/s  epoch 1/2  step 1/1000", last());
    assertFalse(text.toString().contains("\uFFFD"), "carriage returns pass");
    assertFalse(text.toString().contains("\n"));
  }

  @Test
  void aTerminalsLineIsOverwrittenAndClearedBeforeAnother() {
    TrainingLog log = log(true);
    pass(Duration.ofSeconds(1));
    log.step(step(1));
    pass(Duration.ofMillis(10));
    log.step(step(2));
    assertFalse(text.toString().contains("step 2/"), "not more than ten times a second");
    log.epoch(new RunListener.Epoch(1, 2, 0.25, Duration.ofSeconds(61)));
    assertTrue(
        text.toString()
            .endsWith(" \repoch 1/2  mean loss 0.25000  after 1:01" + System.lineSeparator()),
        text.toString());
  }

  @Test
  void whatIsDoneBetweenStepsIsTold() {
    TrainingLog live = log(true);
    live.busy("composing the model toy");
    assertEquals("composing the model toy ...", last());
    live.started(started());
    live.busy("writing the checkpoint of step 5");
    assertEquals("writing the checkpoint of step 5 ...", last());
    pass(Duration.ofSeconds(1));
    live.sampling(1, 1, 4);
    assertTrue(last().startsWith("drawing samples after epoch 1  25 %"), last());

    text.getBuffer().setLength(0);
    TrainingLog plain = log(false);
    plain.busy("composing the model toy");
    assertEquals("composing the model toy ...\n", text.toString());
    plain.started(started());
    text.getBuffer().setLength(0);
    plain.busy("writing the checkpoint of step 5");
    assertEquals("", text.toString());
    pass(Duration.ofSeconds(16));
    plain.sampling(1, 1, 4);
    assertTrue(text.toString().startsWith("drawing samples after epoch 1  25 %"), last());
  }
}
