package org.ketloom.runtime.internal.blueprint;

import java.io.IOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.convolution.ConvolutionEngine;
import org.ketloom.api.data.Dataset;
import org.ketloom.api.data.DatasetProvider;
import org.ketloom.api.data.ImageShape;
import org.ketloom.api.engine.Precision;
import org.ketloom.api.engine.Program;
import org.ketloom.api.model.Blueprint;
import org.ketloom.api.model.GenerativeModel;
import org.ketloom.api.model.GenerativeModelFactory;
import org.ketloom.api.model.ModelContext;
import org.ketloom.api.model.TensorCache;
import org.ketloom.api.part.NoiseModel;
import org.ketloom.api.part.Part;
import org.ketloom.runtime.blueprint.Composition;
import org.ketloom.runtime.blueprint.Readiness;
import org.ketloom.runtime.blueprint.ResolvedBlueprint;
import org.ketloom.runtime.internal.parts.LoadedClasses;
import org.ketloom.runtime.parts.PartIdentity;
import org.ketloom.runtime.parts.PartRegistry;

/** A resolution with what it was found in: the very bundles, and a cache for what is trained. */
final class ResolvedParts implements ResolvedBlueprint {
  private final Resolution resolution;
  private final Map<String, PartIdentity> identities;
  private final List<PartIdentity> engines;
  private final List<ConvolutionChoice.Candidate> convolutions;
  private final TensorCache cache;

  /** Looks the bundles up at once: a bundle that has gone has no content any more. */
  ResolvedParts(Resolution resolution, PartRegistry registry, TensorCache cache) {
    this.resolution = resolution;
    this.cache = cache;
    Map<String, PartIdentity> found = new LinkedHashMap<>();
    resolution.paths().forEach(path -> found.put(path, registry.identity(resolution.part(path))));
    this.engines = resolution.engines().stream().map(registry::identity).toList();
    engines.stream().findFirst().ifPresent(engine -> found.put("engine", engine));
    this.convolutions =
        resolution.convolutions().stream()
            .map(
                part ->
                    new ConvolutionChoice.Candidate(
                        registry.identity(part), part.prototype(ConvolutionEngine.class)))
            .toList();
    convolutions.stream()
        .findFirst()
        .ifPresent(first -> found.put(ConvolutionChoice.PATH, first.identity()));
    this.identities = Collections.unmodifiableMap(found);
  }

  @Override
  public Readiness readiness() {
    return resolution.readiness();
  }

  @Override
  public Blueprint complete() {
    return resolution.complete();
  }

  @Override
  public Map<String, PartIdentity> identities() {
    resolution.requireModel();
    return identities;
  }

  @Override
  public Dataset open(DatasetProvider.Split split, int reading) throws IOException {
    resolution.requireParts();
    DatasetProvider provider = (DatasetProvider) resolution.configured("data");
    List<DatasetProvider.Former> former = provider.former();
    // Other options may leave fewer ways: where they are all alike, the one of today is the one.
    Dataset data =
        reading == 0 || reading > former.size()
            ? provider.open(split)
            : former.get(reading - 1).open(split);
    LoadedClasses.loadAll(resolution.part("data").prototype(), data);
    return data;
  }

  @Override
  public Learned learned(String fingerprint) throws IOException {
    Dataset now = open(DatasetProvider.Split.TRAIN);
    if (now.fingerprint().equals(fingerprint)) {
      return new Learned(now, 0);
    }
    int ways = ((DatasetProvider) resolution.configured("data")).former().size();
    for (int reading = 1; reading <= ways; reading++) {
      Dataset once = open(DatasetProvider.Split.TRAIN, reading);
      if (once.fingerprint().equals(fingerprint)) {
        return new Learned(once, reading);
      }
    }
    return new Learned(now, 0);
  }

  @Override
  public Composition compose(ImageShape images, int classes, long steps, Optional<String> data) {
    resolution.requireModel();
    Blueprint blueprint = resolution.completeModel();
    Map<String, Part> parts = new LinkedHashMap<>();
    blueprint.parts().keySet().forEach(s -> parts.put(s, resolution.configured("parts." + s)));
    GenerativeModelFactory factory = (GenerativeModelFactory) resolution.configured("model");
    Optional<NoiseModel> noise = Optional.ofNullable((NoiseModel) parts.get(Resolution.NOISE_SLOT));
    CircuitCompiler compiler = new CircuitCompiler(resolution.configured(engines), noise);
    ConvolutionChoice convolution = new ConvolutionChoice(convolutions);
    GenerativeModel<?> model =
        factory.create(
            new Context(
                images,
                classes,
                steps,
                blueprint.seed(),
                compiler,
                convolution,
                parts,
                data.filter(known -> !known.isEmpty()),
                cache));
    if (noise.isPresent() && !compiler.hasCompiled()) {
      model.close();
      throw BlueprintTree.error(
          resolution.source(),
          Resolution.NOISE,
          "is given, but model \""
              + blueprint.model().name()
              + "\" compiles no circuit with these options");
    }
    // What lives on in the model; the other parts have described their circuits, and are done.
    LoadedClasses.loadAll(factory, model, compiler.engine().engine());
    convolution.chosen().ifPresent(chosen -> LoadedClasses.loadAll(chosen.engine()));
    Map<String, PartIdentity> used = new LinkedHashMap<>(identities);
    used.put("engine", compiler.engine().identity());
    used.remove(ConvolutionChoice.PATH);
    convolution.chosen().ifPresent(chosen -> used.put(ConvolutionChoice.PATH, chosen.identity()));
    return new Composition(blueprint, model, Collections.unmodifiableMap(used));
  }

  private record Context(
      ImageShape images,
      int classes,
      long steps,
      long seed,
      CircuitCompiler compiler,
      ConvolutionChoice convolution,
      Map<String, Part> parts,
      Optional<String> data,
      TensorCache cache)
      implements ModelContext {

    @Override
    public Program compile(Circuit circuit, Precision precision) {
      return compiler.compile(circuit, precision);
    }

    @Override
    public Optional<ConvolutionEngine> convolutions() {
      return convolution.choose();
    }
  }
}
