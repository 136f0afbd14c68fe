package org.ketloom.runtime.internal.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.ketloom.api.error.HasRemedies;
import org.ketloom.api.error.Remedy;
import org.ketloom.files.Sha256;
import org.ketloom.files.Untrusted;
import org.ketloom.runtime.deploy.Deployment;
import org.ketloom.runtime.deploy.Plugin;

class DeploymentStoreTest {
  private static final class Cut extends Error {
    private static final long serialVersionUID = 1;
  }

  private static final String OTHER = "0".repeat(64);

  @TempDir Path folder;
  private final List<String> steps = new ArrayList<>();

  private DeploymentStore store() {
    return new DeploymentStore(folder.resolve("store"), steps::add);
  }

  private static Deployment of(String version) {
    String hash = Sha256.of(version);
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
            "recording deployment 1",
            "recorded deployment 1",
            "switching to deployment 1",
            "switched to deployment 1",
            "recording deployment 2",
            "recorded deployment 2",
            "switching to deployment 2",
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
                before -> new Deployment(0, null, "", before.plugins(), Map.of("q.jar", OTHER)));
    assertEquals(1, files.number());
    assertEquals("p 1.0.0", files.reason());
    assertEquals(Map.of("q.jar", OTHER), store().current().files());
  }

  /** Whatever files were written when the process ended, the store is at the old or the new. */
  @Test
  void everyPrefixOfTheStepsIsOldOrNew() throws IOException {
    store().commit(before -> of("1.0.0"));
    for (String at : List.of("recording", "recorded", "switching", "switched")) {
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
  }

  @Test
  void halfOfAFileIsInNobodysWayAndCleanedUp() throws IOException {
    store().commit(before -> of("1.0.0"));
    store().results().record(result("a".repeat(64)));
    Path jar = Files.writeString(folder.resolve("some.jar"), "content");
    store().keep(jar, DeploymentStore.hash(jar));
    Map<String, String> whole = content();
    for (String half :
        List.of(
            ".current.tmp",
            ".00000002.json.tmp",
            "jars/.0123.jar.tmp",
            "verdicts/.0123.json.tmp",
            ".p.jar.old.tmp")) {
      Files.writeString(folder.resolve("store").resolve(half), "{\"number\": 2, \"pl");
    }
    assertEquals("p 1.0.0", store().current().reason());
    assertEquals(List.of("p 1.0.0"), store().all().stream().map(Deployment::reason).toList());
    store().clean();
    assertEquals(whole, content());
    assertEquals(2, store().commit(before -> of("1.1.0")).number());
  }

  @Test
  void whereNothingIsThereIsNothingToClean() throws IOException {
    store().clean();
    assertFalse(Files.exists(folder.resolve("store")));
  }

  /** What each file holds, but the lock. */
  private Map<String, String> content() throws IOException {
    Map<String, String> content = new TreeMap<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        content.put(folder.relativize(file).toString(), Files.readString(file));
      }
    }
    content.remove("store/lock");
    return content;
  }

  // ---- files of the folder of plugins

  private Path kept(String content) throws IOException {
    Path jar = Files.writeString(folder.resolve("kept"), content);
    String hash = DeploymentStore.hash(jar);
    store().keep(jar, hash);
    Files.delete(jar);
    return store().jar(hash);
  }

  @Test
  void aFileIsPlacedAndDeletedWithItsDeployment() throws IOException {
    Path jar = kept("new");
    String hash = DeploymentStore.hash(jar);
    Path file = folder.resolve("p.jar");
    store().place(jar, hash, file, before -> of("1.0.0"));
    assertEquals("new", Files.readString(file));
    steps.clear();
    store().place(jar, hash, file, before -> before);
    assertEquals(List.of(), steps);
    Files.writeString(file, "other");
    store().place(jar, hash, file, before -> of("1.1.0"));
    assertEquals("new", Files.readString(file));
    store().delete(file, before -> Deployment.NONE);
    assertFalse(Files.exists(file));
    assertEquals(List.of(), store().current().plugins());
    assertEquals(3, store().current().number());
    assertEquals(
        List.of("current", "jars", "lock"),
        names().stream().filter(n -> !n.endsWith(".json")).toList());
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("store"))) {
      return files.map(f -> f.getFileName().toString()).sorted().toList();
    }
  }

  /** Whatever can't be written, both the file and the deployment are as they were. */
  @Test
  void onAFullDiskNothingChanges() throws IOException {
    Path file = folder.resolve("p.jar");
    Path jar = kept("new");
    String hash = DeploymentStore.hash(jar);
    store().commit(before -> of("1.0.0"));
    for (String old : new String[] {null, "old"}) {
      if (old != null) {
        Files.writeString(file, old);
      }
      for (String at : List.of("placing", "recording", "switching")) {
        DeploymentStore full = new DeploymentStore(folder.resolve("store"), fullAt(at));
        IOException placed =
            assertThrows(
                IOException.class, () -> full.place(jar, hash, file, before -> of("1.1.0")), at);
        assertTrue(placed.getMessage().contains("No space left on device"), placed.getMessage());
        assertUnchanged(file, old, at);
        if (!at.equals("placing")) {
          assertThrows(IOException.class, () -> full.delete(file, before -> Deployment.NONE), at);
          assertUnchanged(file, old, at);
        }
      }
    }
  }

  private void assertUnchanged(Path file, String old, String at) throws IOException {
    assertEquals("p 1.0.0", store().current().reason(), at);
    assertEquals(old, Files.exists(file) ? Files.readString(file) : null, at);
    assertEquals(List.of(), names().stream().filter(n -> n.endsWith(".tmp")).toList(), at);
  }

  /** Fails at a step as a write does on a full disk. */
  static Consumer<String> fullAt(String at) {
    return step -> {
      if (step.startsWith(at)) {
        DeploymentStoreTest.<RuntimeException>fail(
            new FileSystemException("file", null, "No space left on device"));
      }
    };
  }

  /** As the file's content may throw it, but not a consumer. */
  @SuppressWarnings("unchecked")
  private static <E extends Exception> void fail(IOException failure) throws E {
    throw (E) failure;
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
    assertTrue(message.contains("current holds no number of a deployment but \"one\""), message);
  }

  @Test
  @Timeout(10)
  void whateverCurrentHoldsTheDeploymentsThatAreThereAreListed() throws IOException {
    Deployment first = store().commit(before -> of("1.0.0"));
    for (String number :
        List.of("2000000000", "99999999", "-1", "12345678901234567890", "\u001b")) {
      Files.writeString(folder.resolve("store/current"), number);
      assertEquals(List.of(first), store().all(), number);
      IOException thrown = assertThrows(IOException.class, () -> store().current());
      String message = thrown.getMessage();
      assertEquals(List.of(new Remedy.ChooseDeployment()), HasRemedies.of(thrown));
      assertFalse(message.contains("\u001b"), message);
      Deployment back = store().overrule(Map.of(), before -> of("1.0.0"));
      assertEquals(2, back.number(), number);
      assertEquals(back, store().current());
      Files.delete(folder.resolve("store/00000002.json"));
    }
  }

  @Test
  void namesThatLeadElsewhereAreDamage() throws IOException {
    store().commit(before -> of("1.0.0"));
    Path file = folder.resolve("store/00000001.json");
    String good = Files.readString(file);
    String hash = Sha256.of("1.0.0");
    for (String[] change :
        new String[][] {
          {"\"" + hash, "\"../../" + hash},
          {hash, hash.toUpperCase(Locale.ROOT)},
          {"\"p.jar\"", "\"../p.jar\""},
          {"\"p.jar\"", "\"p\\u001b.jar\""},
          {"\"bundle\" : \"p\"", "\"bundle\" : \"../p\""},
          {"\"1.0.0\"", "\"1.0.0/..\""},
          {"ansatz p", "ansatz p\\ncurrent"}
        }) {
      assertTrue(good.contains(change[0]), change[0]);
      Files.writeString(file, good.replace(change[0], change[1]));
      String message =
          assertThrows(IOException.class, () -> store().current(), change[1]).getMessage();
      assertTrue(message.startsWith(file + " is damaged ("), message);
      assertEquals(Untrusted.printable(message), message);
      assertEquals(List.of(), store().all());
    }
    assertThrows(IllegalArgumentException.class, () -> store().jar("../../lib/felix"));
  }

  @Test
  void linksInTheStoreAreNotFollowed() throws IOException {
    store().commit(before -> of("1.0.0"));
    store().results().record(result(OTHER));
    Path jar = kept("content");
    for (String name : List.of("", "jars", "verdicts")) {
      Path place = folder.resolve("store").resolve(name);
      Path elsewhere = Files.move(place, folder.resolve("elsewhere"));
      Files.createSymbolicLink(place, elsewhere);
      Path mine = Files.writeString(elsewhere.resolve(".mine.tmp"), "precious");
      String message =
          assertThrows(IOException.class, () -> store().commit(before -> of("1.1.0"))).getMessage();
      assertTrue(message.contains(place + " is a link"), message);
      assertThrows(IOException.class, () -> store().keep(jar, DeploymentStore.hash(jar)));
      assertThrows(IOException.class, () -> store().clean());
      assertEquals("precious", Files.readString(mine));
      Files.delete(mine);
      Files.delete(place);
      Files.move(elsewhere, place);
    }
    for (String name : List.of("current", "lock", "00000001.json")) {
      Path file = folder.resolve("store").resolve(name);
      Path elsewhere = Files.move(file, folder.resolve("elsewhere"));
      Files.createSymbolicLink(file, elsewhere);
      String message =
          assertThrows(IOException.class, () -> store().commit(before -> of("1.1.0"))).getMessage();
      assertTrue(message.contains(file + " is a link, not a regular file"), message);
      Files.delete(file);
      Files.move(elsewhere, file);
    }
    assertEquals(2, store().commit(before -> of("1.1.0")).number());
  }

  @Test
  @Timeout(10)
  void aPipeInTheStoreKeepsNobodyWaiting() throws Exception {
    store().commit(before -> of("1.0.0"));
    for (String name : List.of("current", "lock", "00000001.json")) {
      Path file = folder.resolve("store").resolve(name);
      Path elsewhere = Files.move(file, folder.resolve("elsewhere"));
      assumeTrue(new ProcessBuilder("mkfifo", file.toString()).start().waitFor() == 0);
      String message =
          assertThrows(IOException.class, () -> store().commit(before -> of("1.1.0"))).getMessage();
      assertTrue(message.contains("is a named pipe, not a regular file"), message);
      Files.delete(file);
      Files.move(elsewhere, file);
    }
  }

  @Test
  void aDamagedDeploymentIsLeftOutAndCanBeOverruled() throws IOException {
    Deployment first = store().commit(before -> of("1.0.0"));
    store().commit(before -> of("1.1.0"));
    Files.writeString(folder.resolve("store/00000002.json"), "{\"number\": 2, \"pl");
    assertEquals(List.of(first), store().all());
    IOException thrown =
        assertThrows(IOException.class, () -> store().commit(before -> of("1.2.0")));
    String message = thrown.getMessage();
    assertTrue(message.startsWith(folder.resolve("store/00000002.json") + " is damaged"), message);
    assertEquals(List.of(new Remedy.ChooseDeployment()), HasRemedies.of(thrown));
    Map<String, String> files = Map.of("p.jar", OTHER);
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
    String hash = DeploymentStore.hash(jar);
    assertEquals("ed7002b439e9ac845f22357d822bac1444730fbdb6016d3ec9432297b9ec9f73", hash);
    store().keep(jar, hash);
    Files.writeString(jar, "changed afterwards");
    assertEquals("content", Files.readString(store().jar(hash)));
  }

  private static ValidationResult result(String hash) {
    return new ValidationResult(
        hash,
        "p.jar",
        "p 1.0.0",
        List.of("ansatz p"),
        "env",
        "why",
        List.of(new Remedy.NewPlugin()),
        true,
        Instant.EPOCH,
        7);
  }

  @Test
  void resultsAreReadBackAndDamagedOnesAreUnknown() throws IOException {
    String hash = "a".repeat(64);
    ValidationResult result = result(hash);
    store().results().record(result);
    assertEquals(result, store().results().find(hash).orElseThrow());
    assertEquals(List.of(result), store().results().all());
    Files.writeString(folder.resolve("store/verdicts/" + hash + ".json"), "{");
    assertTrue(store().results().find(hash).isEmpty());
  }
}
