package org.ketloom.shell.internal.parts;

import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.ketloom.api.model.Progress;
import org.ketloom.data.DataDownloads;
import org.ketloom.shell.internal.console.NeedsNoPlugins;
import org.ketloom.shell.internal.console.ProgressLine;
import org.ketloom.shell.internal.console.Terminal;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Fetching of data sets. */
@Command(
    name = "data",
    description = "Fetch published data sets.",
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nExample:%n",
    footer = "  ketloom data get mnist")
public final class DataCommands implements Runnable {
  @Spec private CommandSpec spec;

  private DataCommands() {}

  public static CommandLine commandLine(Terminal terminal) {
    return new CommandLine(new DataCommands()).addSubcommand(new Get(terminal));
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }

  /** Downloads. */
  @Command(
      name = "get",
      description = {
        "Download the files of a data set (mnist, fashion-mnist) into the cache: the folder"
            + " KETLOOM_CACHE, by default ~/.cache/ketloom. An interrupted download continues"
            + " where it stopped; every file is checked by its SHA-256."
      },
      footerHeading = "%nExamples:%n",
      footer = {
        "  ketloom data get mnist",
        "  ketloom data get fashion-mnist --from http://mirror.example/fashion-mnist/"
      })
  static final class Get implements Callable<Integer>, NeedsNoPlugins {
    private final Terminal terminal;
    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "NAME", description = "The data set: mnist or fashion-mnist.")
    private String name;

    @Option(
        names = "--from",
        paramLabel = "URL",
        description = "Address of the folder that holds the files, instead of the known ones.")
    private @Nullable URI from;

    @Option(
        names = "--cache",
        paramLabel = "DIR",
        description = "Folder for the data set's folder, instead of the cache.")
    private @Nullable Path cache;

    Get(Terminal terminal) {
      this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
      PrintWriter out = spec.commandLine().getOut();
      DataDownloads downloads = cache == null ? DataDownloads.inCache() : new DataDownloads(cache);
      ProgressLine line = new ProgressLine(spec, terminal);
      line.begin("looking for the files of " + name);
      Path folder;
      try {
        folder = downloads.get(name, Optional.ofNullable(from), progress(line));
      } finally {
        line.clear();
      }
      out.println(name + " is in " + folder);
      out.println(
          cache == null
              ? "Train: ketloom train --data " + name
              : "Train: ketloom train --data " + name + " --data-dir " + folder);
      out.flush();
      return 0;
    }

    private Progress progress(ProgressLine line) {
      return (done, total) -> {
        line.update(name + ": " + total / 1024 + " KiB", done, total);
        return true;
      };
    }
  }
}
