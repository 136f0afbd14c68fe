package org.ketloom.shell.internal.serve;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.ketloom.runtime.deploy.Notice;
import org.ketloom.runtime.health.Health;
import org.ketloom.shell.internal.console.ExitStatus;
import org.ketloom.shell.internal.console.Messages;
import org.ketloom.shell.internal.console.Services;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Says whether all is well. */
@Command(
    name = "health",
    description = {
      "Look at the framework, bundles and components that don't run (with the root cause), parts"
          + " that were refused, native memory, runs and jobs.",
      "Exit status 0 if nothing has failed, 1 if something has."
    },
    footerHeading = "%nExample:%n",
    footer = "  ketloom health")
public final class HealthCommand implements Callable<Integer> {
  private final Services services;
  @Spec private CommandSpec spec;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  public HealthCommand(Services services) {
    this.services = services;
  }

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    List<Health.Finding> findings = services.get(Health.class).check();
    if (json) {
      out.println(json(findings).toPrettyString());
      out.flush();
      return status(findings);
    }
    findings.forEach(
        f ->
            out.printf(
                Locale.ROOT,
                "%-4s  %-11s  %s%n",
                f.level(),
                f.check(),
                Messages.of(new Notice(f.message(), f.remedies()))));
    out.flush();
    return status(findings);
  }

  private static int status(List<Health.Finding> findings) {
    return Health.worst(findings) == Health.Level.FAIL ? ExitStatus.FAILURE : ExitStatus.OK;
  }

  private static ArrayNode json(List<Health.Finding> findings) {
    ArrayNode all = JsonNodeFactory.instance.arrayNode();
    for (Health.Finding finding : findings) {
      all.addObject()
          .put("level", finding.level().toString())
          .put("check", finding.check())
          .put("message", Messages.of(new Notice(finding.message(), finding.remedies())));
    }
    return all;
  }
}
