package org.ketloom.shell.internal.parts;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.ketloom.runtime.deploy.Deployer;
import org.ketloom.runtime.deploy.Deployment;
import org.ketloom.runtime.deploy.Plugin;
import org.ketloom.runtime.deploy.PluginStatus;
import org.ketloom.shell.internal.console.Messages;
import org.ketloom.shell.internal.console.NeedsNoPlugins;
import org.ketloom.shell.internal.console.Services;
import org.ketloom.shell.internal.console.Texts;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Plugins in and out. */
@Command(
    name = "deploy",
    description = {
      "Take plugins in and out. A jar is installed beside the version that is there, and checked;"
          + " only then it is current. The same happens to a jar that is dropped into the folder of"
          + " plugins, also while a run goes on."
    },
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nExamples:%n",
    footer = {
      "  ketloom deploy add target/example.ladder-1.0.0.jar",
      "  ketloom deploy list",
      "  ketloom deploy why ladder",
      "  ketloom deploy rollback 3"
    })
public final class DeployCommands implements Runnable {
  @Spec private CommandSpec spec;

  private DeployCommands() {}

  public static CommandLine commandLine(Services services) {
    return new CommandLine(new DeployCommands())
        .addSubcommand(new Show(services))
        .addSubcommand(new Add(services))
        .addSubcommand(new Remove(services))
        .addSubcommand(new Rollback(services))
        .addSubcommand(new Why(services));
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }

  private static int number(Deployer deployer) {
    return deployer.deployments().stream().mapToInt(Deployment::number).max().orElse(0);
  }

  private static void tell(PrintWriter out, Deployment deployment) {
    out.println("deployment " + deployment.number() + ": " + deployment.reason());
    for (Plugin plugin : deployment.plugins()) {
      out.println(
          "  "
              + plugin
              + (plugin.parts().isEmpty() ? "" : ": " + String.join(", ", plugin.parts())));
    }
    out.flush();
  }

  /** What there is. */
  @Command(
      name = "list",
      description = "Show the plugins, those that were refused, and the deployments so far.",
      footerHeading = "%nExample:%n",
      footer = "  ketloom deploy list")
  static final class Show implements Callable<Integer>, NeedsNoPlugins {
    private final Services services;
    @Spec private CommandSpec spec;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    Show(Services services) {
      this.services = services;
    }

    @Override
    public Integer call() {
      PrintWriter out = spec.commandLine().getOut();
      Deployer deployer = services.get(Deployer.class);
      List<PluginStatus> plugins = deployer.plugins();
      if (json) {
        out.println(json(plugins, deployer.deployments()).toPrettyString());
        out.flush();
        return 0;
      }
      if (plugins.isEmpty()) {
        out.println("no plugin is deployed; ketloom plugin new makes one");
      } else {
        int name = width(plugins, PluginStatus::name);
        int file = width(plugins, PluginStatus::file);
        for (PluginStatus plugin : plugins) {
          out.println(
              String.format(
                      Locale.ROOT,
                      "%-8s  %-" + name + "s  %-" + file + "s  %s",
                      plugin.state().name().toLowerCase(Locale.ROOT),
                      plugin.name(),
                      plugin.file(),
                      String.join(", ", plugin.parts()))
                  .stripTrailing());
          if (!plugin.detail().isEmpty()) {
            out.println("    " + Messages.of(plugin.notice()));
          }
        }
      }
      List<Deployment> deployments = deployer.deployments();
      if (!deployments.isEmpty()) {
        out.println();
        for (Deployment deployment : deployments) {
          out.printf(
              Locale.ROOT,
              "%4d  %s  %s%n",
              deployment.number(),
              Texts.time(deployment.time()),
              deployment.reason());
        }
      }
      out.flush();
      return 0;
    }

    private static ObjectNode json(List<PluginStatus> plugins, List<Deployment> deployments) {
      ObjectNode node = JsonNodeFactory.instance.objectNode();
      ArrayNode all = node.putArray("plugins");
      for (PluginStatus plugin : plugins) {
        ObjectNode entry = all.addObject();
        entry.put("state", plugin.state().name().toLowerCase(Locale.ROOT));
        entry.put("name", plugin.name()).put("file", plugin.file());
        plugin.parts().forEach(entry.putArray("parts")::add);
        entry.put("detail", plugin.detail().isEmpty() ? "" : Messages.of(plugin.notice()));
      }
      ArrayNode numbered = node.putArray("deployments");
      for (Deployment deployment : deployments) {
        ObjectNode entry = numbered.addObject();
        entry.put("number", deployment.number()).put("time", deployment.time().toString());
        entry.put("reason", deployment.reason());
        ArrayNode current = entry.putArray("plugins");
        deployment.plugins().forEach(plugin -> current.add(plugin.toString()));
      }
      return node;
    }

    private static int width(List<PluginStatus> plugins, Function<PluginStatus, String> column) {
      return Math.max(1, plugins.stream().mapToInt(p -> column.apply(p).length()).max().orElse(1));
    }
  }

  /** In. */
  @Command(
      name = "add",
      description = {
        "Take a plugin's jar, and put it into the folder of plugins. A jar that doesn't fit is"
            + " refused with its reason, and what was there stays."
      },
      footerHeading = "%nExample:%n",
      footer = "  ketloom deploy add target/example.ladder-1.0.0.jar")
  static final class Add implements Callable<Integer> {
    private final Services services;
    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "JAR", description = "The plugin's jar.")
    private Path jar;

    Add(Services services) {
      this.services = services;
    }

    @Override
    public Integer call() throws IOException {
      PrintWriter out = spec.commandLine().getOut();
      Deployer deployer = services.get(Deployer.class);
      int before = number(deployer);
      long begun = System.nanoTime();
      Deployment deployment = deployer.add(jar);
      tell(out, deployment);
      out.println(
          deployment.number() == before
              ? jar + " was current already; nothing has changed"
              : "checked and current after "
                  + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun)
                  + " ms");
      deployer.plugins().stream()
          .filter(p -> p.state() == PluginStatus.State.CURRENT && !p.detail().isEmpty())
          .forEach(p -> out.println(p.name() + ": " + Messages.of(p.notice())));
      out.flush();
      return 0;
    }
  }

  /** Out. */
  @Command(
      name = "remove",
      description = {
        "Retire a plugin and delete its jar from the folder of plugins. A rollback brings it back."
      },
      footerHeading = "%nExamples:%n",
      footer = {"  ketloom deploy remove ladder", "  ketloom deploy remove 'example.ladder 1.0.0'"})
  static final class Remove implements Callable<Integer>, NeedsNoPlugins {
    private final Services services;
    @Spec private CommandSpec spec;

    @Parameters(
        paramLabel = "NAME",
        description = "Name of a part, of a bundle, of a bundle with its version, or of a file.")
    private String name;

    Remove(Services services) {
      this.services = services;
    }

    @Override
    public Integer call() throws IOException {
      tell(spec.commandLine().getOut(), services.get(Deployer.class).remove(name));
      return 0;
    }
  }

  /** Back. */
  @Command(
      name = "rollback",
      description = {
        "Make the plugins of an earlier deployment current again, as a new deployment. Deployment 0"
            + " has none."
      },
      footerHeading = "%nExample:%n",
      footer = "  ketloom deploy rollback 3")
  static final class Rollback implements Callable<Integer>, NeedsNoPlugins {
    private final Services services;
    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "N", description = "Number of the deployment.")
    private int number;

    Rollback(Services services) {
      this.services = services;
    }

    @Override
    public Integer call() throws IOException {
      PrintWriter out = spec.commandLine().getOut();
      Deployer deployer = services.get(Deployer.class);
      int before = number(deployer);
      Deployment deployment = deployer.rollback(number);
      tell(out, deployment);
      if (deployment.number() == before) {
        out.println("its plugins were current already; nothing has changed");
      }
      out.flush();
      return 0;
    }
  }

  /** Reasons. */
  @Command(
      name = "why",
      description = "Say what became of a plugin: since when it is current, or why it was refused.",
      footerHeading = "%nExamples:%n",
      footer = {"  ketloom deploy why ladder", "  ketloom deploy why ladder-1.1.0.jar"})
  static final class Why implements Callable<Integer>, NeedsNoPlugins {
    private final Services services;
    @Spec private CommandSpec spec;

    @Parameters(
        paramLabel = "NAME",
        description = "Name of a part, of a bundle or of a file, or beginning of the SHA-256.")
    private String name;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    Why(Services services) {
      this.services = services;
    }

    @Override
    public Integer call() {
      PrintWriter out = spec.commandLine().getOut();
      List<String> lines =
          services.get(Deployer.class).why(name).stream().map(Messages::of).toList();
      if (json) {
        ArrayNode all = JsonNodeFactory.instance.arrayNode();
        lines.forEach(all::add);
        out.println(all.toPrettyString());
      } else {
        lines.forEach(out::println);
      }
      out.flush();
      return 0;
    }
  }
}
