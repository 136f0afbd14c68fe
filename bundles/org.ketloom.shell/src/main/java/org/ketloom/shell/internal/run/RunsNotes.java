package org.ketloom.shell.internal.run;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.ketloom.runtime.run.RunNotes;
import org.ketloom.runtime.run.RunRecords;
import org.ketloom.shell.internal.console.NeedsNoPlugins;
import org.ketloom.shell.internal.console.Services;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What people write about runs. */
final class RunsNotes {
  private RunsNotes() {}

  /** Tags. */
  @Command(
      name = "tag",
      description = {
        "Give a run tags, words to find it by: `runs list --tag` lists the runs that have one."
            + " Without tags, print those that it has."
      },
      footerHeading = "%nExamples:%n",
      footer = {
        "  ketloom runs tag runs/mnist baseline mnist",
        "  ketloom runs tag runs/mnist --remove baseline"
      })
  static final class Tag implements Callable<Integer>, NeedsNoPlugins {
    private final Services services;
    @Spec private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "RUN", description = "The run's folder.")
    private Path run;

    @Parameters(
        index = "1..*",
        paramLabel = "TAG",
        description = "Words of letters, digits, - _ and .")
    private List<String> tags = List.of();

    @Option(
        names = "--remove",
        paramLabel = "TAG",
        description = "Take this tag from the run. May be repeated.")
    private List<String> without = List.of();

    Tag(Services services) {
      this.services = services;
    }

    @Override
    public Integer call() throws IOException {
      RunRecords records = services.get(RunRecords.class);
      RunNotes before = records.notes(run);
      for (String tag : without) {
        if (!before.tags().contains(tag)) {
          throw new IllegalArgumentException(
              run
                  + " has no tag \""
                  + tag
                  + "\"; it has "
                  + (before.tags().isEmpty() ? "none" : String.join(", ", before.tags())));
        }
      }
      RunNotes after = before.tagged(tags, without);
      if (!after.equals(before)) {
        records.annotate(run, after);
      }
      print(
          spec.commandLine().getOut(),
          after.tags().isEmpty() ? run + " has no tag" : String.join(" ", after.tags()));
      return 0;
    }
  }

  /** A note. */
  @Command(
      name = "note",
      description = {
        "Write a note about a run in place of the one that it has; `runs show` shows it. Without a"
            + " text, print the note."
      },
      footerHeading = "%nExamples:%n",
      footer = {
        "  ketloom runs note runs/mnist 'The loss falls faster with a ring.'",
        "  ketloom runs note runs/mnist --remove"
      })
  static final class Note implements Callable<Integer>, NeedsNoPlugins {
    private final Services services;
    @Spec private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "RUN", description = "The run's folder.")
    private Path run;

    @Parameters(index = "1", arity = "0..1", paramLabel = "TEXT", description = "The note.")
    private @Nullable String text;

    @Option(names = "--remove", description = "Remove the note.")
    private boolean remove;

    Note(Services services) {
      this.services = services;
    }

    @Override
    public Integer call() throws IOException {
      if (remove && text != null) {
        throw new ParameterException(
            spec.commandLine(), "either a TEXT or --remove is expected, found both");
      }
      RunRecords records = services.get(RunRecords.class);
      RunNotes notes = records.notes(run);
      if (remove || text != null) {
        notes = notes.with(text == null ? "" : text.strip());
        records.annotate(run, notes);
      }
      print(
          spec.commandLine().getOut(),
          notes.note().isEmpty() ? run + " has no note" : notes.note());
      return 0;
    }
  }

  private static void print(PrintWriter out, String line) {
    out.println(line);
    out.flush();
  }
}
