package org.ketloom.itests.deploy;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.After;
import org.junit.AfterClass;
import org.junit.Before;
import org.junit.BeforeClass;
import org.junit.Test;
import org.ketloom.itests.container.Plugin;
import org.ketloom.itests.plugin.EndsTheProcess;
import org.ketloom.itests.plugin.WaveAnsatz;

/**
 * Jars that end the process: the next one names them, leaves them alone, and goes on with the
 * others.
 */
public class EndedIT {
  private static final int FAILED = 70;
  private static final long MINUTES = 2;

  private record Result(int status, String output, String errors) {}

  private static Path work;
  private static Path home;
  private Path folder;
  private Path plugins;

  @BeforeClass
  public static void unpack() throws Exception {
    work = Files.createTempDirectory("ended");
    Path archive = Path.of(System.getProperty("ketloom.distribution"));
    int status =
        new ProcessBuilder("tar", "xzf", archive.toString(), "-C", work.toString())
            .inheritIO()
            .start()
            .waitFor();
    assertEquals(archive + " can't be unpacked", 0, status);
    home = work.resolve(archive.getFileName().toString().replace(".tar.gz", ""));
  }

  @AfterClass
  public static void clean() throws IOException {
    delete(work);
  }

  @Before
  public void begin() throws IOException {
    folder = Files.createTempDirectory(work, "folder");
    plugins = Files.createDirectory(folder.resolve("plugins"));
    Files.createDirectory(folder.resolve("temporary"));
  }

  @After
  public void end() throws IOException {
    delete(folder);
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private Result ketloom(String options, String... arguments) throws Exception {
    Path output = Files.createTempFile(folder, "output", ".txt");
    Path errors = Files.createTempFile(folder, "errors", ".txt");
    ProcessBuilder builder =
        new ProcessBuilder(
                Stream.concat(
                        Stream.of(home.resolve("bin/ketloom").toString()), Stream.of(arguments))
                    .toList())
            .directory(folder.toFile())
            .redirectOutput(output.toFile())
            .redirectError(errors.toFile());
    Map<String, String> environment = builder.environment();
    environment.keySet().removeIf(n -> n.startsWith("KETLOOM_") && !n.equals("KETLOOM_CACHE"));
    environment.put("JAVA_HOME", System.getProperty("java.home"));
    environment.put("KETLOOM_PLUGINS", plugins.toString());
    environment.put("KETLOOM_FEATURES", "core,shell");
    environment.put(
        "KETLOOM_JAVA_OPTS",
        "-XX:TieredStopAtLevel=1 -Dketloom.kernels=plain -Djava.io.tmpdir="
            + folder.resolve("temporary")
            + options);
    Process process = builder.start();
    if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
      process.destroyForcibly().waitFor();
      throw new AssertionError(String.join(" ", arguments) + " doesn't end");
    }
    return new Result(process.exitValue(), Files.readString(output), Files.readString(errors));
  }

  private Path culprit(String how) throws IOException {
    Path jar =
        Plugin.jar(
            "test.ends",
            "1.0.0",
            Map.of("Bundle-Activator", EndsTheProcess.class.getName(), "X-How", how),
            EndsTheProcess.class);
    return Files.move(jar, folder.resolve("ends.jar"), StandardCopyOption.REPLACE_EXISTING);
  }

  private void dropCulprit(String how) throws IOException {
    Files.move(culprit(how), plugins.resolve("ends.jar"));
  }

  private void dropWave() throws IOException {
    Files.move(
        Plugin.jar(
            "test.wave",
            "1.0.0",
            Map.of("Import-Package", "org.ketloom.api.part,*"),
            WaveAnsatz.class),
        plugins.resolve("wave.jar"));
  }

  /** The one that comes after the one that was ended. */
  private void assertLeftAlone() throws Exception {
    Result parts = ketloom("", "parts", "wave", "--brief");
    assertEquals(parts.toString(), 0, parts.status());
    assertTrue(parts.toString(), parts.output().contains("test.wave"));
    String expected =
        "plugin ends.jar is left out: test.ends 1.0.0 ended the process: while its activator "
            + EndsTheProcess.class.getName()
            + " in start() was called, process ";
    assertTrue(parts.toString(), parts.errors().contains(expected));

    Result list = ketloom("", "deploy", "list");
    assertEquals(list.toString(), 0, list.status());
    assertTrue(list.toString(), list.output().contains("current   test.wave 1.0.0"));
    assertTrue(list.toString(), list.output().contains("test.ends 1.0.0 ended the process"));
    Result why = ketloom("", "deploy", "why", "ends.jar");
    assertEquals(why.toString(), 0, why.status());
    assertTrue(why.toString(), why.output().contains("`ketloom deploy add` with its jar tries"));
    assertEquals(List.of(), temporaries());
  }

  private List<String> temporaries() throws IOException {
    Path trials = plugins.resolve(".deployments/trials");
    try (Stream<Path> files = Files.list(trials)) {
      return files.map(f -> f.getFileName().toString()).toList();
    }
  }

  @Test
  public void exitWithStatusZero() throws Exception {
    dropCulprit("exit");
    dropWave();
    Result first = ketloom("", "parts", "--brief");
    assertEquals(first.toString(), FAILED, first.status());
    assertTrue(
        first.toString(),
        first
            .errors()
            .contains(
                "ketloom: the process is ended by System.exit in class "
                    + EndsTheProcess.class.getName()
                    + " (method start) of bundle test.ends 1.0.0, which nobody asked for."));
    assertLeftAlone();

    Result gone = ketloom("", "deploy", "remove", "test.ends");
    assertEquals(gone.toString(), 0, gone.status());
    assertFalse(Files.exists(plugins.resolve("ends.jar")));
    Result list = ketloom("", "deploy", "list");
    assertFalse(list.toString(), list.output().contains("test.ends"));
    assertEquals(list.toString(), 0, list.status());
  }

  @Test
  public void whatNeedsNoPluginRunsNoneAndWaitsForNone() throws Exception {
    dropCulprit("exit");
    dropWave();
    for (String command :
        List.of("deploy list", "version", "--help", "help deploy", "completion")) {
      Result result = ketloom("", command.split(" "));
      assertEquals(command + ": " + result, 0, result.status());
      assertEquals(command, "", result.errors());
    }
    String list = ketloom("", "deploy", "list").output();
    assertTrue(list, list.matches("(?s)pending +ends\\.jar +ends\\.jar\n.*pending +wave\\.jar.*"));
    Result why = ketloom("", "deploy", "why", "ends.jar");
    assertEquals(why.toString(), 0, why.status());
    assertTrue(why.toString(), why.output().contains("it hasn't been checked yet"));
    Result nothing = ketloom("", "deploy", "rollback", "0");
    assertEquals(nothing.toString(), 0, nothing.status());
    assertFalse(Files.exists(plugins.resolve(".deployments/ended")));
  }

  @Test
  public void haltWhichNoHookSees() throws Exception {
    dropCulprit("halt");
    dropWave();
    ketloom("", "parts", "--brief");
    assertLeftAlone();
  }

  @Test
  public void anEndWhenMemoryIsOut() throws Exception {
    dropCulprit("memory");
    dropWave();
    Result first = ketloom(" -XX:+ExitOnOutOfMemoryError", "parts", "--brief");
    assertTrue(first.toString(), first.status() != 0);
    assertLeftAlone();
  }

  @Test
  public void whatWasCurrentIsLeftAloneToo() throws Exception {
    dropWave();
    Path jar = culprit("later");
    Result add = ketloom("", "deploy", "add", jar.toString());
    assertEquals(add.toString(), 0, add.status());
    Result ended = ketloom(" -Dtest.how=exit", "parts", "--brief");
    assertEquals(ended.toString(), FAILED, ended.status());
    Result parts = ketloom("", "parts", "wave", "--brief");
    assertEquals(parts.toString(), 0, parts.status());
    assertTrue(
        parts.toString(),
        parts.errors().contains("plugin test.ends 1.0.0 is left out: test.ends 1.0.0 ended the"));

    // Whoever asks for it has it tried again.
    Result again = ketloom("", "deploy", "add", jar.toString());
    assertEquals(again.toString(), 0, again.status());
    Result well = ketloom("", "parts", "wave", "--brief");
    assertEquals(new Result(0, well.output(), ""), well);
  }
}
