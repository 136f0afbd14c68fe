package org.ketloom.shell.internal.main;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.OptionSpec;

/** The script that completes commands and options in fish, which picocli doesn't write. */
final class FishCompletion {
  private static final int LONGEST = 100;

  private static final String BEGINNING =
      """
      # Completion of ketloom for fish.
      function __ketloom_words
          string match -rv -- '^-' (commandline -opc)[2..-1]
      end
      function __ketloom_under
          set -l words (__ketloom_words)
          for i in (seq (count $argv))
              test "$words[$i]" = "$argv[$i]"; or return 1
          end
      end
      function __ketloom_at
          test (count (__ketloom_words)) = (count $argv); and __ketloom_under $argv
      end
      """;

  private FishCompletion() {}

  /** The script for a command with all below it. */
  static String of(CommandLine root) {
    StringBuilder script = new StringBuilder(BEGINNING);
    append(script, root, List.of());
    return script.toString();
  }

  private static void append(StringBuilder script, CommandLine command, List<String> path) {
    String words = String.join(" ", path);
    String at = ("__ketloom_at " + words).strip();
    command
        .getSubcommands()
        .forEach(
            (name, below) ->
                line(
                    script,
                    at,
                    " -f -a "
                        + quoted(name)
                        + " -d "
                        + quoted(sentence(below.getCommandSpec().usageMessage().description()))));
    String under = ("__ketloom_under " + words).strip();
    for (OptionSpec option : command.getCommandSpec().options()) {
      if (!option.hidden()) {
        line(script, under, option(option));
      }
    }
    command
        .getSubcommands()
        .forEach(
            (name, below) ->
                append(
                    script,
                    below,
                    java.util.stream.Stream.concat(path.stream(), java.util.stream.Stream.of(name))
                        .toList()));
  }

  private static String option(OptionSpec option) {
    StringBuilder text = new StringBuilder();
    for (String name : option.names()) {
      text.append(name.startsWith("--") ? " -l " : " -s ").append(name.replaceFirst("^-+", ""));
    }
    if (option.arity().max() > 0) {
      List<String> values =
          option.completionCandidates() == null
              ? List.of()
              : StreamSupport.stream(option.completionCandidates().spliterator(), false).toList();
      text.append(values.isEmpty() ? " -r" : " -x -a " + quoted(String.join(" ", values)));
    }
    return text + " -d " + quoted(sentence(option.description()));
  }

  private static void line(StringBuilder script, String condition, String rest) {
    script.append("complete -c ketloom -n ").append(quoted(condition)).append(rest).append('\n');
  }

  /** The first sentence, or the beginning of a long one. */
  private static String sentence(String[] description) {
    String text =
        description.length == 0
            ? ""
            : Ansi.OFF.string(description[0]).lines().collect(Collectors.joining(" "));
    int end = text.indexOf(". ");
    String first = end < 0 ? text : text.substring(0, end + 1);
    return first.length() <= LONGEST ? first : first.substring(0, LONGEST - 3) + "...";
  }

  private static String quoted(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }
}
