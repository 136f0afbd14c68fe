package org.ketloom.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The archives that the build made, and the script in them. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "runs the script for a POSIX shell")
class DistributionIT {
  @TempDir static Path folder;
  private static Path home;

  private record Result(int status, String output, String errors) {}

  @BeforeAll
  static void unpack() throws Exception {
    Path archive = archive(".tar.gz");
    Path log = folder.resolve("tar.log");
    Process tar =
        new ProcessBuilder("tar", "xzf", archive.toString(), "-C", folder.toString())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    assertEquals(0, tar.waitFor(), () -> log.toString());
    home = folder.resolve(archive.getFileName().toString().replace(".tar.gz", ""));
  }

  private static Path archive(String suffix) throws IOException {
    try (Stream<Path> files = Files.list(Path.of("target").toAbsolutePath())) {
      List<Path> archives = files.filter(f -> f.toString().endsWith(suffix)).toList();
      assertEquals(1, archives.size(), archives::toString);
      return archives.get(0);
    }
  }

  private static Result run(Map<String, String> environment, String... arguments) throws Exception {
    Path output = Files.createTempFile(folder, "out", ".txt");
    Path errors = Files.createTempFile(folder, "err", ".txt");
    var builder =
        new ProcessBuilder(
            Stream.concat(Stream.of(home.resolve("bin/ketloom").toString()), Stream.of(arguments))
                .toList());
    builder.redirectOutput(output.toFile()).redirectError(errors.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("KETLOOM_"));
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().putAll(environment);
    int status = builder.start().waitFor();
    // What Java says of the module of the engine's kernels can't be silenced.
    String said =
        Files.readString(errors).replaceFirst("WARNING: Using incubator modules: .*\\R", "");
    return new Result(status, Files.readString(output), said);
  }

  @Test
  void runsACommandFromAnotherFolder() throws Exception {
    // Beside core alone: the command line of the shell feature is not what is tested here.
    Path plugins = Files.createDirectories(folder.resolve("my plugins"));
    Jars.bundle(
        plugins.resolve("command.jar"),
        "command",
        "1.0.0",
        Map.of(
            "Bundle-Activator",
            EchoCommand.class.getName(),
            "Import-Package",
            "org.osgi.framework"),
        EchoCommand.class,
        EchoCommand.Command.class);
    Map<String, String> environment =
        Map.of("KETLOOM_PLUGINS", plugins.toString(), "KETLOOM_FEATURES", "core, encodings");
    assertEquals(new Result(42, "", ""), run(environment, "status", "42"));
  }

  @Test
  void namesWhatIsMissing() throws Exception {
    Result result = run(Map.of("KETLOOM_FEATURES", "encodings"), "parts");
    assertEquals(Main.FAILED, result.status());
    assertTrue(
        result.errors().contains(" of feature core could provide: install that feature too"),
        result.errors());
  }

  @Test
  void saysWhichJavaItNeeds() throws Exception {
    Result none = run(Map.of("JAVA_HOME", folder.toString()));
    assertEquals(70, none.status());
    assertTrue(none.errors().startsWith("ketloom: JAVA_HOME is " + folder), none.errors());

    Path old = Files.createDirectories(folder.resolve("jdk-11").resolve("bin")).getParent();
    Files.writeString(old.resolve("release"), "JAVA_VERSION=\"11.0.2\"\n");
    Files.writeString(old.resolve("bin").resolve("java"), "");
    assertTrue(old.resolve("bin").resolve("java").toFile().setExecutable(true));
    Result eleven = run(Map.of("JAVA_HOME", old.toString()));
    assertEquals(70, eleven.status());
    assertTrue(
        eleven.errors().contains("is version 11: install a JDK of version 17 or newer"),
        eleven.errors());
  }

  @Test
  void theZipHasTheSameFiles() throws Exception {
    try (ZipFile zip = new ZipFile(archive(".zip").toFile());
        Stream<Path> files = Files.walk(home)) {
      List<String> unpacked =
          files
              .filter(Files::isRegularFile)
              .map(f -> folder.relativize(f).toString())
              .sorted()
              .toList();
      List<String> zipped =
          zip.stream().filter(e -> !e.isDirectory()).map(e -> e.getName()).sorted().toList();
      assertEquals(unpacked, zipped);
      assertTrue(unpacked.stream().anyMatch(f -> f.endsWith("/bin/ketloom.cmd")));
      assertTrue(unpacked.stream().anyMatch(f -> f.endsWith("/LICENSE")));
      assertTrue(unpacked.stream().anyMatch(f -> f.endsWith("/plugins/README.md")));
    }
  }

  @Test
  void everyLinkOfTheDocumentsIsThereOffline() throws Exception {
    Path docs = home.resolve("docs");
    Pattern link = Pattern.compile("(?:href|src)=\"([^\"]+)\"");
    List<Path> pages;
    try (Stream<Path> files = Files.walk(docs)) {
      pages =
          files
              .filter(f -> f.toString().endsWith(".html"))
              .filter(f -> !f.startsWith(docs.resolve("api")))
              .toList();
    }
    List<String> broken = new ArrayList<>();
    for (Path page : pages) {
      for (MatchResult found : link.matcher(Files.readString(page)).results().toList()) {
        URI target = page.toUri().resolve(found.group(1).replace("&amp;", "&"));
        if (!target.getScheme().equals("file")) {
          continue;
        }
        String anchor = target.getFragment();
        Path file = Path.of(target.getPath());
        if (!Files.isRegularFile(file)) {
          broken.add(docs.relativize(page) + " -> " + found.group(1));
        } else if (anchor != null && !Files.readString(file).contains("id=\"" + anchor + "\"")) {
          broken.add(docs.relativize(page) + " -> " + found.group(1) + " (no such heading)");
        }
      }
    }
    assertEquals(List.of(), broken);
    for (String page :
        List.of(
            "index.html",
            "launcher/docs/circuits.html",
            "bundles/org.ketloom.model.lastqgan/doc/README.html",
            "api/org/ketloom/api/part/Encoding.html",
            "api/org/ketloom/nn/package-summary.html")) {
      assertTrue(Files.isRegularFile(docs.resolve(page)), page);
    }
    assertFalse(Files.exists(docs.resolve("api/org/ketloom/runtime/internal")));
  }
}
