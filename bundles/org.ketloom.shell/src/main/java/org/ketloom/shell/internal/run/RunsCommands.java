package org.ketloom.shell.internal.run;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.ketloom.runtime.job.Job;
import org.ketloom.runtime.job.Jobs;
import org.ketloom.runtime.run.RunInfo;
import org.ketloom.shell.internal.console.NeedsNoPlugins;
import org.ketloom.shell.internal.console.Services;
import org.ketloom.shell.internal.console.Terminal;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What can be asked about runs, and of those in the background. */
@Command(
    name = "runs",
    description =
        "List, show, compare, tag and remove runs; suspend and resume those in the background.",
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nExamples:%n",
    footer = {
      "  ketloom runs list --sort loss",
      "  ketloom runs show runs/mnist",
      "  ketloom runs compare runs/two-qubit runs/ring"
    })
public final class RunsCommands implements Runnable {
  @Spec private CommandSpec spec;

  private RunsCommands() {}

  public static CommandLine commandLine(Services services) {
    return commandLine(services, Terminal::ask);
  }

  static CommandLine commandLine(Services services, Function<String, Optional<String>> ask) {
    return new CommandLine(new RunsCommands())
        .addSubcommand(new RunsList(services))
        .addSubcommand(new RunsShow(services))
        .addSubcommand(new RunsCompare(services))
        .addSubcommand(new RunsNotes.Tag(services))
        .addSubcommand(new RunsNotes.Note(services))
        .addSubcommand(new RunsRemove(services, ask))
        .addSubcommand(new Suspend(services))
        .addSubcommand(new Resume(services))
        .setCaseInsensitiveEnumValuesAllowed(true);
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }

  /** Stops a job. */
  @Command(
      name = "suspend",
      description =
          "Ask a job of this container to write its checkpoint and stop: for ketloom shell, whose"
              + " container trains.",
      footerHeading = "%nExample:%n",
      footer = "  ketloom runs suspend mnist")
  static final class Suspend implements Callable<Integer>, NeedsNoPlugins {
    private final Services services;

    @Parameters(paramLabel = "JOB", description = "Name of the job, or the run's folder.")
    private String name;

    Suspend(Services services) {
      this.services = services;
    }

    @Override
    public Integer call() {
      job(services, name).suspend();
      return 0;
    }
  }

  /** Goes on with a job. */
  @Command(
      name = "resume",
      description =
          "Resume a job of this container that is suspended or has failed: for ketloom shell,"
              + " whose container trains.",
      footerHeading = "%nExample:%n",
      footer = "  ketloom runs resume mnist")
  static final class Resume implements Callable<Integer>, NeedsNoPlugins {
    private final Services services;

    @Parameters(paramLabel = "JOB", description = "Name of the job, or the run's folder.")
    private String name;

    Resume(Services services) {
      this.services = services;
    }

    @Override
    public Integer call() {
      job(services, name).resume();
      return 0;
    }
  }

  static Map<Path, Job> jobs(Services services) {
    Map<Path, Job> jobs = new LinkedHashMap<>();
    services.get(Jobs.class).jobs().forEach(job -> jobs.put(key(job.folder()), job));
    return jobs;
  }

  private static Job job(Services services, String name) {
    List<Job> all = services.get(Jobs.class).jobs();
    return all.stream()
        .filter(job -> job.name().equals(name) || key(job.folder()).equals(key(Path.of(name))))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "this container has no job \""
                        + name
                        + "\"; it has "
                        + (all.isEmpty()
                            ? "none; jobs are suspended and resumed in the shell of the container"
                                + " that trains them, ketloom shell"
                            : all.stream().map(Job::name).collect(Collectors.joining(", ")))));
  }

  static Path key(Path folder) {
    return folder.toAbsolutePath().normalize();
  }

  /**
   * How a run is.
   *
   * @param job what works at it in this container; null if nothing does
   */
  public static String state(RunInfo info, Optional<Job> job) {
    if (job.isPresent()) {
      return job.get().state().toString();
    }
    String state = info.state().name().toLowerCase(Locale.ROOT);
    if (info.live()) {
      return state;
    }
    return state.equals("running") ? "killed" : state;
  }
}
