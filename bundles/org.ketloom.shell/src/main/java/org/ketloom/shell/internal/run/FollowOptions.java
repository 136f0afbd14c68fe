package org.ketloom.shell.internal.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.ketloom.api.model.Blueprint;
import org.ketloom.runtime.run.RunListener;
import org.ketloom.runtime.run.Runs;
import org.ketloom.shell.internal.console.Services;
import org.ketloom.shell.internal.console.Whole;
import picocli.CommandLine.Option;

/** The options by which a run is evaluated while it continues. */
final class FollowOptions {
  @Option(
      names = "--evaluate-every",
      converter = Whole.FromZero.class,
      paramLabel = "N",
      defaultValue = "0",
      description =
          "Evaluate after every N epochs, as ketloom evaluate does: evaluation.csv and"
              + " evaluation-*.svg in the run's folder. By default never.")
  private int every;

  @Option(
      names = "--evaluate-samples",
      converter = Whole.FromOne.class,
      paramLabel = "N",
      defaultValue = "1000",
      description = "Images to draw for each evaluation, by default 1000.")
  private int samples;

  /**
   * What follows a run of a Blueprint.
   *
   * @throws IllegalArgumentException if there is no checkpoint when one is to be evaluated, or the
   *     metrics need more images
   */
  TrainingSession.Following following(Services services, Blueprint blueprint) throws IOException {
    if (every == 0) {
      return (line, interrupted) -> RunListener.NONE;
    }
    int checkpoints = blueprint.training().checkpointEvery();
    if (every < 0 || every % checkpoints != 0) {
      throw new IllegalArgumentException(
          "--evaluate-every is a multiple of the epochs between checkpoints, "
              + checkpoints
              + ", found "
              + every);
    }
    return StudyFollowing.of(services, blueprint, every, samples);
  }

  /** As for its Blueprint; a folder that holds no run is left to whoever opens it. */
  TrainingSession.Following following(Services services, Path run) throws IOException {
    Path file = run.resolve("blueprint.json");
    if (every == 0 || !Files.exists(file)) {
      return (line, interrupted) -> RunListener.NONE;
    }
    return following(services, services.get(Runs.class).info(run).blueprint());
  }
}
