package org.ketloom.shell.internal.main;

import java.io.PrintWriter;
import org.ketloom.shell.internal.console.NeedsNoPlugins;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** A script for the shells of the system. */
@Command(
    name = "completion",
    description = "Print the script that completes commands and options in bash and zsh.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  ketloom completion > ~/.local/share/bash-completion/completions/ketloom",
      "  source <(ketloom completion)"
    })
final class CompletionCommand implements Runnable, NeedsNoPlugins, Offline.Command {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    PrintWriter out = spec.commandLine().getOut();
    out.print(AutoComplete.bash("ketloom", spec.root().commandLine()));
    out.flush();
  }
}
