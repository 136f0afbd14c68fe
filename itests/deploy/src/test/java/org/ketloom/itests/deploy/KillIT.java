package org.ketloom.itests.deploy;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.AfterClass;
import org.junit.BeforeClass;
import org.junit.Test;

/** The command's process is killed between every two steps of a deployment. */
public class KillIT {
  private static final int KILLED = 137;
  private static final String NEW = "ansatz +wave +1\\.1\\.0 +test\\.wave";
  private static final String OLD = "ansatz +wave +1\\.0\\.0 +test\\.wave";

  private static Path work;
  private static Path home;
  private static Path jars;

  private record Result(int status, String output) {}

  @BeforeClass
  public static void unpack() throws Exception {
    work = Files.createTempDirectory("kill");
    jars = Jars.make();
    Path archive = Path.of(System.getProperty("ketloom.distribution"));
    int status =
        new ProcessBuilder("tar", "xzf", archive.toString(), "-C", work.toString())
            .inheritIO()
            .start()
            .waitFor();
    assertEquals(archive + " can't be unpacked", 0, status);
    home = work.resolve(archive.getFileName().toString().replace(".tar.gz", ""));
    run(home.resolve("plugins"), "", "deploy", "add", jars.resolve("halter.jar").toString());
    Result first =
        run(
            home.resolve("plugins"),
            "",
            "deploy",
            "add",
            jars.resolve("wave-1.0.0.jar").toString());
    assertTrue(first.output(), first.output().contains("deployment 2: test.wave 1.0.0 is new"));
  }

  @AfterClass
  public static void clean() throws IOException {
    try (Stream<Path> files = Files.walk(work)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private static Result run(Path plugins, String haltAt, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(home.resolve("bin/ketloom").toString()));
    command.addAll(List.of(arguments));
    Path log = Files.createTempFile(work, "run", ".log");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    Map<String, String> environment = builder.environment();
    environment.keySet().removeIf(n -> n.startsWith("KETLOOM_") && !n.equals("KETLOOM_CACHE"));
    environment.put("JAVA_HOME", System.getProperty("java.home"));
    environment.put("KETLOOM_PLUGINS", plugins.toString());
    environment.put("KETLOOM_FEATURES", "core,encodings,ansaetze,observables,shell");
    if (!haltAt.isEmpty()) {
      environment.put("KETLOOM_JAVA_OPTS", "-Dhalt.at=" + haltAt.replace(' ', '_'));
    }
    Process process = builder.start();
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError(command + " doesn't end: " + Files.readString(log));
    }
    return new Result(process.exitValue(), Files.readString(log));
  }

  @Test
  public void oldOrNewButNeverNeither() throws Exception {
    List<String> steps =
        List.of(
            "installed test.wave 1.1.0",
            "resolved test.wave 1.1.0",
            "started test.wave 1.1.0",
            "checked test.wave 1.1.0",
            "kept",
            "recorded deployment 3",
            "switched to deployment 3",
            "admitted deployment 3");
    for (String step : steps) {
      Path plugins = work.resolve(step.replace(' ', '-'));
      copy(home.resolve("plugins"), plugins);
      Result killed =
          run(plugins, step, "deploy", "add", jars.resolve("wave-1.1.0.jar").toString());
      assertEquals(step + ": " + killed.output(), KILLED, killed.status());

      Result after = run(plugins, "", "parts", "wave", "--brief");
      assertEquals(step + ": " + after.output(), 0, after.status());
      List<String> waves = after.output().lines().filter(l -> l.matches(NEW + "|" + OLD)).toList();
      assertEquals(step + ": " + after.output(), 1, waves.size());
      // The jar is put into the folder right before the deployment is recorded.
      boolean isNew = steps.indexOf(step) >= steps.indexOf("recorded deployment 3");
      assertTrue(step + ": " + waves, waves.get(0).matches(isNew ? NEW : OLD));
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file)));
      }
    }
  }
}
