package org.ketloom.shell.internal.main;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.ketloom.shell.internal.console.Terminal;
import picocli.AutoComplete;
import picocli.CommandLine;

/**
 * What {@code --help} and {@code completion} print, as the build writes it down out of the
 * commands: making all commands takes longer than starting Java.
 */
final class PreparedHelp {
  private static final Set<String> HELP = Set.of("-h", "--help");

  /** What changes the width or the colours. Where one is set the commands themselves answer. */
  private static final Set<String> LAYOUT =
      Set.of(
          "COLUMNS", "NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "ANSICON", "ConEmuANSI", "OSTYPE");

  private static final String COMPLETION = "completion";
  private static final String ESCAPES = "\u001b\\[[0-9;]*m";

  private PreparedHelp() {}

  /**
   * The text that some arguments ask for.
   *
   * @param words the arguments
   * @param terminal where it is to be shown
   * @param environment of the process
   * @return empty if they ask for something else, or in another layout
   */
  static Optional<String> of(
      List<String> words, Terminal terminal, Map<String, String> environment) {
    if (environment.keySet().stream().anyMatch(LAYOUT::contains)
        || environment.containsKey("SystemRoot")
        || System.getProperties().stringPropertyNames().stream()
            .anyMatch(name -> name.startsWith("picocli."))
        || terminal.interactive() != Terminal.connected()) {
      return Optional.empty();
    }
    return name(words)
        .flatMap(PreparedHelp::read)
        .map(text -> terminal.interactive() ? text : text.replaceAll(ESCAPES, ""));
  }

  /** {@code help runs show} and {@code runs show --help} ask for the same. */
  private static Optional<String> name(List<String> words) {
    if (words.equals(List.of(COMPLETION))) {
      return Optional.of(COMPLETION + ".bash");
    }
    int last = words.size() - 1;
    if (last >= 0 && HELP.contains(words.get(last))) {
      return file(words.subList(0, last));
    }
    return last >= 0 && words.get(0).equals("help")
        ? file(words.subList(1, words.size()))
        : Optional.empty();
  }

  private static Optional<String> file(List<String> path) {
    return path.stream().allMatch(word -> word.matches("[a-z]+"))
        ? Optional.of(
            "ketloom" + String.join("", path.stream().map(w -> "-" + w).toList()) + ".txt")
        : Optional.empty();
  }

  private static Optional<String> read(String name) {
    try (InputStream in = PreparedHelp.class.getResourceAsStream("help/" + name)) {
      return in == null
          ? Optional.empty()
          : Optional.of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Writes the texts; called by the build.
   *
   * @param arguments the folder
   */
  public static void main(String[] arguments) throws IOException {
    Path folder = Files.createDirectories(Path.of(arguments[0]));
    CommandLine line =
        Ketloom.commandLine(Offline.noServices(), Terminal.detect(Map.of("TERM", "xterm"), true));
    write(folder, "ketloom", line);
    Files.writeString(folder.resolve(COMPLETION + ".bash"), AutoComplete.bash("ketloom", line));
  }

  private static void write(Path folder, String name, CommandLine line) throws IOException {
    Files.writeString(
        folder.resolve(name + ".txt"), line.getUsageMessage(CommandLine.Help.Ansi.ON));
    for (Map.Entry<String, CommandLine> below : line.getSubcommands().entrySet()) {
      write(folder, name + "-" + below.getKey(), below.getValue());
    }
  }
}
