package org.ketloom.shell.internal;

import java.nio.file.Path;
import java.util.List;
import org.ketloom.runtime.Job;
import org.ketloom.runtime.Jobs;
import picocli.CommandLine.Option;

/** What a container that stays works at. */
final class ServeOptions {
  @Option(
      names = "--runs",
      paramLabel = "DIR",
      defaultValue = "runs",
      description =
          "Folder of runs, of which those are gone on with that asked for it; default runs.")
  private Path runs;

  @Option(
      names = "--compositions",
      paramLabel = "DIR",
      description =
          "Folder of compositions; by default KETLOOM_CONF, or else conf beside the program.")
  private Path compositions;

  /** Begins to work. */
  List<Job> open(Services services) {
    return services.get(Jobs.class).open(runs, compositions());
  }

  private Path compositions() {
    return compositions != null ? compositions : defaultCompositions();
  }

  static Path defaultCompositions() {
    String set = System.getenv("KETLOOM_CONF");
    return set == null || set.isBlank()
        ? Path.of(System.getProperty("ketloom.home", "."), "conf")
        : Path.of(set);
  }
}
