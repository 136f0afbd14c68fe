package org.ketloom.runtime.internal.blueprint;

import java.io.IOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.ketloom.api.data.Dataset;
import org.ketloom.api.data.DatasetProvider;
import org.ketloom.api.data.ImageShape;
import org.ketloom.api.engine.QuantumEngine;
import org.ketloom.api.model.Blueprint;
import org.ketloom.api.model.GenerativeModel;
import org.ketloom.api.model.GenerativeModelFactory;
import org.ketloom.api.model.ModelContext;
import org.ketloom.api.model.TensorCache;
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
  private final TensorCache cache;

  /** Looks the bundles up at once: a bundle that has gone has no content any more. */
  ResolvedParts(Resolution resolution, PartRegistry registry, TensorCache cache) {
    this.resolution = resolution;
    this.cache = cache;
    Map<String, PartIdentity> found = new LinkedHashMap<>();
    resolution.paths().forEach(path -> found.put(path, registry.identity(resolution.part(path))));
    resolution.engine().ifPresent(engine -> found.put("engine", registry.identity(engine)));
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
  public Dataset open(DatasetProvider.Split split) throws IOException {
    resolution.requireParts();
    Dataset data = ((DatasetProvider) resolution.configured("data")).open(split);
    LoadedClasses.loadAll(resolution.part("data").prototype(), data);
    return data;
  }

  @Override
  public Composition compose(ImageShape images, int classes, long steps, Optional<String> data) {
    resolution.requireModel();
    Blueprint blueprint = resolution.completeModel();
    Map<String, Part> parts = new LinkedHashMap<>();
    blueprint.parts().keySet().forEach(s -> parts.put(s, resolution.configured("parts." + s)));
    GenerativeModelFactory factory = (GenerativeModelFactory) resolution.configured("model");
    QuantumEngine engine = resolution.engine().orElseThrow().prototype(QuantumEngine.class);
    GenerativeModel<?> model =
        factory.create(
            new Context(
                images,
                classes,
                steps,
                blueprint.seed(),
                engine,
                parts,
                data.filter(known -> !known.isEmpty()),
                cache));
    // What lives on in the model; the other parts have described their circuits, and are done.
    LoadedClasses.loadAll(factory, model, engine);
    return new Composition(blueprint, model, identities);
  }

  private record Context(
      ImageShape images,
      int classes,
      long steps,
      long seed,
      QuantumEngine engine,
      Map<String, Part> parts,
      Optional<String> data,
      TensorCache cache)
      implements ModelContext {}
}
