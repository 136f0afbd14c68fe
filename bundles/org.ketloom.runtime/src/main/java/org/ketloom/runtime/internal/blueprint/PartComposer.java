package org.ketloom.runtime.internal.blueprint;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
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
import org.ketloom.runtime.blueprint.Blueprints;
import org.ketloom.runtime.blueprint.Composer;
import org.ketloom.runtime.blueprint.Composition;
import org.ketloom.runtime.blueprint.Draft;
import org.ketloom.runtime.blueprint.Readiness;
import org.ketloom.runtime.internal.parts.LoadedClasses;
import org.ketloom.runtime.parts.PartIdentity;
import org.ketloom.runtime.parts.PartRegistry;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Composes what a registry holds. */
@Component
public final class PartComposer implements Composer {
  private final PartRegistry registry;
  private final Blueprints blueprints;
  private final TensorCache cache;

  /** For parts of a registry. */
  @Activate
  public PartComposer(@Reference PartRegistry registry, @Reference Blueprints blueprints) {
    this(registry, blueprints, FolderTensorCache.ofEnvironment());
  }

  /** With a cache of its own. */
  PartComposer(PartRegistry registry, Blueprints blueprints, TensorCache cache) {
    this.registry = registry;
    this.blueprints = blueprints;
    this.cache = cache;
  }

  @Override
  public Readiness state(Draft draft) {
    return resolve(draft).readiness();
  }

  @Override
  public Readiness state(Blueprint blueprint) {
    return state(blueprints.draft(blueprint));
  }

  @Override
  public Runnable watch(Draft draft, Consumer<Readiness> listener) {
    Runnable check =
        new Runnable() {
          private Readiness last;

          @Override
          public synchronized void run() {
            Readiness now = state(draft);
            if (!now.equals(last)) {
              last = now;
              listener.accept(now);
            }
          }
        };
    registry.addListener(check);
    try {
      check.run();
    } catch (RuntimeException e) {
      registry.removeListener(check);
      throw e;
    }
    return () -> registry.removeListener(check);
  }

  @Override
  public Dataset open(
      Blueprint blueprint, DatasetProvider.Split split, Map<String, PartIdentity> preferred)
      throws IOException {
    Resolution resolution = resolve(blueprint, preferred);
    resolution.requireParts();
    Dataset data = ((DatasetProvider) resolution.configured("data")).open(split);
    LoadedClasses.loadAll(resolution.part("data").prototype(), data);
    return data;
  }

  @Override
  public Map<String, PartIdentity> identities(
      Blueprint blueprint, Map<String, PartIdentity> preferred) {
    Resolution resolution = resolve(blueprint, preferred);
    resolution.requireModel();
    return identities(resolution);
  }

  private Map<String, PartIdentity> identities(Resolution resolution) {
    Map<String, PartIdentity> identities = new LinkedHashMap<>();
    resolution
        .paths()
        .forEach(path -> identities.put(path, registry.identity(resolution.part(path))));
    identities.put("engine", registry.identity(resolution.engine()));
    return identities;
  }

  @Override
  public Composition compose(
      Blueprint blueprint,
      ImageShape images,
      int classes,
      long steps,
      String data,
      Map<String, PartIdentity> preferred) {
    Resolution resolution = resolve(blueprint, preferred);
    resolution.requireModel();
    Blueprint complete = resolution.complete(blueprint.data());
    Map<String, Part> parts = new LinkedHashMap<>();
    complete.parts().keySet().forEach(s -> parts.put(s, resolution.configured("parts." + s)));
    GenerativeModelFactory factory = (GenerativeModelFactory) resolution.configured("model");
    // Before the parts are called, which takes its time: who has gone then has no content any more.
    Map<String, PartIdentity> identities = identities(resolution);
    GenerativeModel<?> model =
        factory.create(
            new Context(
                images,
                classes,
                steps,
                complete.seed(),
                resolution.engine().prototype(QuantumEngine.class),
                parts,
                Optional.of(data).filter(known -> !known.isEmpty()),
                cache));
    // What lives on in the model; the other parts have described their circuits, and are done.
    LoadedClasses.loadAll(factory, model, resolution.engine().prototype(QuantumEngine.class));
    return new Composition(complete, model, identities);
  }

  @Override
  public Composition compose(Blueprint blueprint) throws IOException {
    Blueprint complete = blueprints.complete(blueprints.draft(blueprint));
    Dataset data = open(complete, DatasetProvider.Split.TRAIN);
    return compose(
        complete,
        data.shape(),
        Math.max(1, data.classes().size()),
        steps(complete, data),
        data.fingerprint(),
        Map.of());
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

  /** Optimizer steps of a whole training. */
  public static long steps(Blueprint blueprint, Dataset data) {
    return (long) blueprint.training().epochs()
        * data.batchesPerEpoch(blueprint.training().batchSize());
  }

  private Resolution resolve(Blueprint blueprint, Map<String, PartIdentity> preferred) {
    Draft draft = blueprints.draft(blueprint);
    return new Resolution(
        BlueprintTree.of(BlueprintTree.read(draft.json(), draft.source()), draft.source()),
        registry,
        preferred);
  }

  private Resolution resolve(Draft draft) {
    return JsonBlueprints.resolve(draft, registry);
  }
}
