package org.ketloom.shell.internal.run;

import java.io.PrintWriter;
import java.nio.file.Path;
import org.ketloom.runtime.job.Job;
import org.ketloom.runtime.job.Jobs;
import org.ketloom.shell.internal.console.Services;

/** Jobs as the commands ask for them. */
public final class BackgroundJobs {
  private BackgroundJobs() {}

  /**
   * The jobs of this container.
   *
   * @throws IllegalStateException if it runs only for this command
   */
  static Jobs of(Services services) {
    Jobs jobs = services.get(Jobs.class);
    if (!jobs.isOpen()) {
      throw new IllegalStateException(
          "--background needs a container that stays: use it within `ketloom shell`");
    }
    return jobs;
  }

  /** A job is called as its run's folder. */
  static String name(Path folder) {
    return folder.toAbsolutePath().normalize().getFileName().toString();
  }

  public static void tell(PrintWriter out, Job job) {
    out.println("job " + job.name() + " in " + job.folder() + "; see: ketloom runs list");
    out.flush();
  }
}
