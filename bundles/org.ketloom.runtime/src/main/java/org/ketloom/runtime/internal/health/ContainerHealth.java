package org.ketloom.runtime.internal.health;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.jspecify.annotations.Nullable;
import org.ketloom.api.convolution.ConvolutionEngine;
import org.ketloom.diagnosis.ResolveDiagnosis;
import org.ketloom.runtime.deploy.Deployer;
import org.ketloom.runtime.deploy.PluginStatus;
import org.ketloom.runtime.health.Health;
import org.ketloom.runtime.internal.run.LiveRuns;
import org.ketloom.runtime.internal.run.TrainingRun;
import org.ketloom.runtime.job.Job;
import org.ketloom.runtime.job.Jobs;
import org.ketloom.runtime.parts.PartRegistry;
import org.ketloom.runtime.parts.RegisteredPart;
import org.ketloom.runtime.run.Run;
import org.ketloom.tck.Calls;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkUtil;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.runtime.ServiceComponentRuntime;

/** Checks the framework, its bundles and components, memory and runs. */
@Component
public final class ContainerHealth implements Health {
  /** A step of a large model takes some seconds, and drawing samples reports each piece of work. */
  private static final Duration STUCK = Duration.ofMinutes(5);

  /** Time limit of a check: many times what the framework needs to answer. */
  private static final Duration LIMIT = Duration.ofSeconds(5);

  /** Share of a limit above which memory is worth a look. */
  private static final double NEARLY_ALL = 0.9;

  private static final String MEMORY = "org.ketloom:type=NativeMemory";

  private final BundleContext context;
  private final ServiceComponentRuntime components;
  private final PartRegistry registry;
  private final LiveRuns runs;
  private final Jobs jobs;
  private final Duration limit;

  @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
  private volatile List<Health.Check> checks = List.of();

  @Reference(cardinality = ReferenceCardinality.OPTIONAL, policy = ReferencePolicy.DYNAMIC)
  private volatile @Nullable Deployer deployer;

  /** Called by the framework. */
  @Activate
  public ContainerHealth(
      BundleContext context,
      @Reference ServiceComponentRuntime components,
      @Reference PartRegistry registry,
      @Reference LiveRuns runs,
      @Reference Jobs jobs) {
    this(context, components, registry, runs, jobs, LIMIT);
  }

  ContainerHealth(
      BundleContext context,
      ServiceComponentRuntime components,
      PartRegistry registry,
      LiveRuns runs,
      Jobs jobs,
      Duration limit) {
    this.context = context;
    this.components = components;
    this.registry = registry;
    this.runs = runs;
    this.jobs = jobs;
    this.limit = limit;
  }

  @Override
  public List<Finding> check() {
    List<Finding> findings = new ArrayList<>();
    Bundle framework = context.getBundle(Constants.SYSTEM_BUNDLE_ID);
    findings.add(
        framework.getState() == Bundle.ACTIVE
            ? new Finding(
                "framework",
                Level.OK,
                framework.getSymbolicName()
                    + " "
                    + framework.getVersion()
                    + " on Java "
                    + System.getProperty("java.version"))
            : new Finding("framework", Level.FAIL, framework.getSymbolicName() + " isn't active"));
    findings.addAll(
        within(
            "bundles",
            "resolving what isn't resolved",
            () ->
                findings(
                    "bundles",
                    context.getBundles().length + " bundles, all resolved",
                    new UnresolvedBundles(context).rootCauses())));
    findings.addAll(
        within(
            "components",
            "asking for the state of components",
            () ->
                findings(
                    "components",
                    "all components are satisfied",
                    new UnsatisfiedComponents(components).rootCauses())));
    findings.addAll(findings("parts", registry.parts().size() + " parts", registry.refused()));
    registry.hidden().forEach(line -> findings.add(new Finding("parts", Level.WARN, line)));
    registry.parts(ConvolutionEngine.KIND).forEach(part -> findings.addAll(convolution(part)));
    findings.add(memory());
    deployments(findings);
    runs(findings);
    for (Health.Check check : checks) {
      String what =
          Optional.ofNullable(FrameworkUtil.getBundle(check.getClass()))
              .map(bundle -> "the health check of " + ResolveDiagnosis.name(bundle))
              .orElse("a health check");
      findings.addAll(within("checks", what, () -> List.copyOf(check.findings())));
    }
    return List.copyOf(findings);
  }

  private static List<Finding> findings(String check, String well, List<String> faults) {
    return faults.isEmpty()
        ? List.of(new Finding(check, Level.OK, well))
        : faults.stream().map(fault -> new Finding(check, Level.FAIL, fault)).toList();
  }

  /** A check may run code of plugins: the text of an exception, a check that one brings. */
  private List<Finding> within(String check, String what, Callable<List<Finding>> look) {
    try (Calls calls = new Calls(limit, limit.multipliedBy(2))) {
      return calls.call(what, look);
    } catch (Calls.Violation | IllegalArgumentException e) {
      return List.of(new Finding(check, Level.FAIL, String.valueOf(e.getMessage())));
    }
  }

  private List<Finding> convolution(RegisteredPart part) {
    String what = "convolution \"" + part.name() + "\"";
    return within(
        "parts",
        what,
        () ->
            part
                .prototype(ConvolutionEngine.class)
                .fault()
                .map(
                    fault ->
                        new Finding(
                            "parts",
                            Level.WARN,
                            what + " can't run here, so that ND4J's own are taken: " + fault))
                .stream()
                .toList());
  }

  private static Finding memory() {
    MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    try {
      ObjectName name = new ObjectName(MEMORY);
      if (!server.isRegistered(name)) {
        return new Finding("memory", Level.OK, "ND4J isn't loaded; nothing has needed it yet");
      }
      long allocated = (long) server.getAttribute(name, "Allocated");
      long maximum = (long) server.getAttribute(name, "Maximum");
      long physical = (long) server.getAttribute(name, "Physical");
      long maximumPhysical = (long) server.getAttribute(name, "MaximumPhysical");
      boolean full = near(allocated, maximum) || near(physical, maximumPhysical);
      return new Finding(
          "memory",
          full ? Level.WARN : Level.OK,
          "the process takes "
              + megabytes(physical, maximumPhysical)
              + ", of which JavaCPP counts "
              + megabytes(allocated, maximum)
              + (full ? "; end a run, or raise the limits in KETLOOM_JAVA_OPTS" : ""));
    } catch (JMException e) {
      return new Finding("memory", Level.WARN, "memory of ND4J can't be read: " + e);
    }
  }

  private static boolean near(long used, long maximum) {
    return maximum > 0 && used > NEARLY_ALL * maximum;
  }

  private static String megabytes(long used, long maximum) {
    return String.format(Locale.ROOT, "%d", used >> 20)
        + (maximum > 0 ? " of " + (maximum >> 20) : "")
        + " MB";
  }

  private void deployments(List<Finding> findings) {
    Deployer present = deployer;
    if (present == null) {
      return;
    }
    List<PluginStatus> plugins = present.plugins();
    for (PluginStatus plugin : plugins) {
      String what =
          switch (plugin.state()) {
            case REFUSED -> " is in quarantine: ";
            case STUCK -> " is stuck: ";
            case CURRENT, PENDING, RETIRING -> "";
          };
      if (!what.isEmpty()) {
        findings.add(
            new Finding(
                "deployments",
                Level.WARN,
                plugin.name() + what + plugin.detail(),
                plugin.remedies()));
      }
    }
    long current = plugins.stream().filter(p -> p.state() == PluginStatus.State.CURRENT).count();
    findings.add(new Finding("deployments", Level.OK, current + " plugins are current"));
  }

  private void runs(List<Finding> findings) {
    Set<String> folders = new LinkedHashSet<>();
    for (TrainingRun run : runs.runs()) {
      folders.add(run.folder().toString());
      boolean stuck = run.state() == Run.State.RUNNING && run.sinceHeartbeat().compareTo(STUCK) > 0;
      findings.add(
          new Finding(
              "runs",
              stuck ? Level.FAIL : Level.OK,
              run.folder()
                  + ": "
                  + run.progress()
                  + (stuck
                      ? ", and no sign of life for "
                          + run.sinceHeartbeat().toMinutes()
                          + " minutes; stop it, it can be resumed from its last checkpoint"
                      : "")));
    }
    for (Job job : jobs.jobs()) {
      if (!folders.contains(job.folder().toString())) {
        Level level =
            switch (job.state()) {
              case FAILED -> Level.FAIL;
              case WAITING -> Level.WARN;
              case READY, RUNNING, SUSPENDED, DONE -> Level.OK;
            };
        findings.add(
            new Finding(
                "runs",
                level,
                "job "
                    + job.name()
                    + " is "
                    + job.state().name()
                    + (job.reason().isEmpty() ? "" : ": " + job.reason())));
      }
    }
    if (findings.stream().noneMatch(f -> f.check().equals("runs"))) {
      findings.add(new Finding("runs", Level.OK, "none is live"));
    }
  }
}
