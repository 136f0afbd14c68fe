package org.ketloom.runtime.internal.blueprint;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.ketloom.api.convolution.ConvolutionEngine;
import org.ketloom.api.data.DatasetProvider;
import org.ketloom.api.engine.QuantumEngine;
import org.ketloom.api.model.Blueprint;
import org.ketloom.api.model.GenerativeModelFactory;
import org.ketloom.api.model.PartSelection;
import org.ketloom.api.model.Slot;
import org.ketloom.api.part.NoiseModel;
import org.ketloom.api.part.Options;
import org.ketloom.api.part.Part;
import org.ketloom.api.part.PartKind;
import org.ketloom.runtime.blueprint.MissingPart;
import org.ketloom.runtime.blueprint.Readiness;
import org.ketloom.runtime.internal.blueprint.EngineChoice.Candidate;
import org.ketloom.runtime.internal.parts.TrackedParts;
import org.ketloom.runtime.internal.text.Suggestion;
import org.ketloom.runtime.parts.PartIdentity;
import org.ketloom.runtime.parts.PartRegistry;
import org.ketloom.runtime.parts.RegisteredPart;
import org.osgi.framework.VersionRange;

/** A Blueprint's JSON form against the parts that are there at one moment. */
final class Resolution {
  static final String DEFAULT_DATA = "digits";
  static final long DEFAULT_SEED = 42;

  /** The slot that every model has, and that is empty unless the Blueprint fills it. */
  static final String NOISE_SLOT = NoiseModel.KIND.name();

  static final String NOISE = "parts." + NOISE_SLOT;

  /** In place of a noise model's name, to take one out that is there. */
  private static final String NO_NOISE = "none";

  /** A part that was found, and what is asked of it. */
  record Found(RegisteredPart part, String version, Map<String, Object> options) {}

  private final BlueprintTree tree;
  private final PartRegistry registry;
  private final Map<String, PartIdentity> preferred;
  private final List<MissingPart> missing = new ArrayList<>();
  private final Map<String, Found> found = new LinkedHashMap<>();
  private List<Slot> slots = List.of();
  private final List<Found> engines;
  private final List<RegisteredPart> convolutions;

  /**
   * @param preferred identities by path, {@code engine} or {@code convolution}, that are taken
   *     before the registry's first choice
   */
  Resolution(BlueprintTree tree, PartRegistry registry, Map<String, PartIdentity> preferred) {
    this.tree = tree;
    this.registry = registry;
    this.preferred = preferred;
    find(
        "model",
        GenerativeModelFactory.KIND,
        tree.model(),
        PartSelection.of(tree.model().name().orElseThrow()));
    if (found.containsKey("model")) {
      slots = factory(found.get("model")).slots();
      for (Slot slot : slots) {
        find(
            "parts." + slot.name(),
            slot.kind(),
            tree.parts().getOrDefault(slot.name(), BlueprintTree.Selection.DEFAULT),
            slot.defaultPart());
      }
      findNoise();
    }
    find("data", DatasetProvider.KIND, tree.data(), PartSelection.of(DEFAULT_DATA));
    this.engines = findEngines();
    // What began without a convolution engine goes on without one, bit for bit.
    this.convolutions =
        preferred.isEmpty() || preferred.containsKey(ConvolutionChoice.PATH)
            ? preferredFirst(ConvolutionChoice.PATH, registry.parts(ConvolutionEngine.KIND))
            : List.of();
  }

  Readiness readiness() {
    return new Readiness(missing);
  }

  RegisteredPart part(String path) {
    return found(path).part();
  }

  private Found found(String path) {
    Found what = found.get(path);
    if (what == null) {
      throw new IllegalStateException(tree.source() + ": no part was found for " + path);
    }
    return what;
  }

  /** The engines that may be taken, best first. */
  List<RegisteredPart> engines() {
    return engines.stream().map(Found::part).toList();
  }

  /**
   * The engines with the Blueprint's options.
   *
   * @param identities of {@link #engines}, in their order
   * @throws IllegalArgumentException naming the option that doesn't fit
   */
  EngineChoice configured(List<PartIdentity> identities) {
    return new EngineChoice(
        IntStream.range(0, engines.size())
            .mapToObj(
                i ->
                    new Candidate(
                        identities.get(i), (QuantumEngine) configure(engines.get(i), "engine")))
            .toList());
  }

  /** What may compute convolutions: the preferred one, and then in the registry's order. */
  List<RegisteredPart> convolutions() {
    return convolutions;
  }

  /** Where the messages say that the Blueprint comes from. */
  String source() {
    return tree.source();
  }

  /** The paths of the parts that were found, in order. */
  List<String> paths() {
    return List.copyOf(found.keySet());
  }

  /**
   * The part of a path with its options.
   *
   * @throws IllegalArgumentException naming the option that doesn't fit
   */
  Part configured(String path) {
    return configure(found(path), path);
  }

  /** Refuses a missing part, except for an engine, which only composing needs. */
  void requireParts() {
    require(missing.stream().filter(m -> !m.kind().equals("engine")).toList());
  }

  /** Refuses whatever is missing that a model is built from: all but the data set. */
  void requireModel() {
    require(missing.stream().filter(m -> !m.path().equals("data")).toList());
  }

  /** The Blueprint with every default. */
  Blueprint complete() {
    requireParts();
    return complete(selection("data"));
  }

  /** The Blueprint with every default except for those of the data set, which needn't be there. */
  Blueprint completeModel() {
    BlueprintTree.Selection data = tree.data();
    return complete(
        new PartSelection(data.name().orElse(DEFAULT_DATA), data.version(), data.options()));
  }

  private Blueprint complete(PartSelection data) {
    PartSelection model = selection("model");
    List<String> names = slots.stream().map(Slot::name).toList();
    for (String slot : tree.parts().keySet()) {
      if (!names.contains(slot) && !slot.equals(NOISE_SLOT)) {
        throw BlueprintTree.error(
            tree.source(),
            "parts." + slot,
            "model \"" + model.name() + "\" has no such slot; " + Suggestion.among(slot, names));
      }
    }
    Map<String, PartSelection> parts = new LinkedHashMap<>();
    names.forEach(name -> parts.put(name, selection("parts." + name)));
    if (found.containsKey(NOISE)) {
      parts.put(NOISE_SLOT, selection(NOISE));
    }
    return new Blueprint(
        model,
        parts,
        data,
        tree.engine()
            .map(
                asked ->
                    new PartSelection(
                        asked.name().orElseThrow(), asked.version(), engineOptions(asked))),
        training(((GenerativeModelFactory) configured("model")).training()),
        tree.seed().orElse(DEFAULT_SEED));
  }

  private void require(List<MissingPart> needed) {
    if (!needed.isEmpty()) {
      throw new IllegalStateException(tree.source() + " is " + new Readiness(needed));
    }
  }

  private Blueprint.Training training(Blueprint.Training defaults) {
    Map<String, Integer> given = tree.training();
    try {
      return new Blueprint.Training(
          given.getOrDefault("epochs", defaults.epochs()),
          given.getOrDefault("batchSize", defaults.batchSize()),
          given.getOrDefault("checkpointEvery", defaults.checkpointEvery()),
          given.getOrDefault("sampleEvery", defaults.sampleEvery()));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(tree.source() + ": training." + e.getMessage(), e);
    }
  }

  private PartSelection selection(String path) {
    Found what = found(path);
    return new PartSelection(
        what.part().name(), Optional.of(what.version()), Options.values(configured(path)));
  }

  private void find(
      String path, PartKind kind, BlueprintTree.Selection asked, PartSelection defaultPart) {
    String name = asked.name().orElse(defaultPart.name());
    boolean isDefault = name.equals(defaultPart.name());
    String version = asked.version().orElse(isDefault ? defaultPart.version().orElse("") : "");
    // Where the default part is named, what the model changes in it still suits it.
    Map<String, Object> options = new LinkedHashMap<>(isDefault ? defaultPart.options() : Map.of());
    options.putAll(asked.options());
    Optional<RegisteredPart> part =
        preferred(path, kind, name, version).or(() -> registry.find(kind, name, version));
    if (part.isPresent()) {
      found.put(path, new Found(part.get(), version, options));
      return;
    }
    List<RegisteredPart> present = registry.parts(kind);
    List<String> versions =
        present.stream()
            .filter(p -> p.name().equals(name))
            .map(p -> p.name() + " " + p.version())
            .toList();
    List<String> names =
        List.copyOf(new TreeSet<>(present.stream().map(RegisteredPart::name).toList()));
    missing.add(
        new MissingPart(
            path,
            kind.toString(),
            name,
            version,
            versions.isEmpty() ? names : versions,
            versions.isEmpty() ? otherKinds(name) : List.of()));
  }

  private List<String> otherKinds(String name) {
    return registry.kindsOf(name).stream().map(PartKind::toString).toList();
  }

  private Optional<RegisteredPart> preferred(
      String path, PartKind kind, String name, String version) {
    PartIdentity wanted = preferred.get(path);
    if (wanted == null) {
      return Optional.empty();
    }
    VersionRange range = TrackedParts.range(version);
    return registry.parts(kind).stream()
        .filter(p -> p.name().equals(name) && range.includes(p.version()))
        .filter(p -> p.bundle().equals(wanted.bundle()))
        .filter(p -> p.version().toString().equals(wanted.version()))
        .filter(p -> registry.identity(p).equals(wanted))
        .findFirst();
  }

  private void findNoise() {
    BlueprintTree.Selection asked = tree.parts().get(NOISE_SLOT);
    if (asked == null || slots.stream().anyMatch(slot -> slot.name().equals(NOISE_SLOT))) {
      return;
    }
    String name =
        asked
            .name()
            .orElseThrow(() -> BlueprintTree.error(tree.source(), NOISE + ".name", "is missing"));
    if (name.equals(NO_NOISE)) {
      return;
    }
    find(NOISE, NoiseModel.KIND, asked, PartSelection.of(name));
  }

  /** Those that the Blueprint allows: the preferred one, and then in the registry's order. */
  private List<Found> findEngines() {
    BlueprintTree.Selection asked = tree.engine().orElse(BlueprintTree.Selection.DEFAULT);
    String version = asked.version().orElse("");
    VersionRange range = TrackedParts.range(version);
    List<RegisteredPart> all = registry.engines();
    List<RegisteredPart> allowed =
        preferredFirst(
            "engine",
            all.stream()
                .filter(e -> asked.name().isEmpty() || e.name().equals(asked.name().get()))
                .filter(e -> range.includes(e.version()))
                .toList());
    if (allowed.isEmpty()) {
      List<String> names =
          List.copyOf(new TreeSet<>(all.stream().map(RegisteredPart::name).toList()));
      String name = asked.name().orElse("");
      List<String> others =
          otherKinds(name).stream().filter(kind -> !kind.equals("engine")).toList();
      missing.add(new MissingPart("engine", "engine", name, version, names, others));
    }
    return allowed.stream().map(e -> new Found(e, version, asked.options())).toList();
  }

  private List<RegisteredPart> preferredFirst(String path, List<RegisteredPart> parts) {
    PartIdentity wanted = preferred.get(path);
    if (wanted == null) {
      return parts;
    }
    List<RegisteredPart> ordered = new ArrayList<>(parts);
    parts.stream()
        .filter(part -> registry.identity(part).equals(wanted))
        .findFirst()
        .ifPresent(
            part -> {
              ordered.remove(part);
              ordered.add(0, part);
            });
    return ordered;
  }

  /** With every default if the engine is there, which only composing needs. */
  private Map<String, Object> engineOptions(BlueprintTree.Selection asked) {
    return engines.isEmpty()
        ? asked.options()
        : Options.values(configure(engines.get(0), "engine"));
  }

  /** With its options where these fit: which slots there are can depend on them. */
  private GenerativeModelFactory factory(Found model) {
    try {
      return (GenerativeModelFactory) configure(model, "model");
    } catch (IllegalArgumentException e) {
      return (GenerativeModelFactory) model.part().prototype();
    }
  }

  private Part configure(Found what, String path) {
    Part prototype = what.part().prototype();
    Map<String, Options.Entry> known = new LinkedHashMap<>();
    Options.of(prototype).forEach(e -> known.put(e.name(), e));
    String prefix = path + ".options";
    what.options()
        .forEach(
            (name, value) -> {
              if (!known.containsKey(name)) {
                throw BlueprintTree.error(
                    tree.source(),
                    prefix + "." + name,
                    what.part().kind()
                        + " \""
                        + what.part().name()
                        + "\" has no such option; "
                        + Suggestion.among(name, known.keySet()));
              }
              String type = known.get(name).type();
              if (!fits(value, type)) {
                throw BlueprintTree.error(
                    tree.source(),
                    prefix + "." + name,
                    "takes "
                        + known.get(name).expected()
                        + ", found "
                        + (value instanceof String ? "\"" + value + "\"" : value));
              }
            });
    return Options.with(prototype, tree.source() + ": " + prefix, what.options());
  }

  /** Whether a value of JSON is of a type as {@link Options.Entry#type} writes it. */
  private static boolean fits(Object value, String type) {
    if (type.startsWith("list of ")) {
      // Text is a list as a command line writes it; Options takes it apart.
      return value instanceof String
          || (value instanceof List<?> list ? list : List.of(value))
              .stream().allMatch(item -> fits(item, type.substring("list of ".length())));
    }
    return switch (type) {
      case "int", "integer" -> isWhole(value, Integer.SIZE);
      case "long" -> isWhole(value, Long.SIZE);
      case "double" -> value instanceof Number;
      case "boolean" -> value instanceof Boolean;
      case "text", "string" -> !(value instanceof List);
      default ->
          value instanceof String text
              && Arrays.asList(type.split("\\|"))
                  .contains(text.strip().toLowerCase(Locale.ROOT).replace('_', '-'));
    };
  }

  private static boolean isWhole(Object value, int bits) {
    if (!(value instanceof Number)) {
      return false;
    }
    try {
      return new BigDecimal(value.toString()).toBigIntegerExact().bitLength() < bits;
    } catch (ArithmeticException | NumberFormatException e) {
      return false;
    }
  }
}
