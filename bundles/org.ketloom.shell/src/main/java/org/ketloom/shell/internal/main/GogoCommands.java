package org.ketloom.shell.internal.main;

import java.util.List;
import java.util.stream.Stream;
import org.ketloom.shell.internal.console.FrameworkServices;
import org.ketloom.shell.internal.console.Interruptions;
import org.ketloom.shell.internal.console.Services;
import org.ketloom.shell.internal.console.Terminal;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The commands for Gogo sessions: {@code ketloom:parts} and so on. */
@Component(
    service = GogoCommands.class,
    property = {
      "osgi.command.scope=ketloom",
      "osgi.command.function=demo",
      "osgi.command.function=train",
      "osgi.command.function=resume",
      "osgi.command.function=sample",
      "osgi.command.function=runs",
      "osgi.command.function=swap",
      "osgi.command.function=composition",
      "osgi.command.function=health",
      "osgi.command.function=evaluate",
      "osgi.command.function=study",
      "osgi.command.function=parts",
      "osgi.command.function=blueprint",
      "osgi.command.function=circuit",
      "osgi.command.function=data",
      "osgi.command.function=deploy",
      "osgi.command.function=plugin",
      "osgi.command.function=version"
    })
public final class GogoCommands {
  /** Names of the commands. */
  static final List<String> FUNCTIONS =
      List.of(
          "demo",
          "train",
          "resume",
          "sample",
          "runs",
          "swap",
          "composition",
          "health",
          "evaluate",
          "study",
          "parts",
          "blueprint",
          "circuit",
          "data",
          "deploy",
          "plugin",
          "version");

  /** A command has failed and said why. */
  static final class Failed extends Exception {
    private static final long serialVersionUID = 1;

    Failed(String command, int status) {
      super(command + " ended with status " + status);
    }
  }

  private final Services services;

  /** Called by the framework. */
  @Activate
  public GogoCommands(BundleContext context, @Reference Interruptions interruptions) {
    this(new FrameworkServices(context, interruptions));
  }

  GogoCommands(Services services) {
    this.services = services;
  }

  /** {@code ketloom demo}. */
  public void demo(String... arguments) throws Failed {
    run("demo", arguments);
  }

  /** {@code ketloom train}. */
  public void train(String... arguments) throws Failed {
    run("train", arguments);
  }

  /** {@code ketloom resume}. */
  public void resume(String... arguments) throws Failed {
    run("resume", arguments);
  }

  /** {@code ketloom sample}. */
  public void sample(String... arguments) throws Failed {
    run("sample", arguments);
  }

  /** {@code ketloom runs}. */
  public void runs(String... arguments) throws Failed {
    run("runs", arguments);
  }

  /** {@code ketloom swap}. */
  public void swap(String... arguments) throws Failed {
    run("swap", arguments);
  }

  /** {@code ketloom composition}. */
  public void composition(String... arguments) throws Failed {
    run("composition", arguments);
  }

  /** {@code ketloom health}. */
  public void health(String... arguments) throws Failed {
    run("health", arguments);
  }

  /** {@code ketloom evaluate}. */
  public void evaluate(String... arguments) throws Failed {
    run("evaluate", arguments);
  }

  /** {@code ketloom study}. */
  public void study(String... arguments) throws Failed {
    run("study", arguments);
  }

  /** {@code ketloom parts}. */
  public void parts(String... arguments) throws Failed {
    run("parts", arguments);
  }

  /** {@code ketloom blueprint}. */
  public void blueprint(String... arguments) throws Failed {
    run("blueprint", arguments);
  }

  /** {@code ketloom circuit}. */
  public void circuit(String... arguments) throws Failed {
    run("circuit", arguments);
  }

  /** {@code ketloom data}. */
  public void data(String... arguments) throws Failed {
    run("data", arguments);
  }

  /** {@code ketloom deploy}. */
  public void deploy(String... arguments) throws Failed {
    run("deploy", arguments);
  }

  /** {@code ketloom plugin}. */
  public void plugin(String... arguments) throws Failed {
    run("plugin", arguments);
  }

  /** {@code ketloom version}. */
  public void version(String... arguments) throws Failed {
    run("version", arguments);
  }

  private void run(String command, String... arguments) throws Failed {
    String[] all = Stream.concat(Stream.of(command), Stream.of(arguments)).toArray(String[]::new);
    int status = Ketloom.execute(Ketloom.commandLine(services, Terminal.detect(), all), all);
    if (status != 0) {
      throw new Failed(command, status);
    }
  }
}
