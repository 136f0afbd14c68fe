package org.ketloom.shell.internal.run;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.ketloom.runtime.job.Job;
import org.ketloom.runtime.run.RunRecords;
import org.ketloom.shell.internal.console.NeedsNoPlugins;
import org.ketloom.shell.internal.console.Services;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Deletes runs. */
@Command(
    name = "remove",
    description = {
      "Delete a run's folder with all that is in it, after a question. A run that is being trained"
          + " is refused, and so is a folder that isn't a run's or has another run in it."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  ketloom runs remove runs/demo-1", "  ketloom runs remove --yes runs/demo-1"})
final class RunsRemove implements Callable<Integer>, NeedsNoPlugins {
  private static final Set<Job.State> OVER = Set.of(Job.State.DONE, Job.State.FAILED);
  private static final long MEGABYTE = 1_000_000;

  private final Services services;
  private final Function<String, Optional<String>> ask;
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "RUN", arity = "1..*", description = "The runs' folders.")
  private List<Path> runs;

  @Option(names = "--yes", description = "Don't ask.")
  private boolean yes;

  /**
   * @param ask asks a question on the terminal; gives nothing where there is none
   */
  RunsRemove(Services services, Function<String, Optional<String>> ask) {
    this.services = services;
    this.ask = ask;
  }

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    RunRecords records = services.get(RunRecords.class);
    for (Path run : runs) {
      RunRecords.Extent extent = records.extent(run);
      requireNoJob(run);
      if (yes || agreed(out, run, extent)) {
        records.remove(run);
        out.println("removed " + run);
      } else {
        out.println("kept " + run);
      }
      out.flush();
    }
    return 0;
  }

  private void requireNoJob(Path run) {
    Job job = RunsCommands.jobs(services).get(RunsCommands.key(run));
    if (job != null && !OVER.contains(job.state())) {
      throw new IllegalStateException(
          run
              + " belongs to the job "
              + job.name()
              + " of this container, which is "
              + job.state());
    }
  }

  private boolean agreed(PrintWriter out, Path run, RunRecords.Extent extent) {
    out.flush();
    String question =
        String.format(
            Locale.ROOT,
            "Remove %s with all of its %,d files (%s)? [y/N] ",
            run,
            extent.files(),
            extent.bytes() < MEGABYTE
                ? "less than 1 MB"
                : String.format(Locale.ROOT, "%,d MB", extent.bytes() / MEGABYTE));
    String answer =
        ask.apply(question)
            .orElseThrow(
                () ->
                    new ParameterException(
                        spec.commandLine(),
                        "there is no terminal to ask on whether to remove "
                            + run
                            + "; --yes removes without a question"));
    return answer.strip().toLowerCase(Locale.ROOT).matches("y|yes");
  }
}
