package org.ketloom.shell.internal.main;

import java.util.List;
import org.ketloom.shell.internal.console.NeedsNoPlugins;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What {@code --help} shows, asked for in words. */
@Command(
    name = "help",
    description = "Show all about a command, as --help does.",
    footerHeading = "%nExamples:%n",
    footer = {"  ketloom help", "  ketloom help train", "  ketloom help runs show"})
final class HelpCommand implements Runnable, NeedsNoPlugins, Offline.Command {
  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "COMMAND",
      arity = "0..*",
      description = "The command, and those below it; without, the list of all commands.")
  private List<String> path = List.of();

  @Override
  public void run() {
    CommandLine shown = spec.root().commandLine();
    for (String name : path) {
      CommandLine next = shown.getSubcommands().get(name);
      if (next == null) {
        throw new ParameterException(
            spec.commandLine(),
            shown.getCommandSpec().qualifiedName()
                + " has no command \""
                + name
                + "\""
                + (shown.getSubcommands().isEmpty()
                    ? ""
                    : "; there is " + String.join(", ", shown.getSubcommands().keySet())));
      }
      shown = next;
    }
    shown.usage(spec.root().commandLine().getOut());
  }
}
