package org.ketloom.shell.internal.measure;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.ketloom.shell.internal.console.ProgressLine;
import org.ketloom.shell.internal.console.Services;
import org.ketloom.shell.internal.console.Terminal;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs a study. */
@Command(
    name = "study",
    description = {
      "Run a study that a JSON file describes. Its kind is grid (Blueprints x seeds: trains and"
          + " evaluates each, also under noise that it wasn't trained under, writes a table with"
          + " mean and standard deviation), gradient-variance"
          + " (barren plateaus: how the variance of gradients falls with the number of qubits) or"
          + " shot-noise (how well a trained model draws when its circuit is measured a finite"
          + " number of times).",
      "An interrupted study continues where it was when it is started again."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ketloom study --example ablation > ablation.json",
      "  ketloom study ablation.json",
      "  ketloom study ablation.json --check",
      "  ketloom study --example gradient-variance > plateaus.json",
      "  ketloom study --example noise > noise.json",
      "  ketloom study --example shot-noise > shots.json"
    })
public final class StudyCommand implements Callable<Integer> {
  private static final Map<String, String> EXAMPLES =
      new TreeMap<>(
          Map.of(
              "ablation", "ablation.json",
              "choices", "choices.json",
              "grid", "grid.json",
              "gradient-variance", "gradient-variance.json",
              "noise", "noise.json",
              "shot-noise", "shot-noise.json"));

  private final Services services;
  private final Terminal terminal;
  @Spec private CommandSpec spec;

  @Parameters(paramLabel = "FILE.json", arity = "0..1", description = "What to study.")
  private @Nullable Path file;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Folder for the results, by default studies/<name of the file>.")
  private @Nullable Path out;

  @Option(names = "--check", description = "Show what would be run, and run nothing.")
  private boolean check;

  @Option(names = "--retry", description = "Run failed cells again; without it they stay failed.")
  private boolean retry;

  @Option(names = "--json", description = "Print the table as JSON, and no progress.")
  private boolean json;

  @Option(
      names = "--example",
      paramLabel = "NAME",
      description =
          "Print an example: ablation, choices, grid, gradient-variance, noise or shot-noise.")
  private @Nullable String example;

  public StudyCommand(Services services, Terminal terminal) {
    this.services = services;
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws IOException {
    if (example != null) {
      spec.commandLine().getOut().print(example());
      spec.commandLine().getOut().flush();
      return 0;
    }
    if (file == null) {
      throw new ParameterException(spec.commandLine(), "a study file is missing");
    }
    if (!Files.exists(file)) {
      throw new IOException(
          "there is no study file " + file + "; ketloom study --example grid prints one");
    }
    return StudySession.run(
        services,
        new ProgressLine(spec, terminal),
        file,
        out == null ? Path.of("studies").resolve(name(file)) : out,
        new StudySession.Mode(check, retry, json));
  }

  private static String name(Path file) {
    return file.getFileName().toString().replaceFirst("\\.json$", "");
  }

  private String example() throws IOException {
    String resource = EXAMPLES.get(example);
    if (resource == null) {
      throw new ParameterException(
          spec.commandLine(),
          "there is no example \""
              + example
              + "\"; there are "
              + String.join(", ", EXAMPLES.keySet()));
    }
    try (InputStream stream = StudyCommand.class.getResourceAsStream(resource)) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
