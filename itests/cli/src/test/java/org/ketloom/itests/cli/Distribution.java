package org.ketloom.itests.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The archive that the build made, unpacked once; its command runs as a process of its own. */
final class Distribution {
  private static final long MINUTES = 10;

  /** What ends within seconds isn't worth the optimising compiler, which takes a third of it. */
  private static final String QUICK = "-XX:TieredStopAtLevel=1";

  private static final Path HOME = unpack();

  /** What a process left behind. */
  record Result(int status, String output, String errors) {

    /** Checks that all went well and gives the output. */
    String succeeded() {
      assertEquals(0, status, this::toString);
      return output;
    }

    /**
     * Checks that it failed with one line for people.
     *
     * @param parts what the line must name
     * @return the line
     */
    String failed(String... parts) {
      assertNotEquals(0, status, this::toString);
      // Java's own warnings are not Ketloom's; the hint at --help follows what is mistyped.
      List<String> lines =
          errors.lines().filter(l -> !l.startsWith("WARNING: ") && !l.startsWith("See: ")).toList();
      assertEquals(1, lines.size(), this::toString);
      assertTrue(lines.get(0).startsWith("ketloom: "), this::toString);
      assertFalse(lines.get(0).contains("Exception"), this::toString);
      for (String part : parts) {
        assertTrue(lines.get(0).contains(part), () -> "no \"" + part + "\" in " + this);
      }
      return lines.get(0);
    }
  }

  private Distribution() {}

  /** Runs the command to its end in a folder. */
  static Result run(Path folder, String... arguments) {
    return run(folder, Map.of(), arguments);
  }

  /** Runs the command to its end in a folder, with more environment variables. */
  static Result run(Path folder, Map<String, String> environment, String... arguments) {
    try {
      Path output = Files.createTempFile(folder, "output", ".txt");
      Path errors = Files.createTempFile(folder, "errors", ".txt");
      Process process =
          builder(folder, environment, arguments)
              .redirectOutput(output.toFile())
              .redirectError(errors.toFile())
              .start();
      if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
        process.destroyForcibly().waitFor();
        throw new AssertionError(
            String.join(" ", arguments) + " takes longer than " + MINUTES + " minutes");
      }
      Result result =
          new Result(process.exitValue(), Files.readString(output), Files.readString(errors));
      Files.delete(output);
      Files.delete(errors);
      return result;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /**
   * The command in a folder, not yet started, without any setting of Ketloom's around it.
   *
   * @param environment more variables; {@code KETLOOM_JAVA_OPTS} is for quick ends if not among
   *     them
   */
  static ProcessBuilder builder(Path folder, Map<String, String> environment, String... arguments) {
    ProcessBuilder builder =
        new ProcessBuilder(
                Stream.concat(
                        Stream.of(HOME.resolve("bin").resolve("ketloom").toString()),
                        Stream.of(arguments))
                    .toList())
            .directory(folder.toFile());
    String cache = System.getenv("KETLOOM_CACHE");
    builder.environment().keySet().removeIf(name -> name.startsWith("KETLOOM_"));
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    if (cache != null) {
      builder.environment().put("KETLOOM_CACHE", cache);
    }
    builder.environment().put("KETLOOM_JAVA_OPTS", QUICK);
    builder.environment().putAll(environment);
    return builder;
  }

  private static Path unpack() {
    Path archive = Path.of(System.getProperty("ketloom.distribution"));
    try {
      Path folder = Files.createTempDirectory(archive.getParent(), "unpacked");
      Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(folder)));
      Process tar =
          new ProcessBuilder("tar", "xzf", archive.toString(), "-C", folder.toString())
              .inheritIO()
              .start();
      assertEquals(0, tar.waitFor(), () -> archive + " can't be unpacked");
      return folder.resolve(archive.getFileName().toString().replace(".tar.gz", ""));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static void delete(Path folder) {
    try {
      Files.walkFileTree(
          folder,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              Files.delete(file);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path dir, IOException e) throws IOException {
              Files.delete(dir);
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      System.err.println(folder + " is left behind: " + e);
    }
  }
}
