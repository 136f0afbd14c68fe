package org.ketloom.shell.internal.compose;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.ketloom.shell.internal.console.Services;
import org.ketloom.shell.internal.console.Terminal;
import org.ketloom.shell.internal.console.Whole;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Measures circuits. Its session is apart, since commands have to load without the bench. */
@Command(
    name = "bench",
    description = {
      "Measure what circuits can do before anything is trained, over any grid of encodings, ansätze,"
          + " options, wires and layers:",
      "",
      "expressibility: the Kullback-Leibler divergence, in nats, of the fidelities of pairs of the"
          + " circuit's states from those of random (Haar) states (Sim et al., arXiv 1905.10876)."
          + " The smaller, the more of all states it reaches. Sampling makes it larger than it is:"
          + " the floor is what random states themselves give through the same pairs and bins, and"
          + " a circuit within two deviations of it can't be told from random states.",
      "entanglement: Meyer and Wallach's Q, 0 for products, 1 for GHZ states, with its deviation"
          + " over states; random states have (2^n-2)/(2^n+1).",
      "entropy: of entanglement in bits, the mean over all cuts between neighbouring wires.",
      "",
      "Every angle of an ansatz or an encoding is drawn by itself from a full turn, every feature"
          + " from -pi to pi. The same seed gives the same numbers. With --csv or --out an"
          + " interrupted bench continues where it was when it is started again, and what is there"
          + " already isn't measured again."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ketloom circuit bench --ansatz sim --set ansatz.circuit=9 --layers 1..5 --csv sim9.csv",
      "  ketloom circuit bench --ansatz sim --set ansatz.circuit=1..19 --layers 1..3",
      "  ketloom circuit bench --ansatz two-qubit,cluster-state --wires 4,6,8 --out bench",
      "  ketloom circuit bench --encoding angle,reuploading --ansatz hardware-efficient",
      "  ketloom circuit bench --ansatz two-qubit --wires 2..8 --trainability 200 --out plateau",
      "  ketloom circuit bench --all --wires 4,6 --layers 1..5 --out bench"
    })
final class BenchCommand implements Callable<Integer> {
  private static final String DEFAULT_BINS = "75";

  private final Services services;
  private final Terminal terminal;
  @Spec private CommandSpec spec;

  @Option(
      names = "--encoding",
      paramLabel = "NAME",
      split = ",",
      description =
          "Encodings, each with each ansatz or, without --ansatz, alone. None by default.")
  private List<String> encodings = List.of();

  @Option(names = "--ansatz", paramLabel = "NAME", split = ",", description = "Ansätze.")
  private List<String> ansaetze = List.of();

  @Option(
      names = "--all",
      description = "Every encoding and every ansatz that is registered, each by itself.")
  private boolean all;

  @Option(
      names = {"--set", "--option"},
      paramLabel = "PART.NAME=VALUE",
      description =
          "Changes an option of the parts, such as ansatz.pattern=ring. May be repeated. A range of"
              + " whole numbers, such as ansatz.circuit=1..19, is a circuit for each.")
  private Map<String, String> options = new LinkedHashMap<>();

  @Option(
      names = "--wires",
      converter = NumberRange.class,
      paramLabel = "N",
      defaultValue = "4",
      description = "Numbers of wires, such as 4 or 4,6,8 or 2..6. 4 by default.")
  private List<Integer> wires;

  @Option(
      names = "--layers",
      converter = NumberRange.class,
      paramLabel = "N",
      defaultValue = "1",
      description = "Numbers of layers, such as 2 or 1..5. 1 by default.")
  private List<Integer> layers;

  @Option(
      names = "--pairs",
      converter = Whole.FromOne.class,
      paramLabel = "N",
      defaultValue = "5000",
      description = "Independent pairs of states for each circuit, 5000 by default.")
  private int pairs;

  @Option(
      names = "--estimator",
      paramLabel = "NAME",
      description = {
        "mass: bins of equal width against the probability that random states have in each, the"
            + " default below 8 wires. equal-mass: bins of equal probability, the default from 8"
            + " wires on. centre: against the density at the centres of bins, which has an error"
            + " that doesn't vanish; for comparison with figures that were published so."
      })
  private @Nullable String estimator;

  @Option(
      names = "--bins",
      converter = Whole.FromOne.class,
      paramLabel = "N",
      defaultValue = DEFAULT_BINS,
      description = "Bins of fidelities, 75 by default.")
  private int bins;

  @Option(
      names = "--trainability",
      converter = Whole.FromZero.class,
      paramLabel = "N",
      defaultValue = "0",
      description = {
        "Also measure over N initialisations, at least 3, whether the circuit can be trained: the"
            + " variance of gradients of Z0 Z1 by its angles, in how many directions these move the"
            + " state (the rank of the quantum Fisher information, over 50 initialisations at most),"
            + " and how evenly (the effective dimension as a share of the angles; --csv and --out"
            + " have all eigenvalues)."
      })
  private int initialisations;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "0",
      description = "Seed of angles and features, 0 by default.")
  private long seed;

  @Option(
      names = "--csv",
      paramLabel = "FILE",
      description =
          "Keep every number with its error in this file, a row for each circuit. Rows that are"
              + " there stay.")
  private @Nullable Path csv;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Write a report with pictures into this folder, and bench.csv.")
  private @Nullable Path out;

  @Mixin private EngineSelection engine;

  BenchCommand(Services services, Terminal terminal) {
    this.services = services;
    this.terminal = terminal;
  }

  /**
   * What is asked for.
   *
   * @param all every part by itself
   * @param options by {@code ansatz.NAME} or {@code encoding.NAME}; values may be ranges
   * @param estimator its name, or empty for the default
   * @param csv null for none
   * @param out null for none
   */
  record Request(
      boolean all,
      List<String> encodings,
      List<String> ansaetze,
      Map<String, String> options,
      List<Integer> wires,
      List<Integer> layers,
      int pairs,
      String estimator,
      int bins,
      int initialisations,
      long seed,
      @Nullable Path csv,
      @Nullable Path out) {}

  @Override
  public Integer call() throws IOException {
    boolean named = !encodings.isEmpty() || !ansaetze.isEmpty();
    if (all == named) {
      throw new ParameterException(
          spec.commandLine(), "give parts with --ansatz and --encoding, or --all; not both");
    }
    return new BenchSession(services, terminal, spec)
        .run(
            new Request(
                all,
                encodings,
                ansaetze,
                options,
                wires,
                layers,
                pairs,
                estimator == null ? "" : estimator,
                bins,
                initialisations,
                seed,
                csv,
                out),
            engine.choose(services, spec));
  }
}
