package org.ketloom.shell.internal.serve;

import java.io.PrintWriter;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.ketloom.runtime.job.Job;
import org.ketloom.runtime.job.Jobs;
import org.ketloom.shell.internal.console.ExitStatus;
import org.ketloom.shell.internal.console.Interruptions;
import org.ketloom.shell.internal.console.Services;
import org.ketloom.shell.internal.console.Whole;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Keeps a container running. */
@Command(
    name = "serve",
    description = {
      "Keep a container running: it trains the compositions in a folder and resumes the runs with"
          + " auto-resume, several at once. Ctrl-C writes all checkpoints and ends.",
      "",
      "With --port it answers over HTTP on this machine alone, too: parts, Blueprints, circuits,"
          + " runs and health, and events while runs are trained. Whoever has the token of this"
          + " start may use it; it is in .http.json of the folder of runs, which only you can"
          + " read. /api/v1/openapi.json describes all of it."
    },
    footerHeading = "%nExamples:%n",
    footer = {"  ketloom serve --runs runs", "  ketloom serve --port 8080"})
public final class ServeCommand implements Callable<Integer> {
  private static final long LOOK_MILLIS = 500;

  private final Services services;
  @Spec private CommandSpec spec;
  @Mixin private ServeOptions options;

  @Option(
      names = "--port",
      converter = Whole.FromZero.class,
      paramLabel = "N",
      description = "Answer over HTTP at this port; 0 for any that is free.")
  private @Nullable Integer port;

  public ServeCommand(Services services) {
    this.services = services;
  }

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch over = new CountDownLatch(1);
    Interruptions.Work work =
        () -> {
          asked.countDown();
          try {
            over.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        };
    services.interruptions().add(work);
    Jobs jobs = services.get(Jobs.class);
    Map<String, String> told = new HashMap<>();
    try {
      Integer at = port;
      AutoCloseable door =
          at == null ? () -> {} : new HttpServing(services, options.runs(), at, out);
      try (door) {
        options.open(services);
        out.println("serving; Ctrl-C ends");
        do {
          tell(out, jobs, told);
        } while (!asked.await(LOOK_MILLIS, TimeUnit.MILLISECONDS));
      }
    } finally {
      jobs.close();
      tell(out, jobs, told);
      over.countDown();
      services.interruptions().remove(work);
    }
    return ExitStatus.INTERRUPTED;
  }

  private static void tell(PrintWriter out, Jobs jobs, Map<String, String> told) {
    for (Job job : jobs.jobs()) {
      String line =
          job.name()
              + " ("
              + job.folder()
              + ") is "
              + job.state()
              + (job.reason().isEmpty() ? "" : ": " + job.reason());
      if (!line.equals(told.put(job.name(), line))) {
        out.println(line);
      }
    }
    out.flush();
  }
}
