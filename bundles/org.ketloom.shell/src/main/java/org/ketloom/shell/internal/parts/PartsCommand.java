package org.ketloom.shell.internal.parts;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.model.Blueprint;
import org.ketloom.api.model.GenerativeModel;
import org.ketloom.api.model.GenerativeModelFactory;
import org.ketloom.api.part.Ansatz;
import org.ketloom.api.part.Encoding;
import org.ketloom.api.part.ObservableHead;
import org.ketloom.api.part.Options;
import org.ketloom.api.part.PartKind;
import org.ketloom.runtime.blueprint.Blueprints;
import org.ketloom.runtime.blueprint.Composer;
import org.ketloom.runtime.parts.PartRegistry;
import org.ketloom.runtime.parts.RegisteredPart;
import org.ketloom.shell.internal.console.Messages;
import org.ketloom.shell.internal.console.Services;
import org.ketloom.shell.internal.console.Texts;
import org.ketloom.shell.internal.console.Whole;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What is registered. */
@Command(
    name = "parts",
    description = {
      "Show the parts that a Blueprint can name: where they come from, their options with"
          + " defaults, and how many parameters they have."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ketloom parts",
      "  ketloom parts ansatz --wires 8",
      "  ketloom parts hybrid-unet",
      "  ketloom parts --brief",
      "  ketloom parts --json"
    })
public final class PartsCommand implements Callable<Integer> {
  private final Services services;
  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "KIND|NAME",
      arity = "0..1",
      description =
          "Only this kind (encoding, ansatz, observable, model, dataset, engine, ...) or name.")
  private @Nullable String filter;

  @Option(
      names = "--wires",
      converter = Whole.FromOne.class,
      paramLabel = "N",
      defaultValue = "4",
      description = "Wires for which parameters are counted, by default 4.")
  private int wires;

  @Option(names = "--brief", description = "One line per part.")
  private boolean brief;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  public PartsCommand(Services services) {
    this.services = services;
  }

  @Override
  public Integer call() throws IOException {
    PartRegistry registry = services.get(PartRegistry.class);
    List<RegisteredPart> parts =
        registry.parts().stream()
            .filter(
                p ->
                    filter == null || filter.equals(p.kind().toString()) || filter.equals(p.name()))
            .toList();
    if (parts.isEmpty() && filter != null) {
      throw new IllegalArgumentException(
          "there is no kind or part \""
              + filter
              + "\"; kinds are "
              + registry.kinds().stream().map(PartKind::name).collect(Collectors.joining(", "))
              + ", `ketloom parts --brief` shows the names");
    }
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(json(parts, registry));
    } else {
      table(out, parts, registry);
    }
    out.flush();
    return 0;
  }

  private void table(PrintWriter out, List<RegisteredPart> parts, PartRegistry registry) {
    int name = width(parts.stream().map(RegisteredPart::name).toList(), "NAME");
    int version = width(parts.stream().map(p -> p.version().toString()).toList(), "VERSION");
    String row = "%-11s  %-" + name + "s  %-" + version + "s  %s%n";
    out.printf(Locale.ROOT, row, "KIND", "NAME", "VERSION", "BUNDLE");
    for (RegisteredPart part : parts) {
      out.printf(Locale.ROOT, row, part.kind(), part.name(), part.version(), part.bundle());
      if (!brief) {
        describe(out, part);
      }
    }
    if (filter == null) {
      if (registry.engine().isEmpty()) {
        out.println("no quantum engine is registered");
      }
      registry.refused().forEach(reason -> out.println("refused: " + reason));
      registry.outranked().forEach(reason -> out.println("not first: " + reason));
      registry.hidden().forEach(line -> out.println("hidden: " + line));
    }
  }

  private void describe(PrintWriter out, RegisteredPart part) {
    if (!part.description().isEmpty()) {
      out.println("    " + part.description());
    }
    List<Options.Entry> options = part.options();
    int name = width(options.stream().map(Options.Entry::name).toList(), "");
    int value = width(options.stream().map(o -> value(o.value())).toList(), "");
    for (Options.Entry option : options) {
      out.println(
          String.format(
                  Locale.ROOT,
                  "      %-" + name + "s = %-" + value + "s  (%s) %s",
                  option.name(),
                  value(option.value()),
                  option.type() + (option.range().isEmpty() ? "" : " in " + option.range()),
                  option.description())
              .stripTrailing());
    }
    counts(part).forEach((what, count) -> out.println("    " + what + ": " + count));
    out.println();
  }

  private String json(List<RegisteredPart> parts, PartRegistry registry) throws IOException {
    JsonMapper mapper = new JsonMapper();
    ObjectNode root = mapper.createObjectNode();
    ArrayNode list = root.putArray("parts");
    for (RegisteredPart part : parts) {
      ObjectNode node = list.addObject();
      node.put("kind", part.kind().toString());
      node.put("name", part.name());
      node.put("version", part.version().toString());
      node.put("bundle", part.bundle());
      node.put("description", part.description());
      ArrayNode options = node.putArray("options");
      for (Options.Entry option : part.options()) {
        ObjectNode entry = options.addObject();
        entry.put("name", option.name());
        entry.put("type", option.type());
        entry.set("default", mapper.valueToTree(option.value()));
        entry.put("range", option.range());
        entry.put("description", option.description());
      }
      node.set("counts", mapper.valueToTree(counts(part)));
    }
    if (registry.engine().isPresent()) {
      RegisteredPart engine = registry.engine().get();
      root.putObject("engine")
          .put("name", engine.name())
          .put("bundle", engine.bundle())
          .put("version", engine.version().toString());
    }
    root.set("refused", mapper.valueToTree(registry.refused()));
    root.set("outranked", mapper.valueToTree(registry.outranked()));
    return mapper.writerWithDefaultPrettyPrinter().writeValueAsString(root);
  }

  /** What the part brings by what it is counted for; a part that can't tell says why. */
  private Map<String, Object> counts(RegisteredPart part) {
    Map<String, Object> counts = new LinkedHashMap<>();
    String on = wires == 1 ? " on 1 wire" : " on " + wires + " wires";
    try {
      if (part.prototype() instanceof Encoding encoding) {
        int most = encoding.capacity(wires);
        counts.put("most features" + on, most);
        List<Integer> shape = most < 1 ? List.of(0) : encoding.weightShape(wires, most);
        long size = shape.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
        if (size > 0) {
          counts.put("weights of an upload" + on, size + " (" + text(shape) + ")");
        }
        if (encoding.uploads(2) > 1) {
          counts.put("uploads between 2 layers of an ansatz", encoding.uploads(2));
        }
      } else if (part.prototype() instanceof Ansatz ansatz) {
        for (int layers = 1; layers <= 2; layers++) {
          List<Integer> shape = ansatz.angleShape(wires, layers);
          long size = shape.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
          counts.put(
              "angles of " + layers + (layers == 1 ? " layer" : " layers") + on,
              size + " (" + text(shape) + ")");
        }
      } else if (part.prototype() instanceof ObservableHead head) {
        CircuitBuilder builder = Circuit.builder(wires);
        head.append(builder);
        Circuit circuit = builder.build();
        counts.put("outputs" + on, circuit.outputs());
        counts.put("trainable Hermitian entries" + on, circuit.hermitianEntries());
      } else if (part.prototype() instanceof GenerativeModelFactory model) {
        List<String> slots = new ArrayList<>();
        model
            .slots()
            .forEach(
                s -> slots.add(s.name() + " = " + s.defaultPart().name() + " (" + s.kind() + ")"));
        counts.put("parts", String.join(", ", slots));
        Blueprint.Training training = model.training();
        counts.put("training", training.epochs() + " epochs, batches of " + training.batchSize());
        counts.put("parameters", parameters(part));
      }
    } catch (RuntimeException e) {
      counts.put("not counted", Messages.of(e));
    }
    return counts;
  }

  private static String text(List<Integer> shape) {
    return shape.stream().map(String::valueOf).collect(Collectors.joining("x"));
  }

  /** A model is built to be counted only where it is asked for by name: that takes a while. */
  private String parameters(RegisteredPart part) {
    if (!part.name().equals(filter)) {
      return "`ketloom parts " + part.name() + "` counts them";
    }
    Blueprints blueprints = services.get(Blueprints.class);
    Blueprint blueprint = blueprints.complete(blueprints.ofModel(part.name()));
    try (GenerativeModel<?> model = services.get(Composer.class).compose(blueprint).model()) {
      return Texts.parameters(model.parameters()) + " (all defaults)";
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }

  private static String value(Object value) {
    String text =
        value instanceof List<?> list
            ? list.stream().map(String::valueOf).collect(Collectors.joining(","))
            : String.valueOf(value);
    return text.isEmpty() ? "\"\"" : text;
  }

  private static int width(List<String> texts, String heading) {
    return Math.max(
        1, Math.max(heading.length(), texts.stream().mapToInt(String::length).max().orElse(0)));
  }
}
