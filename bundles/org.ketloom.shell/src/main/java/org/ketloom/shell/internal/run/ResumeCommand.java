package org.ketloom.shell.internal.run;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.ketloom.runtime.job.Job;
import org.ketloom.runtime.run.Resumption;
import org.ketloom.runtime.run.Runs;
import org.ketloom.shell.internal.console.Services;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Goes on with a run. */
@Command(
    name = "resume",
    description = "Resume a run from its last checkpoint, as if it had not been interrupted.",
    footerHeading = "%nExample:%n",
    footer = "  ketloom resume runs/demo-1")
public final class ResumeCommand implements Callable<Integer> {
  private final Services services;
  private final TrainingSession training;
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "RUN", description = "The run's folder.")
  private Path run;

  @Mixin private SettingsOptions settings;

  @Option(
      names = "--current-parts",
      description = {
        "Continue with the current parts where those that the run was trained with are gone, even"
            + " if their circuit differs; `runs show` records it."
      })
  private boolean currentParts;

  @Option(
      names = "--background",
      description = "Train in the background of `ketloom shell`; `runs list` shows its progress.")
  private boolean background;

  @Mixin private FollowOptions follow;

  public ResumeCommand(Services services, TrainingSession training) {
    this.services = services;
    this.training = training;
  }

  @Override
  public Integer call() throws IOException {
    Runs runs = services.get(Runs.class);
    Resumption how =
        new Resumption(
            settings.asked()
                ? Optional.of(settings.on(runs.info(run).settings()))
                : Optional.empty(),
            currentParts);
    if (background) {
      Job job = BackgroundJobs.of(services).resume(BackgroundJobs.name(run), run, how);
      BackgroundJobs.tell(spec.commandLine().getOut(), job);
      return 0;
    }
    return training
        .run(spec, listener -> runs.resume(run, how, listener), follow.following(services, run))
        .status();
  }
}
