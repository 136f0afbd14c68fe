package org.ketloom.shell.internal.serve;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.ketloom.runtime.job.Job;
import org.ketloom.runtime.job.Jobs;
import org.ketloom.shell.internal.console.Services;
import picocli.CommandLine.Option;

/** What a container that stays works at. */
public final class ServeOptions {
  @Option(
      names = "--runs",
      paramLabel = "DIR",
      defaultValue = "runs",
      description = "Folder of runs; those with auto-resume are resumed. By default runs.")
  private Path runs;

  @Option(
      names = "--compositions",
      paramLabel = "DIR",
      description = "Folder of compositions; by default conf beside the program.")
  private @Nullable Path compositions;

  /** Folder of runs. */
  Path runs() {
    return runs;
  }

  /** Begins to work. */
  public List<Job> open(Services services) {
    return services
        .get(Jobs.class)
        .open(runs, compositions == null ? conf(services) : compositions);
  }

  /** The folder of settings. */
  static Path conf(Services services) {
    String conf = services.property("ketloom.conf");
    return Path.of(conf == null ? "conf" : conf);
  }
}
