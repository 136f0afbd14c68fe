package org.ketloom.shell.internal.run;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.ketloom.runtime.run.Runs;
import org.ketloom.runtime.run.Swap;
import org.ketloom.shell.internal.console.Services;
import org.ketloom.shell.internal.console.Whole;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Gives a run other parts. */
@Command(
    name = "swap",
    description = {
      "Give a run a different part. Weights that have the same name and shape before and after"
          + " keep their values (the classical ones; the circuit's where its parameters are"
          + " equal), the rest are initialised again. A live run answers after its next step,"
          + " whatever process it is in; that process must have the part. If it fails, nothing"
          + " changes.",
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ketloom swap runs/mnist ansatz=hardware-efficient",
      "  ketloom swap runs/mnist ansatz=ladder:phases=false --epochs 2",
      "  ketloom swap runs/mnist encoding=phase observable=pauli@[0.1,1)",
      "  ketloom swap runs/mnist --undo"
    })
public final class SwapCommand implements Callable<Integer> {
  private final Services services;
  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "RUN", description = "The run's folder.")
  private Path run;

  @Parameters(
      index = "1..*",
      paramLabel = "SLOT=NAME[@VERSIONS][:OPTION=VALUE,...]",
      description = "The part for a slot of the model, with its options.")
  private List<String> parts = List.of();

  @Option(
      names = "--epochs",
      converter = Whole.FromZero.class,
      paramLabel = "N",
      defaultValue = "0",
      description =
          "Epochs to add to the training, by default 0; a finished run can then be resumed.")
  private int epochs;

  @Option(
      names = "--undo",
      description = "Undo the last swap by hand, with all training since; undo it again to redo.")
  private boolean undo;

  @Option(
      names = "--wait",
      converter = Whole.FromZero.class,
      paramLabel = "SECONDS",
      defaultValue = "120",
      description = "How long to wait for a live run, by default 120.")
  private int wait;

  public SwapCommand(Services services) {
    this.services = services;
  }

  @Override
  public Integer call() throws IOException {
    if (undo == (!parts.isEmpty() || epochs != 0)) {
      throw new ParameterException(
          spec.commandLine(), "either parts, for example ansatz=two-qubit, or --undo is expected");
    }
    if (parts.isEmpty() && !undo) {
      throw new ParameterException(
          spec.commandLine(), "a part is missing, for example ansatz=two-qubit");
    }
    List<String> assignments = new ArrayList<>();
    for (String part : parts) {
      assignments.addAll(assignments(part));
    }
    Runs runs = services.get(Runs.class);
    Swap swap =
        undo ? runs.undo(run) : runs.swap(run, assignments, epochs, Duration.ofSeconds(wait));
    PrintWriter out = spec.commandLine().getOut();
    swap.to()
        .forEach(
            (path, identity) ->
                out.println(path + ": " + swap.from().get(path) + " -> " + identity));
    swap.changes().forEach(out::println);
    if (swap.before().isPresent() && swap.after().isPresent()) {
      out.printf(
          Locale.ROOT,
          "loss on the same images: %.5f before, %.5f after%n",
          swap.before().getAsDouble(),
          swap.after().getAsDouble());
    }
    out.println(
        undo
            ? "The run stands at step "
                + swap.step()
                + " again; redo: ketloom swap "
                + run
                + " --undo"
            : "Swapped at step "
                + swap.step()
                + (swap.pauseMillis() == 0 ? "; undo: " : "; undo, when the run has stopped: ")
                + "ketloom swap "
                + run
                + " --undo");
    out.flush();
    return 0;
  }

  /** What a part on the command line changes in a Blueprint. */
  static List<String> assignments(String text) {
    int equals = text.indexOf('=');
    int colon = text.indexOf(':');
    if (equals < 1 || (colon >= 0 && colon < equals) || equals + 1 == text.length()) {
      throw new IllegalArgumentException(
          "\"" + text + "\" is not of the form slot=name, for example ansatz=two-qubit");
    }
    // As --set of train has it, and without the part that all have in common.
    String slot = "parts." + text.substring(0, equals).strip().replaceFirst("^parts\\.", "");
    String name = text.substring(equals + 1, colon < 0 ? text.length() : colon).strip();
    List<String> assignments = new ArrayList<>();
    int at = name.indexOf('@');
    assignments.add(slot + "=" + (at < 0 ? name : name.substring(0, at)));
    if (at >= 0) {
      assignments.add(slot + ".version=" + name.substring(at + 1));
    }
    if (colon >= 0) {
      // A comma within a list is not followed by the name of an option.
      for (String option : text.substring(colon + 1).split(",(?=\\s*\\w+\\s*=)")) {
        if (option.indexOf('=') < 1) {
          throw new IllegalArgumentException(
              "\"" + option + "\" in \"" + text + "\" is not of the form option=value");
        }
        assignments.add(slot + ".options." + option.strip());
      }
    }
    return assignments;
  }
}
