package org.ketloom.shell.internal.main;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ketloom.shell.internal.console.FakeServices;
import org.ketloom.shell.internal.console.Terminal;
import picocli.CommandLine;

class OfflineTest {
  private static final Terminal PLAIN = new Terminal(false, 100, StandardCharsets.UTF_8);

  static Stream<String> commands() {
    return CommandsTest.commands();
  }

  private static String printed(String... arguments) {
    CommandLine line = Ketloom.commandLine(new FakeServices(), PLAIN);
    StringWriter out = new StringWriter();
    line.setOut(new PrintWriter(out, true));
    assertEquals(0, Ketloom.execute(line, arguments));
    return out.toString();
  }

  /** What a command line answers and says is wrong. */
  private static String answered(CommandLine line, String... arguments) {
    StringWriter text = new StringWriter();
    line.setOut(new PrintWriter(text, true));
    line.setErr(new PrintWriter(text, true));
    return Ketloom.execute(line, arguments) + "\n" + text;
  }

  @ParameterizedTest
  @MethodSource("commands")
  void theCommandsThatArgumentsReachAnswerLikeAll(String command) {
    for (String more : List.of("--help", "--no-such-option", "no such thing", "--quiet --help")) {
      String[] arguments = (command + " " + more).strip().split(" ");
      assertEquals(
          answered(Ketloom.commandLine(new FakeServices(), PLAIN), arguments),
          answered(Ketloom.commandLine(new FakeServices(), PLAIN, arguments), arguments));
    }
  }

  @Test
  void onlyWhatArgumentsReachIsMade() {
    assertEquals(
        Set.of("parts"),
        Ketloom.commandLine(new FakeServices(), PLAIN, "parts", "--json")
            .getSubcommands()
            .keySet());
    Map<String, CommandLine> all = Ketloom.commandLine(new FakeServices(), PLAIN).getSubcommands();
    for (String first : List.of("help", "completion", "--verbose", "-h", "prats", "@parts")) {
      assertEquals(
          all.keySet(),
          Ketloom.commandLine(new FakeServices(), PLAIN, first, "parts").getSubcommands().keySet());
    }
    all.forEach((name, line) -> assertEquals(name, nameInTheAnnotation(line)));
  }

  private static String nameInTheAnnotation(CommandLine line) {
    return line.getCommand().getClass().getAnnotation(CommandLine.Command.class).name();
  }

  @ParameterizedTest
  @MethodSource("commands")
  void whatTheBuildWroteDownIsWhatTheCommandPrints(String command) {
    List<String> path = command.isEmpty() ? List.of() : List.of(command.split(" "));
    List<String> option = new ArrayList<>(path);
    option.add("--help");
    List<String> word = new ArrayList<>(List.of("help"));
    word.addAll(path);
    String printed = printed(option.toArray(String[]::new));
    assertEquals(Optional.of(printed), PreparedHelp.of(option, PLAIN, Map.of()));
    assertEquals(Optional.of(printed), PreparedHelp.of(word, PLAIN, Map.of()));
    assertEquals(printed, printed(word.toArray(String[]::new)));
  }

  @Test
  void theScriptForCompletionToo() {
    String script = printed("completion");
    assertTrue(script.contains("deploy"), script);
    assertEquals(Optional.of(script), PreparedHelp.of(List.of("completion"), PLAIN, Map.of()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"train", "train --data --help", "help nonsense", "nonsense --help", "../x -h"})
  void whatIsNoHelpOrNeedsAnotherLayoutIsNotPrepared(String arguments) {
    assertEquals(Optional.empty(), PreparedHelp.of(List.of(arguments.split(" ")), PLAIN, Map.of()));
    assertEquals(
        Optional.empty(),
        PreparedHelp.of(List.of("train", "--help"), PLAIN, Map.of("COLUMNS", "80")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"parts", "shell -c --help", "train --nonsense"})
  void theRestIsForTheContainer(String arguments) {
    assertEquals(OptionalInt.empty(), new Offline().apply(arguments.split(" ")));
  }

  @Test
  void withoutACommandTheUsageIsShownAsAnError() {
    PrintStream before = System.err;
    ByteArrayOutputStream errors = new ByteArrayOutputStream();
    System.setErr(new PrintStream(errors, true, StandardCharsets.UTF_8));
    try {
      assertEquals(OptionalInt.of(2), new Offline().apply(new String[0]));
    } finally {
      System.setErr(before);
    }
    assertEquals(
        "ketloom: a command is missing\n" + printed("--help"),
        errors.toString(StandardCharsets.UTF_8));
  }
}
