package org.ketloom.runtime.blueprint;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.ketloom.api.data.Dataset;
import org.ketloom.api.data.DatasetProvider;
import org.ketloom.api.engine.QuantumEngine;
import org.ketloom.api.model.Blueprint;
import org.ketloom.runtime.parts.PartIdentity;
import org.osgi.annotation.versioning.ProviderType;

/** Service: makes models out of Blueprints and the parts that are there. */
@ProviderType
public interface Composer {

  /**
   * Finds the parts that a draft asks for, or that it leaves to its model's defaults. A missing
   * part is no error: {@link ResolvedBlueprint#readiness} tells it.
   *
   * @throws IllegalArgumentException if a version range can't be read
   */
  ResolvedBlueprint resolve(Draft draft);

  /**
   * Finds the parts that a Blueprint asks for.
   *
   * @param preferred bundles by path: where one of them is there and the Blueprint allows it, it is
   *     taken, else the first choice of the registry
   */
  ResolvedBlueprint resolve(Blueprint blueprint, Map<String, PartIdentity> preferred);

  /** Finds the registry's first choice of all parts that a Blueprint asks for. */
  default ResolvedBlueprint resolve(Blueprint blueprint) {
    return resolve(blueprint, Map.of());
  }

  /** As {@link ResolvedBlueprint#readiness} at this moment. */
  Readiness state(Draft draft);

  /**
   * Follows the state of a draft.
   *
   * @param listener told the state at once, and each time it has changed
   * @return ends the following when it is run
   */
  Runnable watch(Draft draft, Consumer<Readiness> listener);

  /**
   * An engine that isn't tied to a Blueprint: each circuit is compiled by the first of those that
   * are there that can run it.
   *
   * @param name the only one that may be taken; empty for any
   * @param options that change those of the engine, by name; whatever is taken has to have them
   * @throws IllegalArgumentException if there is no engine of that name, or an option doesn't fit
   * @throws IllegalStateException if there is no engine at all
   */
  QuantumEngine engine(Optional<String> name, Map<String, String> options);

  /**
   * Builds the model of a Blueprint for its training data, with fresh weights.
   *
   * @throws IOException if the data set can't be opened
   * @throws IllegalStateException if a part is missing, saying which
   * @throws IllegalArgumentException naming the option, part or shape that doesn't fit
   */
  default Composition compose(Blueprint blueprint) throws IOException {
    ResolvedBlueprint resolved = resolve(blueprint);
    Blueprint complete = resolved.complete();
    Dataset data = resolved.open(DatasetProvider.Split.TRAIN);
    Composition composition = resolved.compose(data, complete.training());
    return new Composition(complete, composition.model(), composition.identities());
  }
}
