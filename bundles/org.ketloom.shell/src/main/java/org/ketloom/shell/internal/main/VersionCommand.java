package org.ketloom.shell.internal.main;

import java.util.concurrent.Callable;
import org.ketloom.shell.internal.console.NeedsNoPlugins;
import org.ketloom.shell.internal.console.Services;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** What is running. */
@Command(
    name = "version",
    description = "Show the versions of Ketloom, Java and the system.",
    footerHeading = "%nExample:%n",
    footer = "  ketloom version")
final class VersionCommand implements Callable<Integer>, NeedsNoPlugins, Offline.Command {
  private final Services services;
  @Spec private CommandSpec spec;

  VersionCommand(Services services) {
    this.services = services;
  }

  static String[] text(Services services) {
    return new String[] {
      "ketloom " + services.version(),
      "Java " + System.getProperty("java.version") + " (" + System.getProperty("java.vendor") + ")",
      System.getProperty("os.name")
          + " "
          + System.getProperty("os.version")
          + " "
          + System.getProperty("os.arch")
          + ", "
          + Runtime.getRuntime().availableProcessors()
          + " processors"
    };
  }

  @Override
  public Integer call() {
    for (String line : text(services)) {
      spec.commandLine().getOut().println(line);
    }
    return 0;
  }
}
