package org.ketloom.itests.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The archives of classes that the command makes for its next starts. */
class ArchiveIT {
  private static final String ARCHIVED = "shared objects file (top)";
  private static final String PARTS = "org.ketloom.shell.internal.parts.PartsCommand ";
  private static final long LARGE = 50_000_000;
  private static final Duration LONGEST = Duration.ofMinutes(5);

  @TempDir static Path shared;
  private static Path home;
  private static Path cache;
  private static Path archive;
  private static String expected;

  @TempDir Path folder;

  /** Four commands at once. */
  @BeforeAll
  static void firstUse() throws Exception {
    home = copy(shared.resolve("home"));
    cache = Files.createDirectory(shared.resolve("a cache"));
    List<Process> several = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      several.add(
          builder(home, cache, Map.of())
              .redirectOutput(shared.resolve("output" + i).toFile())
              .redirectError(shared.resolve("errors" + i).toFile())
              .start());
    }
    for (Process process : several) {
      assertEquals(0, process.waitFor());
    }
    expected = Files.readString(shared.resolve("output0"));
    assertTrue(expected.contains("two-qubit"), expected);
    for (int i = 0; i < 4; i++) {
      assertEquals(expected, Files.readString(shared.resolve("output" + i)));
      assertEquals("", Files.readString(shared.resolve("errors" + i)));
    }
    archive = made(cache, List.of());
  }

  /** A distribution whose jars can be exchanged. */
  private static Path copy(Path home) throws IOException {
    for (String part : List.of("bin", "lib", "features", "conf", "bundles")) {
      Path folder = Files.createDirectories(home.resolve(part));
      for (Path file : list(Distribution.home().resolve(part))) {
        Path copy = folder.resolve(file.getFileName());
        if (Files.size(file) > LARGE) {
          Files.createSymbolicLink(copy, file);
        } else {
          Files.copy(file, copy, StandardCopyOption.COPY_ATTRIBUTES);
        }
      }
    }
    return home;
  }

  private static ProcessBuilder builder(Path home, Path cache, Map<String, String> more) {
    Map<String, String> environment = new TreeMap<>(more);
    environment.put("KETLOOM_CACHE", cache.toString());
    return Distribution.builder(home, shared, environment, "parts", "--brief");
  }

  /** The archive that a cache has beside those that were there; waits until it is made. */
  private static Path made(Path cache, List<Path> before) throws Exception {
    long end = System.nanoTime() + LONGEST.toNanos();
    while (System.nanoTime() < end) {
      List<Path> files = list(cache.resolve("classes"));
      List<Path> fresh = files.stream().filter(f -> !before.contains(f)).toList();
      if (fresh.size() == 1 && isWhole(fresh.get(0))) {
        return fresh.get(0);
      }
      Thread.sleep(100);
    }
    throw new AssertionError("no archive is made: " + list(cache.resolve("classes")));
  }

  private static boolean isWhole(Path file) throws IOException {
    return file.toString().endsWith("-" + Files.size(file) + ".jsa");
  }

  private static List<Path> list(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  /** Runs the command; gives its output, and checks that there is nothing else. */
  private String output(Path cache, Path loaded, String... more) throws Exception {
    return output(home, cache, loaded, more);
  }

  private String output(Path home, Path cache, Path loaded, String... more) throws Exception {
    Path output = folder.resolve("output");
    Path errors = folder.resolve("errors");
    String options = "-Xlog:class+load:file=" + loaded + " " + String.join(" ", more);
    Process process =
        builder(home, cache, Map.of("KETLOOM_JAVA_OPTS", options.strip()))
            .redirectOutput(output.toFile())
            .redirectError(errors.toFile())
            .start();
    assertEquals(0, process.waitFor());
    assertEquals("", Files.readString(errors));
    return Files.readString(output);
  }

  private static long archived(Path loaded, String type) throws IOException {
    try (Stream<String> lines = Files.lines(loaded)) {
      return lines.filter(l -> l.contains(" " + type) && l.endsWith(ARCHIVED)).count();
    }
  }

  @Test
  void theNextStartTakesClassesOfTheLauncherAndOfBundlesFromIt() throws Exception {
    Path loaded = folder.resolve("loaded");
    assertEquals(expected, output(cache, loaded));
    assertEquals(1, archived(loaded, "org.ketloom.launcher.Container "));
    assertEquals(1, archived(loaded, "org.apache.felix.framework.Felix "));
    assertEquals(1, archived(loaded, "org.ketloom.runtime.internal.parts.TrackedParts "));
    assertEquals(1, archived(loaded, PARTS));
    assertEquals(List.of(archive), list(cache.resolve("classes")));
  }

  @Test
  void itIsNeitherMadeNorUsedWhereNobodyWantsIt() throws Exception {
    Path loaded = folder.resolve("loaded");
    Path unused = Files.createDirectory(folder.resolve("unused"));
    for (Path some : List.of(unused, cache)) {
      Process process =
          builder(
                  home,
                  some,
                  Map.of(
                      "KETLOOM_NO_ARCHIVE",
                      "1",
                      "KETLOOM_JAVA_OPTS",
                      "-Xlog:class+load:file=" + loaded))
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      assertEquals(0, process.waitFor());
      assertEquals(0, archived(loaded, ""));
    }
    assertFalse(Files.exists(unused.resolve("classes")));
  }

  @Test
  void jarsThatHaveChangedAreReadAgainWhateverTheArchiveHolds() throws Exception {
    Path changing = copy(folder.resolve("home"));
    Path own = Files.createDirectory(folder.resolve("cache"));
    Path loaded = folder.resolve("loaded");
    assertEquals(expected, output(changing, own, loaded));
    Path first = made(own, List.of());

    Path jar = changing.resolve("bundles/org.ketloom.shell-2.0.0.jar");
    patch(home.resolve(changing.relativize(jar)), jar);
    String changed = expected.replace("KIND", "SORT");
    assertEquals(changed, output(changing, own, loaded));
    assertEquals(0, archived(loaded, ""));
    Path second = made(own, List.of(first));

    // Even under the name of the right one: Java compares what it holds.
    second = replace(second, first);
    assertEquals(changed, output(changing, own, loaded));
    assertEquals(1, archived(loaded, "org.ketloom.launcher.Container "));
    assertEquals(0, archived(loaded, PARTS));

    Path launcher = changing.resolve("lib/ketloom-launcher.jar");
    FileTime time = Files.getLastModifiedTime(launcher);
    Files.setLastModifiedTime(launcher, FileTime.from(time.toInstant().plus(Duration.ofDays(1))));
    assertEquals(changed, output(changing, own, loaded));
    assertEquals(0, archived(loaded, ""));
    Path third = made(own, List.of(first, second));
    replace(third, first);
    assertEquals(changed, output(changing, own, loaded));
    assertEquals(0, archived(loaded, ""));
  }

  /** Puts one archive in the place of another. */
  private static Path replace(Path name, Path content) throws IOException {
    Path other =
        Path.of(name.toString().replaceFirst("-\\d+\\.jsa$", "-" + Files.size(content) + ".jsa"));
    Files.delete(name);
    return Files.copy(content, other);
  }

  /** A word in the table's heading is another one of the same length. */
  private static void patch(Path from, Path to) throws IOException {
    try (ZipFile jar = new ZipFile(from.toFile());
        ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(to))) {
      for (ZipEntry entry : jar.stream().map(e -> (ZipEntry) e).toList()) {
        out.putNextEntry(new ZipEntry(entry.getName()));
        try (InputStream in = jar.getInputStream(entry)) {
          String bytes = new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
          String found =
              entry.getName().endsWith("/PartsCommand.class")
                  ? bytes.replace("\1\0\4KIND", "\1\0\4SORT")
                  : bytes;
          out.write(found.getBytes(StandardCharsets.ISO_8859_1));
        }
      }
    }
  }

  @Test
  void oneWhosePartIsMissingIsMadeAgain() throws Exception {
    byte[] bytes = Files.readAllBytes(archive);
    Path own = damaged(Arrays.copyOf(bytes, bytes.length / 2));
    Path loaded = folder.resolve("loaded");
    assertEquals(expected, output(own, loaded));
    assertEquals(0, archived(loaded, ""));
    made(own, List.of());
    assertEquals(expected, output(own, loaded));
    assertEquals(1, archived(loaded, PARTS));
  }

  @Test
  void oneWithOtherContentIsPassedOver() throws Exception {
    byte[] bytes = Files.readAllBytes(archive);
    Arrays.fill(bytes, 0, 4096, (byte) 0x5a);
    Path loaded = folder.resolve("loaded");
    assertEquals(expected, output(damaged(bytes), loaded));
    assertEquals(0, archived(loaded, ""));
  }

  /** A cache whose archive has the right name. */
  private Path damaged(byte[] content) throws IOException {
    Path own = folder.resolve("cache");
    Files.write(
        Files.createDirectories(own.resolve("classes")).resolve(archive.getFileName()), content);
    return own;
  }

  @Test
  void optionsThatItDoesNotFitAreNoFault() throws Exception {
    Path loaded = folder.resolve("loaded");
    assertEquals(expected, output(cache, loaded, "-XX:-UseCompressedOops"));
    assertEquals(expected, output(cache, loaded, "-Xshare:off"));
    assertEquals(0, archived(loaded, ""));
  }

  @Test
  void withoutAPlaceForItCommandsWorkAsBefore() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "");
    for (Path none : List.of(file, Path.of("/dev/null/cache"))) {
      assertEquals(expected, output(none, folder.resolve("loaded")));
    }
    // Not writable, for the superuser too, since there is a file in the archive's place.
    Path own = Files.createDirectory(folder.resolve("cache"));
    Files.writeString(own.resolve("classes"), "");
    assertEquals(expected, output(own, folder.resolve("loaded")));
    assertEquals("", Files.readString(own.resolve("classes")));
  }
}
