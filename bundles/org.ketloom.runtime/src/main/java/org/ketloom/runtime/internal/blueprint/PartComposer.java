package org.ketloom.runtime.internal.blueprint;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.ketloom.api.engine.QuantumEngine;
import org.ketloom.api.model.Blueprint;
import org.ketloom.api.model.TensorCache;
import org.ketloom.api.part.Options;
import org.ketloom.runtime.blueprint.Blueprints;
import org.ketloom.runtime.blueprint.Composer;
import org.ketloom.runtime.blueprint.Draft;
import org.ketloom.runtime.blueprint.Readiness;
import org.ketloom.runtime.blueprint.ResolvedBlueprint;
import org.ketloom.runtime.internal.blueprint.EngineChoice.Candidate;
import org.ketloom.runtime.internal.text.Suggestion;
import org.ketloom.runtime.parts.PartIdentity;
import org.ketloom.runtime.parts.PartRegistry;
import org.ketloom.runtime.parts.RegisteredPart;
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
  public ResolvedBlueprint resolve(Draft draft) {
    return new ResolvedParts(find(draft, Map.of()), registry, cache);
  }

  @Override
  public ResolvedBlueprint resolve(Blueprint blueprint, Map<String, PartIdentity> preferred) {
    return new ResolvedParts(find(blueprints.draft(blueprint), preferred), registry, cache);
  }

  @Override
  public Readiness state(Draft draft) {
    return find(draft, Map.of()).readiness();
  }

  @Override
  public QuantumEngine engine(Optional<String> name, Map<String, String> options) {
    List<RegisteredPart> all = registry.engines();
    if (all.isEmpty()) {
      throw new IllegalStateException("no quantum engine is registered");
    }
    List<Candidate> allowed =
        all.stream()
            .filter(e -> name.isEmpty() || e.name().equals(name.get()))
            .map(
                e ->
                    new Candidate(
                        registry.identity(e),
                        Options.with(
                            e.prototype(QuantumEngine.class),
                            "engine \"" + e.name() + "\"",
                            options)))
            .toList();
    if (allowed.isEmpty()) {
      List<String> names = all.stream().map(RegisteredPart::name).distinct().toList();
      throw new IllegalArgumentException(
          "there is no engine \""
              + name.orElseThrow()
              + "\"; "
              + Suggestion.among(name.orElseThrow(), names));
    }
    return new EngineChoice(allowed);
  }

  private Resolution find(Draft draft, Map<String, PartIdentity> preferred) {
    return new Resolution(ParsedDraft.of(draft).tree(), registry, preferred);
  }

  @Override
  public Runnable watch(Draft draft, Consumer<Readiness> listener) {
    Runnable check =
        new Runnable() {
          private Optional<Readiness> last = Optional.empty();

          @Override
          public synchronized void run() {
            Optional<Readiness> now = Optional.of(state(draft));
            if (!now.equals(last)) {
              last = now;
              listener.accept(now.get());
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
}
