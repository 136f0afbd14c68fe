package org.ketloom.shell.internal.main;

import java.io.PrintWriter;
import java.util.Locale;
import org.ketloom.shell.internal.console.NeedsNoPlugins;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A script for the shells of the system. */
@Command(
    name = "completion",
    description = "Print the script that completes commands and options in bash, zsh or fish.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  ketloom completion > ~/.local/share/bash-completion/completions/ketloom",
      "  source <(ketloom completion zsh)",
      "  ketloom completion fish > ~/.config/fish/completions/ketloom.fish"
    })
final class CompletionCommand implements Runnable, NeedsNoPlugins, Offline.Command {
  @Spec private CommandSpec spec;

  @Parameters(
      arity = "0..1",
      paramLabel = "SHELL",
      defaultValue = "bash",
      description = "The shell: ${COMPLETION-CANDIDATES}; by default ${DEFAULT-VALUE}.")
  private Kind shell;

  /** The shells; one script serves bash and zsh. */
  enum Kind {
    BASH,
    ZSH,
    FISH;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Override
  public void run() {
    PrintWriter out = spec.commandLine().getOut();
    CommandLine all = spec.root().commandLine();
    out.print(shell == Kind.FISH ? FishCompletion.of(all) : AutoComplete.bash("ketloom", all));
    out.flush();
  }
}
