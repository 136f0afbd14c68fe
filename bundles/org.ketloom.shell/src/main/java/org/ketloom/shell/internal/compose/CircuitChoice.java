package org.ketloom.shell.internal.compose;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.ketloom.api.circuit.Angles;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.part.Ansatz;
import org.ketloom.api.part.Encoding;
import org.ketloom.api.part.ObservableHead;
import org.ketloom.api.part.Options;
import org.ketloom.api.part.PartKind;
import org.ketloom.api.part.Uploads;
import org.ketloom.circuits.CircuitFile;
import org.ketloom.files.StrictJson;
import org.ketloom.runtime.blueprint.Composer;
import org.ketloom.runtime.blueprint.Composition;
import org.ketloom.runtime.parts.PartRegistry;
import org.ketloom.runtime.parts.RegisteredPart;
import org.ketloom.shell.internal.console.OptionChanges;
import org.ketloom.shell.internal.console.Services;
import org.ketloom.shell.internal.console.Whole;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** The options that say which circuit is meant. */
final class CircuitChoice {
  @Parameters(
      paramLabel = "FILE",
      arity = "0..1",
      description = "A circuit in JSON as `circuit eval` reads it, or a Blueprint.")
  private @Nullable Path file;

  @Option(
      names = "--encoding",
      paramLabel = "NAME",
      description = "Encoding of the features, before the ansatz or between its layers.")
  private @Nullable String encoding;

  @Option(names = "--ansatz", paramLabel = "NAME", description = "Ansatz of --layers layers.")
  private @Nullable String ansatz;

  @Option(
      names = "--observable",
      paramLabel = "NAME",
      description = "Observable head that is read at the end.")
  private @Nullable String observable;

  @Option(
      names = "--wires",
      paramLabel = "N",
      defaultValue = "4",
      description = "Number of wires, by default 4.")
  private int wires;

  @Option(
      names = "--layers",
      converter = Whole.FromOne.class,
      paramLabel = "N",
      defaultValue = "1",
      description = "Layers of the ansatz, by default 1.")
  private int layers;

  @Option(
      names = "--features",
      paramLabel = "N",
      description = "Features to encode, by default as many as the encoding takes.")
  private @Nullable Integer features;

  @Option(
      names = "--option",
      paramLabel = "PART.NAME=VALUE",
      description =
          "Changes an option of a part, such as encoding.axis=x or ansatz.pattern=ring. May be"
              + " repeated.")
  private Map<String, String> options = new LinkedHashMap<>();

  @Option(
      names = "--set",
      paramLabel = "PATH=VALUE",
      description =
          "Changes a value of the Blueprint in FILE, such as parts.ansatz=cluster-state. May be"
              + " repeated.")
  private Map<String, String> assignments = new LinkedHashMap<>();

  @Option(
      names = "--circuit",
      paramLabel = "NAME",
      description = "Only this circuit, if the model of the Blueprint has several.")
  private @Nullable String name;

  /** The circuits by name, or the one that is asked for. */
  Map<String, Circuit> circuits(Services services, CommandSpec spec) throws IOException {
    Map<String, Circuit> all = all(services, spec);
    if (name == null) {
      return all;
    }
    Circuit circuit = all.get(name);
    if (circuit == null) {
      throw new IllegalArgumentException(
          "--circuit: there is no circuit \""
              + name
              + "\"; there is "
              + String.join(", ", all.keySet()));
    }
    return Map.of(name, circuit);
  }

  /**
   * The circuit, if there is just one.
   *
   * @throws IllegalArgumentException if there are several, saying how to choose
   */
  static Circuit only(Map<String, Circuit> circuits) {
    if (circuits.size() > 1) {
      throw new IllegalArgumentException(
          "choose a circuit with --circuit NAME: " + String.join(", ", circuits.keySet()));
    }
    return circuits.values().iterator().next();
  }

  private Map<String, Circuit> all(Services services, CommandSpec spec) throws IOException {
    boolean parts = encoding != null || ansatz != null || observable != null;
    Path given = file;
    if (parts == (given != null)) {
      throw new ParameterException(
          spec.commandLine(),
          "give a FILE, or parts with --encoding, --ansatz, --observable; not both");
    }
    if (given == null) {
      return Map.of(
          "circuit",
          composed(services.get(PartRegistry.class), OptionChanges.of(spec, assignments, options)));
    }
    if (!options.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(),
          "--option goes with --encoding, --ansatz, --observable; a Blueprint is changed by --set"
              + " parts.ansatz.options.NAME=VALUE");
    }
    if (Files.exists(given) && StrictJson.text(given).contains("\"gates\"")) {
      return Map.of("circuit", CircuitFile.read(given).circuit());
    }
    BlueprintOptions blueprint = new BlueprintOptions();
    blueprint.file(given);
    blueprint.set(
        assignments.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList());
    Composition composition =
        services
            .get(Composer.class)
            .compose(BlueprintOptions.complete(services, blueprint.draft(services)));
    try (var model = composition.model()) {
      if (model.circuits().isEmpty()) {
        throw new IllegalArgumentException(given + ": the model of this Blueprint has no circuit");
      }
      return model.circuits();
    }
  }

  private Circuit composed(PartRegistry registry, Map<String, String> changes) {
    changes
        .keySet()
        .forEach(
            path -> {
              if (!path.matches("(encoding|ansatz|observable)\\.\\w+")) {
                throw new IllegalArgumentException(
                    "--option "
                        + path
                        + ": a part's option is named as encoding.NAME, ansatz.NAME or"
                        + " observable.NAME");
              }
            });
    CircuitBuilder builder = Circuit.builder(wires);
    Optional<Ansatz> layered =
        Optional.ofNullable(ansatz).map(a -> part(registry, Ansatz.KIND, a, Ansatz.class, changes));
    if (encoding != null) {
      Encoding part = part(registry, Encoding.KIND, encoding, Encoding.class, changes);
      int count = features == null ? part.capacity(wires) : features;
      part.requireFit("--features", count, wires);
      Angles block = builder.features(count);
      if (layered.isPresent()) {
        Uploads.append(builder, part, block, layered.get(), layers, builder::weights);
      } else {
        Uploads.append(builder, part, block, layers, builder::weights);
      }
    } else if (layered.isPresent()) {
      Ansatz part = layered.get();
      int[] shape = part.angleShape(wires, layers).stream().mapToInt(Integer::intValue).toArray();
      part.append(builder, layers, builder.weights(shape));
    }
    if (observable != null) {
      part(registry, ObservableHead.KIND, observable, ObservableHead.class, changes)
          .append(builder);
    }
    return builder.build();
  }

  private static String noPart(PartRegistry registry, PartKind kind, String name) {
    String known =
        registry.parts(kind).stream()
            .map(RegisteredPart::name)
            .distinct()
            .collect(Collectors.joining(", "));
    List<String> others = registry.kindsOf(name).stream().map(CircuitChoice::withArticle).toList();
    return others.isEmpty()
        ? "there is no " + kind + " \"" + name + "\"; there is " + known
        : name
            + " is "
            + String.join(" and ", others)
            + ", --"
            + kind
            + " takes "
            + withArticle(kind)
            + ": "
            + known;
  }

  private static String withArticle(PartKind kind) {
    return ("aeiou".indexOf(kind.name().charAt(0)) < 0 ? "a " : "an ") + kind;
  }

  /** A part by its name, with those changes that begin with its kind. */
  static <P> P part(
      PartRegistry registry,
      PartKind kind,
      String name,
      Class<P> type,
      Map<String, String> changes) {
    RegisteredPart part =
        registry
            .find(kind, name, "")
            .orElseThrow(() -> new IllegalArgumentException(noPart(registry, kind, name)));
    Map<String, String> options = new LinkedHashMap<>();
    changes.forEach(
        (path, value) -> {
          if (path.startsWith(kind + ".")) {
            options.put(path.substring(path.indexOf('.') + 1), value);
          }
        });
    return type.cast(Options.with(part.prototype(), kind + " \"" + name + "\"", options));
  }
}
