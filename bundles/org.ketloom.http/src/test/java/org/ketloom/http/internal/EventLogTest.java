package org.ketloom.http.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventLogTest {
  private final EventLog log = new EventLog();

  @Test
  void aReaderThatComesBackHasWhatItMissed() throws InterruptedException {
    for (int i = 1; i <= 5; i++) {
      log.add("run", Integer.toString(i));
    }
    assertTrue(log.reaches(3));
    assertEquals(List.of("4", "5"), log.await(3, 0).stream().map(EventLog.Event::data).toList());
    assertEquals(List.of(), log.await(5, 0));
  }

  @Test
  void whatIsForgottenIsNotReached() {
    assertTrue(log.reaches(0));
    // A number of an earlier start.
    assertFalse(log.reaches(1));
    for (int i = 0; i < 1001; i++) {
      log.add("run", "{}");
    }
    assertFalse(log.reaches(0));
    assertTrue(log.reaches(1));
  }

  @Test
  void closingLetsReadersGo() throws Exception {
    CompletableFuture<List<EventLog.Event>> reader =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return log.await(0, TimeUnit.MINUTES.toMillis(5));
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    log.close();
    assertEquals(List.of(), reader.get(1, TimeUnit.MINUTES));
  }

  @Test
  void onlyWhatHasChangedIsTold(@TempDir Path root) throws IOException, InterruptedException {
    for (String name : List.of("a", "b")) {
      Files.writeString(Files.createDirectories(root.resolve(name)).resolve("manifest.json"), "{}");
    }
    AtomicInteger step = new AtomicInteger();
    RunWatch watch =
        new RunWatch(
            new RunFolders(root),
            run ->
                JsonNodeFactory.instance
                    .objectNode()
                    .put("run", run.getFileName().toString())
                    .put("step", run.endsWith("a") ? step.get() : 0),
            log);
    watch.look();
    assertEquals(2, log.last());
    watch.look();
    assertEquals(2, log.last());
    step.set(7);
    Files.delete(root.resolve("b").resolve("manifest.json"));
    watch.look();
    assertEquals(
        List.of("run {\"run\":\"a\",\"step\":7}", "removed {\"run\":\"b\"}"),
        log.await(2, 0).stream().map(e -> e.name() + " " + e.data()).toList());
  }
}
