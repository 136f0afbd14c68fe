package org.ketloom.runtime.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ketloom.runtime.Deployment;
import org.ketloom.runtime.Plugin;

class DeploymentStoreTest {
  private static final class Cut extends Error {
    private static final long serialVersionUID = 1;
  }

  @TempDir Path folder;
  private final List<String> steps = new ArrayList<>();

  private DeploymentStore store() {
    return new DeploymentStore(folder.resolve("store"), steps::add);
  }

  private static Deployment of(String version) {
    String hash = version.replace(".", "").repeat(8);
    return new Deployment(
        0,
        null,
        "p " + version,
        List.of(new Plugin("p", version, hash, "p.jar", List.of("ansatz p"))),
        Map.of("p.jar", hash));
  }

  @Test
  void deploymentsAreNumberedAndReadBack() throws IOException {
    assertEquals(Deployment.NONE, store().current());
    assertEquals(List.of(), store().all());
    Deployment first = store().commit(before -> of("1.0.0"));
    Deployment second = store().commit(before -> of("1.1.0"));
    assertEquals(1, first.number());
    assertEquals(2, second.number());
    assertEquals(List.of(first, second), store().all());
    assertEquals(second, store().current());
    assertEquals(
        List.of(
            "recorded deployment 1",
            "switched to deployment 1",
            "recorded deployment 2",
            "switched to deployment 2"),
        steps);
  }

  @Test
  void whatChangesNothingGetsNoNumberAndFilesAloneNeither() throws IOException {
    store().commit(before -> of("1.0.0"));
    assertEquals(1, store().commit(before -> of("1.0.0")).number());
    Deployment files =
        store()
            .commit(
                before -> new Deployment(0, null, "", before.plugins(), Map.of("q.jar", "other")));
    assertEquals(1, files.number());
    assertEquals("p 1.0.0", files.reason());
    assertEquals(Map.of("q.jar", "other"), store().current().files());
  }

  /** Whatever files were written when the process ended, the store is at the old or the new. */
  @Test
  void everyPrefixOfTheStepsIsOldOrNew() throws IOException {
    store().commit(before -> of("1.0.0"));
    for (String at : List.of("recorded", "switched")) {
      Path copy = folder.resolve(at);
      copyTree(folder.resolve("store"), copy);
      DeploymentStore cut =
          new DeploymentStore(
              copy,
              step -> {
                if (step.startsWith(at)) {
                  throw new Cut();
                }
              });
      assertThrows(Cut.class, () -> cut.commit(before -> of("1.1.0")));
      DeploymentStore after = new DeploymentStore(copy, step -> {});
      boolean isNew = at.equals("switched");
      assertEquals(isNew ? "p 1.1.0" : "p 1.0.0", after.current().reason(), at);
      assertEquals(isNew ? 2 : 1, after.all().size(), at);
      // The lock is free, and the number is used again.
      assertEquals(isNew ? 3 : 2, after.commit(before -> of("1.2.0")).number(), at);
      assertEquals("p 1.2.0", after.current().reason(), at);
    }
    // Half of a file that was being written has another name, and is in nobody's way.
    Files.writeString(folder.resolve("store/.current.tmp"), "9");
    Files.writeString(folder.resolve("store/.00000002.json.tmp"), "{\"number\": 2, \"pl");
    assertEquals("p 1.0.0", store().current().reason());
    assertEquals(2, store().commit(before -> of("1.1.0")).number());
  }

  private static void copyTree(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file)));
      }
    }
  }

  @Test
  void damageIsNamed() throws IOException {
    store().commit(before -> of("1.0.0"));
    Path file = folder.resolve("store/00000001.json");
    Files.writeString(file, "{\"number\": 1}");
    String message = assertThrows(IOException.class, () -> store().current()).getMessage();
    assertTrue(message.startsWith(file + " is damaged"), message);
    Files.delete(file);
    message = assertThrows(IOException.class, () -> store().current()).getMessage();
    assertTrue(message.startsWith(file + " is missing"), message);
    Files.writeString(folder.resolve("store/current"), "one");
    message = assertThrows(IOException.class, () -> store().current()).getMessage();
    assertTrue(message.contains("current holds no number"), message);
  }

  @Test
  void aDamagedDeploymentIsLeftOutAndCanBeOverruled() throws IOException {
    Deployment first = store().commit(before -> of("1.0.0"));
    store().commit(before -> of("1.1.0"));
    Files.writeString(folder.resolve("store/00000002.json"), "{\"number\": 2, \"pl");
    assertEquals(List.of(first), store().all());
    String message =
        assertThrows(IOException.class, () -> store().commit(before -> of("1.2.0"))).getMessage();
    assertTrue(message.startsWith(folder.resolve("store/00000002.json") + " is damaged"), message);
    assertTrue(message.contains("`ketloom deploy rollback N` goes back"), message);
    Map<String, String> files = Map.of("p.jar", "content");
    Deployment none =
        store()
            .overrule(
                files,
                before -> {
                  assertEquals(2, before.number());
                  assertEquals(files, before.files());
                  return new Deployment(0, null, "back", List.of(), before.files());
                });
    assertEquals(3, none.number());
    assertEquals(none, store().current());
    assertEquals(List.of(first, none), store().all());
    assertEquals(none, store().overrule(Map.of(), before -> before));
  }

  @Test
  void contentIsKeptByItsHash() throws IOException {
    Path jar = Files.writeString(folder.resolve("some.jar"), "content");
    Path copy = store().copy(jar);
    Files.writeString(jar, "changed meanwhile");
    String hash = DeploymentStore.hash(copy);
    assertEquals("ed7002b439e9ac845f22357d822bac1444730fbdb6016d3ec9432297b9ec9f73", hash);
    store().keep(copy, hash);
    assertFalse(Files.exists(copy));
    assertEquals("content", Files.readString(store().jar(hash)));
  }

  @Test
  void verdictsAreReadBackAndDamagedOnesAreUnknown() throws IOException {
    String hash = "a".repeat(64);
    DeploymentStore.Verdict verdict =
        new DeploymentStore.Verdict(
            hash, "p.jar", "p 1.0.0", List.of("ansatz p"), "env", "why", true, Instant.EPOCH, 7);
    store().judge(verdict);
    assertEquals(verdict, store().verdict(hash).orElseThrow());
    assertEquals(List.of(verdict), store().verdicts());
    Files.writeString(folder.resolve("store/verdicts/" + hash + ".json"), "{");
    assertTrue(store().verdict(hash).isEmpty());
  }
}
