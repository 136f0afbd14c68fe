package org.ketloom.shell.internal.compose;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.ketloom.api.engine.QuantumEngine;
import org.ketloom.runtime.blueprint.Composer;
import org.ketloom.shell.internal.console.Services;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The engine that a circuit is run on, with its options. */
final class EngineSelection {
  @Option(
      names = "--engine",
      paramLabel = "NAME",
      description = "Engine, by default the fastest that can run the circuit.")
  private Optional<String> name = Optional.empty();

  @Option(
      names = "--engine-option",
      paramLabel = "NAME=VALUE",
      description =
          "Changes an option of the engine that --engine names, such as trajectories=1000. May be"
              + " repeated.")
  private Map<String, String> options = new LinkedHashMap<>();

  boolean isGiven() {
    return name.isPresent();
  }

  /** The engine that is asked for. */
  QuantumEngine choose(Services services, CommandSpec spec) {
    if (name.isEmpty() && !options.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(), "--engine-option goes with --engine, which says whose option it is");
    }
    return services.get(Composer.class).engine(name, options);
  }
}
