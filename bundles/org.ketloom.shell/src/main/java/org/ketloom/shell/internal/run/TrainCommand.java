package org.ketloom.shell.internal.run;

import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.ketloom.api.model.Blueprint;
import org.ketloom.runtime.blueprint.Draft;
import org.ketloom.runtime.job.Job;
import org.ketloom.runtime.run.RunSettings;
import org.ketloom.runtime.run.Runs;
import org.ketloom.shell.internal.compose.BlueprintOptions;
import org.ketloom.shell.internal.console.Messages;
import org.ketloom.shell.internal.console.Services;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Begins a run. */
@Command(
    name = "train",
    description = {
      "Train a model. The run's folder then holds its Blueprint, checkpoints, loss curve and grids.",
      "Ctrl-C writes a checkpoint; `ketloom resume` goes on from there."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ketloom train --data digits --epochs 5",
      "  ketloom train --data ~/mnist --set parts.ansatz=cluster-state --run runs/cluster",
      "  ketloom train --blueprint my.json --data mnist --data-dir ~/mnist --seed 7",
      "  ketloom train --data mnist --epochs 10 --evaluate-every 2",
      "  ketloom train --model jo2026 --data mnist --set data.options.count=8096"
    })
public final class TrainCommand implements Callable<Integer> {
  private static final DateTimeFormatter TIMESTAMP = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss");

  private final Services services;
  private final TrainingSession training;
  @Spec private CommandSpec spec;
  @Mixin private BlueprintOptions options;
  @Mixin private FollowOptions follow;

  @Option(
      names = "--run",
      paramLabel = "DIR",
      description = "Folder for the run, new or empty; by default runs/<model>-<time>.")
  private @Nullable Path run;

  @Mixin private SettingsOptions settings;

  @Option(
      names = "--background",
      description = "Train in the background of `ketloom shell`; `runs list` shows its progress.")
  private boolean background;

  public TrainCommand(Services services, TrainingSession training) {
    this.services = services;
    this.training = training;
  }

  @Override
  public Integer call() throws IOException {
    Draft draft = options.draft(services);
    RunSettings asked = settings.on(RunSettings.DEFAULT);
    if (background) {
      Path folder = run != null ? run : folder("run");
      Job job =
          BackgroundJobs.of(services).start(BackgroundJobs.name(folder), draft, folder, asked);
      BackgroundJobs.tell(spec.commandLine().getOut(), job);
      return 0;
    }
    Blueprint blueprint = BlueprintOptions.complete(services, draft);
    Path folder = run != null ? run : folder(blueprint.model().name());
    TrainingSession.Outcome outcome =
        training.run(
            spec,
            listener -> services.get(Runs.class).start(blueprint, folder, asked, listener),
            follow.following(services, blueprint));
    if (outcome == TrainingSession.Outcome.FINISHED) {
      spec.commandLine().getOut().println("Draw: ketloom sample " + Messages.word(folder));
    }
    return outcome.status();
  }

  private static Path folder(String name) {
    return Path.of("runs", name + "-" + LocalDateTime.now().format(TIMESTAMP));
  }
}
