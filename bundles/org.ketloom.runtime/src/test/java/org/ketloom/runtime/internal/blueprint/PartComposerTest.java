package org.ketloom.runtime.internal.blueprint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.ketloom.api.circuit.Angle;
import org.ketloom.api.circuit.Channel;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.circuit.Pauli;
import org.ketloom.api.circuit.PauliTerm;
import org.ketloom.api.convolution.Convolution;
import org.ketloom.api.convolution.ConvolutionEngine;
import org.ketloom.api.convolution.ConvolutionShape;
import org.ketloom.api.data.ImageShape;
import org.ketloom.api.engine.Program;
import org.ketloom.api.engine.QuantumEngine;
import org.ketloom.api.model.Blueprint;
import org.ketloom.api.model.GenerativeModel;
import org.ketloom.api.model.GenerativeModelFactory;
import org.ketloom.api.model.ModelContext;
import org.ketloom.api.model.Slot;
import org.ketloom.api.part.Ansatz;
import org.ketloom.api.part.Encoding;
import org.ketloom.api.part.NoiseModel;
import org.ketloom.api.part.Option;
import org.ketloom.api.part.Part;
import org.ketloom.runtime.blueprint.Composition;
import org.ketloom.runtime.blueprint.Draft;
import org.ketloom.runtime.blueprint.MissingPart;
import org.ketloom.runtime.blueprint.Readiness;
import org.ketloom.runtime.blueprint.ResolvedBlueprint;
import org.ketloom.runtime.internal.parts.BundleHash;
import org.ketloom.runtime.internal.parts.Fakes;
import org.ketloom.runtime.internal.parts.TrackedParts;
import org.ketloom.runtime.parts.PartIdentity;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;

class PartComposerTest {
  private final TrackedParts registry = Fakes.registry();
  private final JsonBlueprints blueprints = new JsonBlueprints(registry);
  private final PartComposer composer = new PartComposer(registry, blueprints);

  private Draft draft(String json) {
    return blueprints.parse(json, "my.json");
  }

  @Test
  void aNameOfAnotherKindIsToldAsSuch() {
    String told =
        composer.state(draft("{\"model\": \"toy\", \"parts\": {\"ansatz\": \"toy\"}}")).toString();
    assertTrue(
        told.contains("parts.ansatz: no ansatz \"toy\" is registered, toy is a model; "), told);
  }

  @Test
  void aBlueprintWaitsForItsPartsAndIsReadyWhenTheyCome() {
    Draft draft = draft("{\"model\": \"toy\", \"parts\": {\"ansatz\": \"late\"}}");
    List<Readiness> seen = new ArrayList<>();
    Runnable end = composer.watch(draft, seen::add);
    assertEquals(
        new Readiness(
            List.of(new MissingPart("parts.ansatz", "ansatz", "late", "", List.of("layers")))),
        seen.get(0));
    assertEquals(Readiness.State.WAITING, seen.get(0).state());
    Fakes.add(registry, 20, "unrelated", "1.0.0", Encoding.class, "more", new Fakes.Turn());
    assertEquals(1, seen.size(), "nothing changed for this Blueprint");
    ServiceReference<?> reference =
        Fakes.add(registry, 21, "late", "1.0.0", Ansatz.class, "late", new Fakes.Layers());
    assertEquals(Readiness.State.READY, seen.get(1).state());
    Fakes.unbind(registry, reference);
    assertEquals(Readiness.State.WAITING, seen.get(2).state());
    end.run();
    Fakes.bind(registry, reference, new Fakes.Layers());
    assertEquals(3, seen.size());
    assertEquals(Readiness.State.READY, composer.state(draft).state());
  }

  @Test
  void theEngineThatIsAskedForIsTakenBeforeTheFirstChoice() throws IOException {
    Blueprint blueprint = blueprints.complete(draft("{\"model\": \"toy\"}"));
    PartIdentity first = composer.resolve(blueprint).identities().get("engine");
    Fakes.bind(
        registry,
        Fakes.reference(
            30,
            Fakes.bundle("fake.engine", "1.1.0"),
            QuantumEngine.class,
            Map.of(Constants.SERVICE_RANKING, 5, Part.NAME, "fake")),
        new Fakes.Engine());
    PartIdentity second = composer.resolve(blueprint).identities().get("engine");
    assertEquals("1.1.0", second.version());
    ResolvedBlueprint preferring = composer.resolve(blueprint, Map.of("engine", first));
    assertEquals(first, preferring.identities().get("engine"));
    Composition composition = compose(preferring);
    assertEquals(first, composition.identities().get("engine"));
    PartIdentity gone = new PartIdentity("fake", "fake.engine", "0.9.0", first.sha256());
    assertEquals(
        second, composer.resolve(blueprint, Map.of("engine", gone)).identities().get("engine"));
  }

  /** Tells its options when it compiles. */
  record Telling(QuantumEngine pure, @Option(value = "how many", range = "[2,)") int count)
      implements QuantumEngine {
    @Override
    public Program compile(Circuit circuit) {
      throw new IllegalArgumentException("compiled with " + count);
    }
  }

  @Test
  void anEngineTakesOptions() throws IOException {
    Fakes.add(
        registry,
        31,
        "fake.telling",
        "1.0.0",
        QuantumEngine.class,
        "telling",
        new Telling(new Fakes.Engine(), 100));
    Circuit circuit = Circuit.builder(1).build();
    assertEquals("compiled with 100", told(engine(Map.of()), circuit));
    assertEquals("compiled with 7", told(engine(Map.of("count", "7")), circuit));
    assertEquals(
        "engine \"telling\": count must be at least 2, found 1",
        assertThrows(IllegalArgumentException.class, () -> engine(Map.of("count", "1")))
            .getMessage());
    assertEquals(
        "engine \"telling\" has no option \"shots\"; it has count",
        assertThrows(IllegalArgumentException.class, () -> engine(Map.of("shots", "1")))
            .getMessage());
    String json = "{\"model\": \"toy\", \"engine\": {\"name\": \"telling\", \"options\": {%s}}}";
    assertEquals(
        Map.of("count", 9),
        blueprints
            .complete(draft(json.formatted("\"count\": 9")))
            .engine()
            .orElseThrow()
            .options());
    assertEquals(
        Map.of("count", 100),
        blueprints.complete(draft(json.formatted(""))).engine().orElseThrow().options());
    assertTrue(
        assertThrows(
                IllegalArgumentException.class,
                () -> blueprints.complete(draft(json.formatted("\"shots\": 9"))))
            .getMessage()
            .contains("engine.options.shots: engine \"telling\" has no such option"));
  }

  private QuantumEngine engine(Map<String, String> options) {
    return composer.engine(Optional.of("telling"), options);
  }

  private static String told(QuantumEngine engine, Circuit circuit) {
    return assertThrows(IllegalArgumentException.class, () -> engine.compile(circuit)).getMessage();
  }

  /** Runs nothing, but knows what it compiled. */
  private static final class Recording implements QuantumEngine {
    private final String name;
    private final List<Circuit> compiled = new ArrayList<>();

    Recording(String name) {
      this.name = name;
    }

    @Override
    public Program compile(Circuit circuit) {
      if (name.equals("pure")) {
        circuit.requirePure(name);
      }
      compiled.add(circuit);
      return null;
    }
  }

  /** The toy model, with a circuit that it doesn't need. */
  private static final class Compiling implements GenerativeModelFactory {
    private final boolean mixed;

    Compiling(boolean mixed) {
      this.mixed = mixed;
    }

    @Override
    public List<Slot> slots() {
      return new Fakes.ToyFactory().slots();
    }

    @Override
    public Blueprint.Training training() {
      return new Fakes.ToyFactory().training();
    }

    @Override
    public GenerativeModel<?> create(ModelContext context) {
      CircuitBuilder builder = Circuit.builder(1).x(0);
      Circuit circuit =
          (mixed ? builder.measure(0) : builder).expect(PauliTerm.of(Pauli.Z, 0)).build();
      context.compile(circuit);
      context.compile(circuit);
      return new Fakes.Toy(new Fakes.ToyFactory(), context);
    }
  }

  /** A noise model of one option. */
  public record Flips(@Option("probability") double probability) implements NoiseModel {
    public Flips() {
      this(0.1);
    }

    @Override
    public Circuit apply(Circuit circuit) {
      return circuit.map(
          (noisy, instruction) ->
              noisy
                  .append(instruction)
                  .channel(Channel.Kind.BIT_FLIP, new int[] {0}, Angle.constant(probability)));
    }
  }

  private final Recording pure = new Recording("pure");
  private final Recording all = new Recording("all");

  private void addEngines(boolean mixed) {
    int id = 51;
    for (Recording engine : List.of(pure, all)) {
      Fakes.bind(
          registry,
          Fakes.reference(
              id,
              Fakes.bundle("engine." + engine.name, "1.0.0"),
              QuantumEngine.class,
              Map.of(Constants.SERVICE_RANKING, 100 - id, Part.NAME, engine.name)),
          engine);
      id++;
    }
    Fakes.add(
        registry,
        53,
        "compiling",
        "1.0.0",
        GenerativeModelFactory.class,
        "compiling",
        new Compiling(mixed));
    Fakes.add(registry, 54, "noisy", "1.0.0", NoiseModel.class, "flips", new Flips());
  }

  private static String engine(Composition composition) {
    return composition.identities().get("engine").bundle();
  }

  @Test
  void allCircuitsOfAModelRunOnTheFirstEngineThatCanRunThem() throws IOException {
    addEngines(false);
    assertEquals("engine.pure", engine(compose("{\"model\": \"compiling\"}")));
    assertEquals(2, pure.compiled.size());
    assertEquals(List.of(), all.compiled);
    Draft asked = draft("{\"model\": \"compiling\", \"engine\": \"all\"}");
    Blueprint blueprint = blueprints.complete(asked);
    assertEquals("all", blueprint.engine().orElseThrow().name());
    assertEquals(
        blueprint, blueprints.complete(draft(blueprints.json(blueprint))), "written and read");
    assertEquals("engine.all", engine(compose(composer.resolve(blueprint))));
    assertEquals(2, all.compiled.size());
  }

  @Test
  void circuitsWithChannelsRunWhereTheyCan() throws IOException {
    addEngines(true);
    assertEquals("engine.all", engine(compose("{\"model\": \"compiling\"}")));
    assertEquals(2, all.compiled.size());
    String refused =
        assertThrows(
                IllegalArgumentException.class,
                () -> compose("{\"model\": \"compiling\", \"engine\": \"pure\"}"))
            .getMessage();
    assertTrue(refused.startsWith("pure takes circuits of pure states"), refused);
    assertEquals(
        "engine: no engine \"al\" is registered; did you mean \"all\"? there is all, fake,"
            + " pure",
        composer
            .state(draft("{\"model\": \"compiling\", \"engine\": \"al\"}"))
            .missing()
            .get(0)
            .toString());
  }

  @Test
  void noiseStandsInEveryCircuitThatTheModelCompiles() throws IOException {
    addEngines(false);
    Composition composition =
        compose(
            "{\"model\": \"compiling\", \"parts\": {\"noise\": {\"name\": \"flips\","
                + " \"options\": {\"probability\": 0.25}}}}");
    assertEquals("engine.all", engine(composition));
    assertEquals("noisy", composition.identities().get("parts.noise").bundle());
    assertEquals(
        "[X on wire 0, BITFLIP[0.25] on wire 0]", all.compiled.get(1).instructions().toString());
    assertEquals(
        Map.of("probability", 0.25), composition.blueprint().parts().get("noise").options());
    String unused =
        assertThrows(
                IllegalArgumentException.class,
                () -> compose("{\"model\": \"toy\", \"parts\": {\"noise\": \"flips\"}}"))
            .getMessage();
    assertTrue(
        unused.endsWith(
            "parts.noise: is given, but model \"toy\" compiles no circuit with these options"),
        unused);
  }

  /** Computes nothing. */
  private static final class Convolutions implements ConvolutionEngine {
    private final String fault;

    Convolutions(String fault) {
      this.fault = fault;
    }

    @Override
    public Optional<String> fault() {
      return Optional.of(fault).filter(text -> !text.isEmpty());
    }

    @Override
    public Convolution prepare(ConvolutionShape shape) {
      throw new UnsupportedOperationException();
    }
  }

  /** The toy model, which asks for convolutions if it is told to. */
  private static final class Convolving implements GenerativeModelFactory {
    private final boolean asks;

    Convolving(boolean asks) {
      this.asks = asks;
    }

    @Override
    public List<Slot> slots() {
      return new Fakes.ToyFactory().slots();
    }

    @Override
    public Blueprint.Training training() {
      return new Fakes.ToyFactory().training();
    }

    @Override
    public GenerativeModel<?> create(ModelContext context) {
      if (asks) {
        context.convolutions();
      }
      return new Fakes.Toy(new Fakes.ToyFactory(), context);
    }
  }

  private void addConvolutions(long id, String bundle, String fault) {
    Fakes.bind(
        registry,
        Fakes.reference(
            id,
            Fakes.bundle(bundle, "1.0.0"),
            ConvolutionEngine.class,
            Map.of(Constants.SERVICE_RANKING, (int) (100 - id), Part.NAME, bundle)),
        new Convolutions(fault));
  }

  private Optional<PartIdentity> convolution(String model) throws IOException {
    Composition composition = compose("{\"model\": \"" + model + "\"}");
    return Optional.ofNullable(composition.identities().get("convolution"));
  }

  @Test
  void convolutionsAreThoseOfTheFirstThatRunsHere() throws IOException {
    for (boolean asks : List.of(true, false)) {
      String name = asks ? "convolving" : "silent";
      Fakes.add(
          registry,
          asks ? 61 : 62,
          name,
          "1.0.0",
          GenerativeModelFactory.class,
          name,
          new Convolving(asks));
    }
    assertEquals(Optional.empty(), convolution("convolving"), "there is none");
    addConvolutions(63, "elsewhere", "it needs another processor");
    assertEquals(Optional.empty(), convolution("convolving"), "it doesn't run here");
    addConvolutions(64, "here", "");
    addConvolutions(65, "later", "");
    assertEquals("here", convolution("convolving").orElseThrow().bundle());
    assertEquals(Optional.empty(), convolution("silent"), "it has no convolutions");
    Blueprint blueprint = blueprints.complete(draft("{\"model\": \"convolving\"}"));
    PartIdentity later =
        registry.parts(ConvolutionEngine.KIND).stream()
            .filter(part -> part.name().equals("later"))
            .map(registry::identity)
            .findFirst()
            .orElseThrow();
    Composition pinned = compose(composer.resolve(blueprint, Map.of("convolution", later)));
    assertEquals(later, pinned.identities().get("convolution"), "what the run had comes first");
    Composition before =
        compose(
            composer.resolve(
                blueprint,
                Map.of("engine", composer.resolve(blueprint).identities().get("engine"))));
    assertEquals(null, before.identities().get("convolution"), "the run had none");
  }

  @Test
  void versionsOutOfRangeAndMissingEnginesAreNamed() {
    TrackedParts empty = Fakes.empty();
    Readiness nothing =
        new PartComposer(empty, new JsonBlueprints(empty)).state(draft("{\"model\": \"toy\"}"));
    assertEquals(
        List.of("model", "data", "engine"),
        nothing.missing().stream().map(MissingPart::path).toList());
    Readiness old =
        composer.state(draft("{\"model\": {\"name\": \"toy\", \"version\": \"[2,3)\"}}"));
    assertEquals(
        List.of(new MissingPart("model", "model", "toy", "[2,3)", List.of("toy 1.0.0"))),
        old.missing());
    assertTrue(old.toString().contains("of version [2,3)"), old.toString());
  }

  @Test
  void aModelIsBuiltFromConfiguredPartsAndKnowsTheirIdentities() throws IOException {
    Composition composition =
        composer.compose(
            blueprints.complete(
                draft(
                    "{\"model\": \"toy\", \"parts\": {\"ansatz\": {\"options\": {\"repeats\":"
                        + " 3}}}}")));
    try (var model = composition.model()) {
      Circuit circuit = model.circuits().get("bottleneck");
      assertEquals(Map.of("RX", 6, "RY", 2), circuit.gateCounts());
      assertEquals(
          List.of("model", "parts.encoding", "parts.ansatz", "data", "engine"),
          List.copyOf(composition.identities().keySet()));
      assertEquals("fake.ansatz", composition.identities().get("parts.ansatz").bundle());
      assertEquals(64, composition.identities().get("engine").sha256().length());
      assertEquals(6L, model.parameters().get("classical"));
    }
  }

  @Test
  void aPartThatGoesWhileItIsComposedIsKnownWithItsContent() throws IOException {
    List<ServiceReference<?>> there = new ArrayList<>();
    there.add(
        Fakes.add(
            registry,
            7,
            "leaving",
            "1.0.0",
            Ansatz.class,
            "leaving",
            new Fakes.Watched(() -> there.forEach(gone -> Fakes.unbind(registry, gone)))));
    Composition composition =
        composer.compose(
            blueprints.complete(
                draft("{\"model\": \"toy\", \"parts\": {\"ansatz\": \"leaving\"}}")));
    assertEquals(
        new PartIdentity(
            "leaving", "leaving", "1.0.0", BundleHash.of(Fakes.bundle("leaving", "1.0.0"))),
        composition.identities().get("parts.ansatz"));
    assertTrue(registry.find(Ansatz.KIND, "leaving", "").isEmpty());
  }

  @Test
  void theHighestVersionIsComposed() {
    record Other(int repeats) implements Ansatz {
      @Override
      public List<Integer> angleShape(int wires, int layers) {
        return List.of(1);
      }

      @Override
      public void append(
          org.ketloom.api.circuit.CircuitBuilder circuit,
          int layers,
          org.ketloom.api.circuit.Angles angles) {
        circuit.rz(0, angles.at(0));
      }
    }
    Fakes.add(registry, 20, "fake.ansatz", "1.1.0", Ansatz.class, "layers", new Other(1));
    Composition newest = compose("{\"model\": \"toy\"}");
    assertEquals("1.1.0", newest.identities().get("parts.ansatz").version());
    assertEquals(
        Map.of("RZ", 1, "RY", 2), newest.model().circuits().get("bottleneck").gateCounts());
    Composition pinned =
        compose("{\"model\": \"toy\", \"parts\": {\"ansatz\": {\"version\": \"[1.0,1.1)\"}}}");
    assertEquals("1.0.0", pinned.identities().get("parts.ansatz").version());
  }

  private Composition compose(String json) {
    return compose(composer.resolve(blueprints.complete(draft(json))));
  }

  private static Composition compose(ResolvedBlueprint resolved) {
    return resolved.compose(new ImageShape(1, 2, 3), 3, 10, Optional.empty());
  }

  @Test
  void composingWithoutAnEngineSaysSo() {
    Fakes.unbind(
        registry,
        Fakes.reference(
            1,
            Fakes.bundle("fake.engine", "1.0.0"),
            QuantumEngine.class,
            Map.of(Part.NAME, "fake")));
    assertTrue(
        assertThrows(IllegalStateException.class, () -> compose("{\"model\": \"toy\"}"))
            .getMessage()
            .contains("no quantum engine"));
  }

  @Test
  void aModelThatIsGoneIsMissing() {
    Fakes.unbind(
        registry,
        Fakes.reference(
            4, Fakes.bundle("fake.model", "1.0.0"), GenerativeModelFactory.class, Map.of()));
    assertThrows(IllegalStateException.class, () -> compose("{\"model\": \"toy\"}"));
  }
}
