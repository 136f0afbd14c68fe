package org.ketloom.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The launcher as a process of its own. */
class MainTest {
  @TempDir Path home;

  @BeforeEach
  void install() throws IOException {
    Jars.bundle(
        home.resolve("bundles").resolve("command-1.0.0.jar"),
        "command",
        "1.0.0",
        Map.of(
            "Bundle-Activator",
            EchoCommand.class.getName(),
            "Import-Package",
            "org.osgi.framework"),
        EchoCommand.class,
        EchoCommand.Command.class);
    Jars.feature(home.resolve("features"), "shell", "command");
  }

  private Process start(String... arguments) throws IOException {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    if (Runtime.version().feature() >= 24) {
      // As the script does: Felix's use of it would be warned of on standard error.
      line.add("--sun-misc-unsafe-memory-access=allow");
    }
    line.addAll(List.of("-cp", System.getProperty("java.class.path"), "-Dketloom.home=" + home));
    line.add(Main.class.getName());
    line.addAll(List.of(arguments));
    return new ProcessBuilder(line).start();
  }

  private static String errors(Process process) {
    return process.errorReader().lines().collect(Collectors.joining("\n"));
  }

  @Test
  void endsWithTheStatusOfTheCommand() throws Exception {
    Process process = start("status", "42");
    assertEquals("", errors(process));
    assertEquals(42, process.waitFor());
  }

  @Test
  void printsTheMessageAloneAndTheTraceWhenVerbose() throws Exception {
    Process process = start("nonsense");
    assertEquals("ketloom: no such thing: nonsense", errors(process));
    assertEquals(Main.FAILED, process.waitFor());

    Process verbose = start("nonsense", "--verbose");
    String trace = errors(verbose);
    assertTrue(trace.startsWith("ketloom: no such thing: nonsense\n"), trace);
    assertTrue(trace.contains("at " + EchoCommand.Command.class.getName()), trace);
    assertEquals(Main.FAILED, verbose.waitFor());
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "no signal asks a process to end")
  void letsTheCommandSaveBeforeTheFrameworkStops() throws Exception {
    Process process = start("run");
    try (BufferedReader output = process.inputReader()) {
      assertEquals("running", output.readLine());
      process.toHandle().destroy();
      assertEquals("saved", output.readLine());
      assertEquals("stopped", output.readLine());
    }
    assertEquals("", errors(process));
    assertEquals(128 + 15, process.waitFor());
  }

  @Test
  void whoeverEndsTheProcessIsNamedAndTheStatusTellsOfIt() throws Exception {
    Process process = start("exit");
    String output = process.inputReader().lines().collect(Collectors.joining("\n"));
    String errors = errors(process);
    assertEquals(Main.FAILED, process.waitFor());
    // The command may save what it has to, as when a signal ends the process.
    assertEquals("saved\nstopped", output);
    assertTrue(
        errors.startsWith(
            "ketloom: the process is ended by System.exit in class "
                + EchoCommand.Command.class.getName()
                + " "),
        errors);
    assertTrue(errors.contains(" of bundle command 1.0.0, which nobody asked for. "), errors);
  }

  /** Answers the way a command line does: help, and nothing else. */
  public static final class Answer implements Function<String[], OptionalInt> {
    @Override
    public OptionalInt apply(String[] arguments) {
      if (!List.of(arguments).contains("--help")) {
        return OptionalInt.empty();
      }
      System.out.println("help of " + String.join(" ", arguments));
      return OptionalInt.of(7);
    }
  }

  @Test
  void helpIsAnsweredWithoutAContainer() throws Exception {
    Jars.bundle(
        home.resolve("bundles").resolve("answer-1.0.0.jar"),
        "answer",
        "1.0.0",
        Map.of(),
        Answer.class);
    // No container could be started with it.
    Files.writeString(
        home.resolve("features/answer.json"),
        "{\"bundles\": [{\"id\": \"g:answer:1.0.0\", \"offline\": \""
            + Answer.class.getName()
            + "\"}, {\"id\": \"g:missing:1.0.0\"}]}");
    Process help = start("status", "--help");
    assertEquals(
        "help of status --help", help.inputReader().lines().collect(Collectors.joining("\n")));
    assertEquals("", errors(help));
    assertEquals(7, help.waitFor());

    Process other = start("version");
    assertTrue(errors(other).contains("missing-1.0.0.jar is missing"));
    assertEquals(Main.FAILED, other.waitFor());
  }
}
