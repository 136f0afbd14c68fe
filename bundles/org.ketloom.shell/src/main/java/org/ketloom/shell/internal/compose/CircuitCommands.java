package org.ketloom.shell.internal.compose;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.engine.ExecutionPlan;
import org.ketloom.api.engine.Precision;
import org.ketloom.api.engine.QuantumEngine;
import org.ketloom.api.engine.Shots;
import org.ketloom.circuits.CircuitDrawing;
import org.ketloom.circuits.CircuitFile;
import org.ketloom.circuits.CircuitLatex;
import org.ketloom.circuits.CircuitResults;
import org.ketloom.circuits.CircuitSvg;
import org.ketloom.circuits.OpenQasm;
import org.ketloom.runtime.blueprint.Composer;
import org.ketloom.runtime.parts.PartRegistry;
import org.ketloom.runtime.parts.RegisteredPart;
import org.ketloom.shell.internal.console.Messages;
import org.ketloom.shell.internal.console.Services;
import org.ketloom.shell.internal.console.Terminal;
import org.ketloom.shell.internal.console.Whole;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What can be done with circuits. */
@Command(
    name = "circuit",
    description =
        "Draw circuits, show their cost, export them to OpenQASM 3, evaluate and measure them.",
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nExample:%n",
    footer = "  ketloom circuit draw --encoding angle --ansatz two-qubit --wires 4")
public final class CircuitCommands implements Runnable {
  @Spec private CommandSpec spec;

  private CircuitCommands() {}

  public static CommandLine commandLine(Services services, Terminal terminal) {
    return new CommandLine(new CircuitCommands())
        .addSubcommand(new Draw(services, terminal))
        .addSubcommand(new Plan(services))
        .addSubcommand(new Qasm(services))
        .addSubcommand(new Eval(services))
        .addSubcommand(new BenchCommand(services, terminal))
        .setCaseInsensitiveEnumValuesAllowed(true);
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a command is missing");
  }

  /** Draws. */
  @Command(
      name = "draw",
      description = {
        "Draw a circuit as text, a row per wire; as SVG, or for LaTeX with quantikz. x are"
            + " features, w weights, s per-sample angles."
      },
      footerHeading = "%nExamples:%n",
      footer = {
        "  ketloom circuit draw --encoding angle --ansatz cluster-state --observable pauli",
        "  ketloom circuit draw --ansatz two-qubit --wires 6 --layers 2 --option ansatz.pattern=ring",
        "  ketloom circuit draw my-blueprint.json --ascii",
        "  ketloom circuit draw bell.json --format svg > bell.svg"
      })
  static final class Draw implements Callable<Integer> {
    private final Services services;
    private final Terminal terminal;
    @Spec private CommandSpec spec;
    @Mixin private CircuitChoice choice;

    @Option(names = "--ascii", description = "Use ASCII characters only.")
    private boolean ascii;

    @Option(
        names = "--width",
        converter = Whole.FromOne.class,
        paramLabel = "N",
        description =
            "Width after which the wires continue below: for text in characters, by default those"
                + " of the terminal; for SVG in pixels, by default without end.")
    private @Nullable Integer width;

    @Option(
        names = "--format",
        paramLabel = "FORMAT",
        defaultValue = "text",
        description = "text (the default), svg, or latex.")
    private Format format;

    /** In what a circuit is drawn. */
    enum Format {
      TEXT,
      SVG,
      LATEX
    }

    Draw(Services services, Terminal terminal) {
      this.services = services;
      this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
      PrintWriter out = spec.commandLine().getOut();
      if (format != Format.TEXT) {
        out.print(picture());
        out.flush();
        return 0;
      }
      CircuitDrawing drawing =
          ascii || !terminal.unicode() ? CircuitDrawing.ascii() : CircuitDrawing.unicode();
      Map<String, Circuit> circuits = choice.circuits(services, spec);
      circuits.forEach(
          (name, circuit) -> {
            if (circuits.size() > 1) {
              out.println(name + ":");
            }
            out.print(drawing.draw(circuit, width == null ? terminal.width() : width));
          });
      out.flush();
      return 0;
    }

    private String picture() throws IOException {
      if (ascii) {
        throw new ParameterException(spec.commandLine(), "--ascii is for text alone");
      }
      if (format == Format.LATEX && width != null) {
        throw new ParameterException(
            spec.commandLine(), "--width is for text and SVG; LaTeX scales with \\resizebox");
      }
      Circuit circuit = CircuitChoice.only(choice.circuits(services, spec));
      return format == Format.LATEX
          ? CircuitLatex.write(circuit)
          : CircuitSvg.draw(circuit, width == null ? 0 : width);
    }
  }

  /** Tells what the engine makes of a circuit. */
  @Command(
      name = "plan",
      description = {
        "Print what the engine compiles a circuit to: which gates were fused to one pass over the"
            + " state, the kernels, operations and memory traffic per sample of a forward pass,"
            + " and the memory that a batch needs. Nothing is run. Stages of one group run on a"
            + " part of a large state one after another, while it is in the cache. For a circuit with"
            + " noise or mixed states, what it costs on each engine is told, too."
      },
      footerHeading = "%nExamples:%n",
      footer = {
        "  ketloom circuit plan --encoding angle --ansatz two-qubit --observable adaptive",
        "  ketloom circuit plan my-blueprint.json --batch 320 --precision single",
        "  ketloom circuit plan bell.json",
        "  ketloom circuit plan noisy.json --engine trajectories --engine-option trajectories=1000"
      })
  static final class Plan implements Callable<Integer> {
    private final Services services;
    @Spec private CommandSpec spec;
    @Mixin private CircuitChoice choice;

    @Option(
        names = "--batch",
        converter = Whole.FromOne.class,
        paramLabel = "N",
        defaultValue = "32",
        description = "Batch size for the memory estimate, by default 32.")
    private int batch;

    @Option(
        names = "--precision",
        paramLabel = "PRECISION",
        defaultValue = "double",
        description = "Precision of the states: double (the default) or single.")
    private Precision precision;

    @Mixin private EngineSelection engine;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    Plan(Services services) {
      this.services = services;
    }

    @Override
    public Integer call() throws IOException {
      PrintWriter out = spec.commandLine().getOut();
      Map<String, Circuit> circuits = choice.circuits(services, spec);
      QuantumEngine chosen = engine.choose(services, spec);
      if (json) {
        out.println(json(circuits, chosen).toPrettyString());
        out.flush();
        return 0;
      }
      circuits.forEach(
          (name, circuit) -> {
            if (circuits.size() > 1) {
              out.println(name + ":");
            }
            out.println(circuit);
            chosen.compile(circuit, precision).plan().lines(batch).forEach(out::println);
            if (!engine.isGiven() && !circuit.isPure()) {
              onEachEngine(circuit).forEach(out::println);
            }
          });
      out.flush();
      return 0;
    }

    private ObjectNode json(Map<String, Circuit> circuits, QuantumEngine chosen) {
      ObjectNode all = JsonNodeFactory.instance.objectNode();
      circuits.forEach(
          (name, circuit) -> {
            ExecutionPlan plan = chosen.compile(circuit, precision).plan();
            ObjectNode node = all.putObject(name);
            node.put("wires", circuit.wires()).put("gates", circuit.operations().size());
            node.put("depth", circuit.depth()).put("outputs", circuit.outputs());
            node.put("kernels", plan.kernels()).put("flopsPerSample", plan.flops());
            node.put("batch", batch).put("leastBytes", plan.leastBytes(batch));
            node.put("finalStatesBytes", plan.keptBytes(batch));
            ArrayNode stages = node.putArray("stages");
            for (ExecutionPlan.Stage stage : plan.stages()) {
              stages
                  .addObject()
                  .put("gates", stage.gates())
                  .put("kernel", stage.kernel())
                  .put("group", stage.group())
                  .put("flops", stage.flops())
                  .put("bytes", stage.bytes());
            }
            plan.left().forEach(node.putArray("left")::add);
          });
      return all;
    }

    /** What a circuit of mixed states costs, which engines differ much in. */
    private List<String> onEachEngine(Circuit circuit) {
      List<String> names =
          services.get(PartRegistry.class).engines().stream()
              .map(RegisteredPart::name)
              .distinct()
              .toList();
      List<String> lines = new ArrayList<>(List.of("engines:"));
      for (String name : names) {
        lines.add("  " + name + ": " + cost(name, circuit));
      }
      return lines;
    }

    private String cost(String name, Circuit circuit) {
      try {
        ExecutionPlan plan =
            services
                .get(Composer.class)
                .engine(Optional.of(name), Map.of())
                .compile(circuit, precision)
                .plan();
        return String.format(
            Locale.ROOT,
            "%.3g flop per sample, %s for a batch of %d",
            plan.flops(),
            ExecutionPlan.size(plan.leastBytes(batch) + plan.keptBytes(batch)),
            batch);
      } catch (IllegalArgumentException | UnsupportedOperationException e) {
        return Messages.of(e);
      }
    }
  }

  /** Exports. */
  @Command(
      name = "qasm",
      description = {
        "Print a circuit as OpenQASM 3, exact with its global phase. What gates read are inputs x0,"
            + " w0, s0; amplitude preparation and observables, which it can't express, are"
            + " comments."
      },
      footerHeading = "%nExamples:%n",
      footer = {
        "  ketloom circuit qasm --encoding angle --ansatz two-qubit --wires 4 > circuit.qasm",
        "  ketloom circuit qasm my-blueprint.json"
      })
  static final class Qasm implements Callable<Integer> {
    private final Services services;
    @Spec private CommandSpec spec;
    @Mixin private CircuitChoice choice;

    Qasm(Services services) {
      this.services = services;
    }

    @Override
    public Integer call() throws IOException {
      Circuit circuit = CircuitChoice.only(choice.circuits(services, spec));
      if (circuit.preparation().isPresent()) {
        spec.commandLine()
            .getErr()
            .println(
                "ketloom: OpenQASM has no gate for the amplitude preparation; it is a comment, and"
                    + " the program begins after it");
        spec.commandLine().getErr().flush();
      }
      spec.commandLine().getOut().print(OpenQasm.write(circuit));
      spec.commandLine().getOut().flush();
      return 0;
    }
  }

  /** Evaluates. */
  @Command(
      name = "eval",
      description = {
        "Run a circuit in JSON with its inputs, and print the outputs and, for its cotangents, all"
            + " gradients.",
        "",
        "The file has n (wires), gates, x [batch][features], theta, observables and cotangent"
            + " [batch][outputs]. A gate is [name, wires, slot]: controls come first in wires,"
            + " slots count through x and then theta; {\"value\": 0.3} is a constant angle."
            + " Observables are Pauli strings (\"Z0 X1\"), or windows with hermitian matrices."
            + " bundles/org.ketloom.circuits/doc/README.md in the sources describes all of it."
      },
      footerHeading = "%nExamples:%n",
      footer = {
        "  ketloom circuit eval bell.json",
        "  ketloom circuit eval golden/w3_n4.json --compare",
        "  ketloom circuit eval golden/w3_n4.json --compare --precision single --tolerance 1e-5",
        "  ketloom circuit eval bell.json --shots 1000 --seed 7",
        "  ketloom circuit eval noisy.json --engine trajectories --engine-option trajectories=1000",
        "",
        "with bell.json:",
        "  {\"n\": 2, \"gates\": [[\"H\", [0]], [\"CNOT\", [0, 1]]], \"observables\": [\"Z0 Z1\"]}"
      })
  static final class Eval implements Callable<Integer> {
    private final Services services;
    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "FILE", description = "The circuit.")
    private Path file;

    @Option(
        names = "--write-expected",
        description = "Write the results into the file as its expected values.")
    private boolean writeExpected;

    @Option(
        names = "--compare",
        description = {
          "Print the largest difference from the values that the file expects, by field. Exit"
              + " status 1 if one is beyond the tolerance."
        })
    private boolean compare;

    @Option(
        names = "--tolerance",
        paramLabel = "T",
        defaultValue = "1e-10",
        description = "Largest allowed difference, by default 1e-10.")
    private double tolerance;

    @Option(
        names = "--precision",
        paramLabel = "PRECISION",
        defaultValue = "double",
        description =
            "Precision of the states: double (the default), or single, good for about six digits.")
    private Precision precision;

    @Option(
        names = "--shots",
        converter = Whole.FromZero.class,
        paramLabel = "N",
        description =
            "Estimate outputs and gradients from N measurements in each basis, the gradients by"
                + " parameter-shift rules; 0 for exact parameter shifts.")
    private @Nullable Integer shots;

    @Option(
        names = "--seed",
        paramLabel = "N",
        defaultValue = "0",
        description = "Seed of the measurements' outcomes, by default 0.")
    private long seed;

    @Mixin private EngineSelection engine;

    Eval(Services services) {
      this.services = services;
    }

    @Override
    public Integer call() throws IOException {
      if (writeExpected && compare) {
        throw new ParameterException(
            spec.commandLine(), "--write-expected and --compare can't be used together");
      }
      if (!(tolerance >= 0)) {
        throw new ParameterException(
            spec.commandLine(), "--tolerance is 0 or more, found " + tolerance);
      }
      if (shots != null && precision != Precision.DOUBLE) {
        throw new ParameterException(
            spec.commandLine(), "--shots and --precision single can't be used together");
      }
      CircuitFile circuit = CircuitFile.read(file);
      QuantumEngine chosen = engine.choose(services, spec);
      CircuitResults results =
          circuit.evaluate(
              shots == null ? chosen : measuring(chosen, new Shots(shots, seed)), precision);
      PrintWriter out = spec.commandLine().getOut();
      if (compare) {
        Map<String, Double> differences = circuit.compare(results);
        if (differences.isEmpty()) {
          throw new IllegalArgumentException(
              file
                  + " expects no values: it has none of "
                  + String.join(", ", results.fields())
                  + "; write them with --write-expected");
        }
        return compare(out, differences);
      }
      if (writeExpected) {
        circuit.expecting(results).write(file.toRealPath());
        out.println(file + ": wrote " + String.join(", ", results.fields()));
      } else {
        out.print(results.toJson());
      }
      out.flush();
      return 0;
    }

    private static QuantumEngine measuring(QuantumEngine exact, Shots measured) {
      return circuit -> exact.compile(circuit).withShots(measured);
    }

    private int compare(PrintWriter out, Map<String, Double> differences) {
      boolean beyond = false;
      for (Map.Entry<String, Double> entry : differences.entrySet()) {
        boolean far = entry.getValue() > tolerance;
        beyond |= far;
        out.printf(
            Locale.ROOT,
            "%-16s largest difference %.3e%s%n",
            entry.getKey(),
            entry.getValue(),
            far ? "  beyond " + tolerance : "");
      }
      out.println(
          beyond
              ? file + " differs from its expected values"
              : file + " agrees with its expected values to " + tolerance);
      out.flush();
      return beyond ? 1 : 0;
    }
  }
}
