package org.ketloom.shell.internal.main;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.ketloom.shell.internal.compose.BlueprintCommands;
import org.ketloom.shell.internal.compose.CircuitCommands;
import org.ketloom.shell.internal.console.ExitStatus;
import org.ketloom.shell.internal.console.Messages;
import org.ketloom.shell.internal.console.NeedsNoPlugins;
import org.ketloom.shell.internal.console.PrintableWriter;
import org.ketloom.shell.internal.console.Services;
import org.ketloom.shell.internal.console.Terminal;
import org.ketloom.shell.internal.measure.EvaluateCommand;
import org.ketloom.shell.internal.measure.StudyCommand;
import org.ketloom.shell.internal.parts.DataCommands;
import org.ketloom.shell.internal.parts.DeployCommands;
import org.ketloom.shell.internal.parts.PartsCommand;
import org.ketloom.shell.internal.parts.PluginCommands;
import org.ketloom.shell.internal.run.DemoCommand;
import org.ketloom.shell.internal.run.ResumeCommand;
import org.ketloom.shell.internal.run.RunsCommands;
import org.ketloom.shell.internal.run.SampleCommand;
import org.ketloom.shell.internal.run.SwapCommand;
import org.ketloom.shell.internal.run.TrainCommand;
import org.ketloom.shell.internal.run.TrainingSession;
import org.ketloom.shell.internal.serve.CompositionCommands;
import org.ketloom.shell.internal.serve.HealthCommand;
import org.ketloom.shell.internal.serve.ServeCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command itself; all that it does is done by its subcommands. */
@Command(
    name = "ketloom",
    description =
        "Weaves quantum generative models for images out of parts, trains them and draws.",
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nExamples:%n",
    footer = {
      "  ketloom demo                   train on drawn digits for a few minutes, and draw",
      "  ketloom parts                  the parts that models are composed of",
      "  ketloom train --data ~/mnist   train on your own files",
      "  ketloom train --help           everything about a command",
      "",
      "Environment variables:",
      "  JAVA_HOME          the Java to run on; by default the one on the PATH",
      "  KETLOOM_JAVA_OPTS  more options for it, such as -Xmx8g",
      "  KETLOOM_FEATURES   the features to start, separated by commas; by default all",
      "  KETLOOM_PLUGINS    the folder of plugins; by default plugins/",
      "  KETLOOM_CACHE      the folder for downloads and native code; by default ~/.cache/ketloom",
      "  NO_COLOR           when set, nothing is printed in bold or colour"
    },
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      ExitStatus.OK + ":all went well",
      ExitStatus.FAILURE + ":it failed, and has said why",
      ExitStatus.USAGE + ":it was called wrongly",
      "70:Ketloom could not be started, or something that it ran ended the process",
      ExitStatus.INTERRUPTED + ":it was interrupted, as by Ctrl-C"
    })
public final class Ketloom implements Callable<Integer>, NeedsNoPlugins {
  /** What is said where there is no command. A constant: it is read without this class. */
  static final String MISSING = "ketloom: a command is missing";

  /** What tells of all others. */
  private static final Set<String> OF_ALL = Set.of("completion", "help");

  @Spec private CommandSpec spec;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "Show this help.")
  @SuppressWarnings("UnusedVariable") // picocli reads it
  private boolean help;

  @Option(
      names = "--verbose",
      scope = ScopeType.INHERIT,
      description = "Show where an error comes from.")
  private boolean verbose;

  @Option(
      names = "--quiet",
      scope = ScopeType.INHERIT,
      description = "Print results and errors alone, and no progress.")
  @SuppressWarnings("UnusedVariable") // whoever tells progress asks picocli
  private boolean quiet;

  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "Show the version.")
  @SuppressWarnings("UnusedVariable") // picocli reads it
  private boolean version;

  private Ketloom() {}

  /** The command with all subcommands. */
  public static CommandLine commandLine(Services services, Terminal terminal) {
    return commandLine(services, terminal, new String[0]);
  }

  /**
   * The command with those subcommands that some arguments can reach: making all of them takes
   * longer than most commands.
   *
   * @param arguments all that it will be asked to parse
   */
  static CommandLine commandLine(Services services, Terminal terminal, String... arguments) {
    Ketloom root = new Ketloom();
    CommandLine line = new CommandLine(root);
    Map<String, Supplier<Object>> commands = subcommands(services, terminal);
    String first = arguments.length == 0 ? "" : arguments[0];
    if (commands.containsKey(first) && !OF_ALL.contains(first)) {
      commands.keySet().retainAll(Set.of(first));
    }
    commands.forEach((name, command) -> line.addSubcommand(name, command.get()));
    line.registerConverter(Path.class, Ketloom::path);
    // An alias of one's own can set an option, and a command line another value of it.
    line.setOverwrittenOptionsAllowed(true);
    line.getCommandSpec().versionProvider(() -> VersionCommand.text(services));
    PrintWriter plain = new PrintWriter(System.out, true, terminal.charset());
    PrintWriter out = new PrintWriter(new PrintableWriter(plain), true);
    line.setOut(out);
    line.setErr(
        new PrintWriter(
            new PrintableWriter(new PrintWriter(System.err, true, terminal.charset())), true));
    line.setExecutionStrategy(
        parsed -> {
          // Help is this program's own text, in bold where the terminal supports it.
          if (line.getOut() == out
              && parsed.asCommandLineList().stream().anyMatch(CommandLine::isUsageHelpRequested)) {
            line.setOut(plain);
          }
          return new CommandLine.RunLast().execute(parsed);
        });
    line.setUsageHelpWidth(Math.max(80, Math.min(terminal.width(), 120)));
    line.setParameterExceptionHandler((e, given) -> usage(e));
    line.setExecutionExceptionHandler((e, failed, parsed) -> root.failure(failed, e));
    return line;
  }

  /** How each subcommand is made, by its name, in the order of the help. */
  private static Map<String, Supplier<Object>> subcommands(Services services, Terminal terminal) {
    Map<String, Supplier<Object>> commands = new LinkedHashMap<>();
    commands.put(
        "demo", () -> new DemoCommand(services, terminal, new TrainingSession(services, terminal)));
    commands.put(
        "train", () -> new TrainCommand(services, new TrainingSession(services, terminal)));
    commands.put(
        "resume", () -> new ResumeCommand(services, new TrainingSession(services, terminal)));
    commands.put("sample", () -> new SampleCommand(services, terminal));
    commands.put("runs", () -> RunsCommands.commandLine(services));
    commands.put("swap", () -> new SwapCommand(services));
    commands.put("composition", () -> CompositionCommands.commandLine(services));
    commands.put("serve", () -> new ServeCommand(services));
    commands.put("health", () -> new HealthCommand(services));
    commands.put("evaluate", () -> new EvaluateCommand(services, terminal));
    commands.put("study", () -> new StudyCommand(services, terminal));
    commands.put("parts", () -> new PartsCommand(services));
    commands.put("blueprint", () -> BlueprintCommands.commandLine(services));
    commands.put("circuit", () -> CircuitCommands.commandLine(services, terminal));
    commands.put("data", () -> DataCommands.commandLine(terminal));
    commands.put("deploy", () -> DeployCommands.commandLine(services));
    commands.put("plugin", () -> PluginCommands.commandLine(services));
    commands.put("shell", () -> new ShellCommand(services, terminal));
    commands.put(
        "completion",
        () -> new CommandLine(new CompletionCommand()).setCaseInsensitiveEnumValuesAllowed(true));
    commands.put("help", () -> new HelpCommand());
    commands.put("version", () -> new VersionCommand(services));
    return commands;
  }

  private static Path path(String text) {
    if (text.isBlank()) {
      throw new CommandLine.TypeConversionException("an empty path");
    }
    return Path.of(text);
  }

  /** Runs a command and tells what goes wrong, whatever it is. */
  public static int execute(CommandLine line, String... arguments) {
    try {
      return line.execute(arguments);
    } catch (Error e) {
      return line.<Ketloom>getCommand().failure(line, e);
    }
  }

  @Override
  public Integer call() {
    PrintWriter err = spec.commandLine().getErr();
    err.println(MISSING);
    spec.commandLine().usage(err);
    err.flush();
    return ExitStatus.USAGE;
  }

  private int failure(CommandLine failed, Throwable thrown) {
    PrintWriter err = failed.getErr();
    failed.getOut().flush();
    err.println("ketloom: " + Messages.of(thrown));
    if (verbose) {
      thrown.printStackTrace(err);
    }
    err.flush();
    return ExitStatus.FAILURE;
  }

  private static int usage(ParameterException e) {
    CommandLine wrong = e.getCommandLine();
    PrintWriter err = wrong.getErr();
    err.println("ketloom: " + UsageWords.of(e));
    UnmatchedArgumentException.printSuggestions(e, err);
    err.println("See: " + wrong.getCommandSpec().qualifiedName() + " --help");
    err.flush();
    return ExitStatus.USAGE;
  }
}
