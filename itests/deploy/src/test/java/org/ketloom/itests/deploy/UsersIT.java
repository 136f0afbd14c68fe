package org.ketloom.itests.deploy;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;
import static org.junit.Assume.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.AfterClass;
import org.junit.BeforeClass;
import org.junit.Test;
import org.ketloom.itests.container.Plugin;
import org.ketloom.itests.plugin.WaveAnsatz;

/**
 * Folders of plugins of other users: one that can be read only, as in an image, and one that a
 * group shares. The superuser, whom no permission stops, starts the processes of the others.
 */
public class UsersIT {
  private static final int ALICE = 54321;
  private static final int BOB = 54322;
  private static final int GROUP = 54320;
  private static final long MINUTES = 2;

  private record Result(int status, String output, String errors) {}

  private static Path work;
  private static Path home;

  @BeforeClass
  public static void unpack() throws Exception {
    assumeTrue("only the superuser can start processes of others", id() == 0);
    assumeTrue("setpriv, of util-linux, starts them", Files.exists(Path.of("/usr/bin/setpriv")));
    work = Files.createTempDirectory("users");
    permit(work, "rwxr-xr-x");
    Path archive = Path.of(System.getProperty("ketloom.distribution"));
    run(new ProcessBuilder("tar", "xzf", archive.toString(), "-C", work.toString()));
    home = work.resolve(archive.getFileName().toString().replace(".tar.gz", ""));
  }

  @AfterClass
  public static void clean() throws IOException {
    if (work != null) {
      try (Stream<Path> files = Files.walk(work)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  private static int id() throws Exception {
    return Integer.parseInt(run(new ProcessBuilder("id", "-u")).output().strip());
  }

  private static void permit(Path file, String permissions) throws IOException {
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
  }

  private static Result run(ProcessBuilder builder) throws Exception {
    Path output = Files.createTempFile("output", ".txt");
    Path errors = Files.createTempFile("errors", ".txt");
    try {
      Process process =
          builder.redirectOutput(output.toFile()).redirectError(errors.toFile()).start();
      if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
        process.destroyForcibly().waitFor();
        throw new AssertionError(String.join(" ", builder.command()) + " doesn't end");
      }
      return new Result(process.exitValue(), Files.readString(output), Files.readString(errors));
    } finally {
      Files.delete(output);
      Files.delete(errors);
    }
  }

  private static Result ketloom(int user, Path plugins, String... arguments) throws Exception {
    Path temporary = work.resolve("temporary-" + user);
    if (!Files.exists(temporary)) {
      Files.createDirectory(temporary);
      permit(temporary, "rwxrwxrwx");
    }
    List<String> command = new ArrayList<>();
    if (user != 0) {
      command.addAll(
          List.of("/usr/bin/setpriv", "--reuid=" + user, "--regid=" + GROUP, "--clear-groups"));
    }
    command.add(home.resolve("bin/ketloom").toString());
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).directory(temporary.toFile());
    Map<String, String> environment = builder.environment();
    environment.keySet().removeIf(n -> n.startsWith("KETLOOM_"));
    environment.put("HOME", temporary.toString());
    environment.put("JAVA_HOME", System.getProperty("java.home"));
    environment.put("KETLOOM_PLUGINS", plugins.toString());
    environment.put("KETLOOM_FEATURES", "core,shell");
    environment.put(
        "KETLOOM_JAVA_OPTS",
        "-XX:TieredStopAtLevel=1 -Dketloom.kernels=plain -Djava.io.tmpdir=" + temporary);
    return run(builder);
  }

  private static Path wave(String version) throws IOException {
    Path jar =
        Plugin.jar(
            "test.wave",
            version,
            Map.of("Import-Package", "org.ketloom.api.part,*"),
            WaveAnsatz.class);
    Path readable =
        Files.move(
            jar, work.resolve("wave-" + version + ".jar"), StandardCopyOption.REPLACE_EXISTING);
    permit(readable, "rw-r--r--");
    return readable;
  }

  private static void assertDone(Result result) {
    assertEquals(result.toString(), 0, result.status());
    assertEquals(result.toString(), "", result.errors());
  }

  @Test
  public void whatCanOnlyBeReadWorks() throws Exception {
    Path plugins = Files.createDirectory(work.resolve("image"));
    assertDone(ketloom(0, plugins, "deploy", "add", wave("1.0.0").toString()));

    Result parts = ketloom(ALICE, plugins, "parts", "wave", "--brief");
    assertDone(parts);
    assertTrue(parts.toString(), parts.output().contains("test.wave"));
    Result list = ketloom(ALICE, plugins, "deploy", "list");
    assertDone(list);
    assertTrue(list.toString(), list.output().startsWith("current   test.wave 1.0.0"));

    Result add = ketloom(ALICE, plugins, "deploy", "add", wave("1.1.0").toString());
    assertEquals(add.toString(), 1, add.status());
    assertTrue(
        add.toString(),
        add.errors()
            .startsWith(
                "ketloom: nothing can be deployed: "
                    + plugins.resolve(".deployments")
                    + " can't be written: "));
  }

  @Test
  public void whatAGroupSharesIsWrittenByEachOfThem() throws Exception {
    Path plugins = Files.createDirectory(work.resolve("shared"));
    Files.setAttribute(plugins, "unix:gid", GROUP);
    permit(plugins, "rwxrwxr-x");
    assertDone(ketloom(ALICE, plugins, "deploy", "add", wave("1.0.0").toString()));
    assertDone(ketloom(BOB, plugins, "deploy", "add", wave("1.1.0").toString()));
    assertDone(ketloom(ALICE, plugins, "deploy", "rollback", "1"));
    Result parts = ketloom(BOB, plugins, "parts", "wave", "--brief");
    assertDone(parts);
    assertTrue(parts.toString(), parts.output().contains("1.0.0"));
    assertDone(ketloom(BOB, plugins, "deploy", "remove", "test.wave"));
  }
}
