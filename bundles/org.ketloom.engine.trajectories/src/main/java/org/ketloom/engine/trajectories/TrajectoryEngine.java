package org.ketloom.engine.trajectories;

import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.engine.Precision;
import org.ketloom.api.engine.ProductAngles;
import org.ketloom.api.engine.Program;
import org.ketloom.api.engine.QuantumEngine;
import org.ketloom.api.engine.Shots;
import org.ketloom.api.part.Option;
import org.ketloom.api.part.Options;
import org.ketloom.api.part.Part;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/**
 * Circuits with channels by sampled trajectories of pure states: means over trajectories estimate
 * values and gradients without bias, in the memory of state vectors. Results depend on the seed and
 * the numbers of samples and trajectories alone.
 *
 * @param pure runs the trajectories
 * @param trajectories of each sample, at least 2
 * @param seed of the trajectories
 */
@Component(
    service = QuantumEngine.class,
    property = {
      Part.NAME + "=trajectories",
      Part.DESCRIPTION + "=noise by trajectories of state vectors, unbiased values and gradients",
      "service.ranking:Integer=-20"
    })
@Designate(ocd = TrajectoryEngine.Config.class)
public record TrajectoryEngine(
    QuantumEngine pure,
    @Option(value = "trajectories of each sample", range = "[2,)") int trajectories,
    @Option("seed of the trajectories") long seed)
    implements QuantumEngine {

  /** Settings of the engine. */
  @ObjectClassDefinition(name = "Ketloom trajectory engine")
  public @interface Config {
    /** Trajectories of each sample, at least 2. */
    @AttributeDefinition(description = "trajectories of each sample, at least 2")
    int trajectories() default 100;

    /** Seed of the trajectories. */
    @AttributeDefinition(description = "seed of the trajectories")
    long seed() default 0;
  }

  /** An engine that runs trajectories on an engine of state vectors. */
  @Activate
  public TrajectoryEngine(
      @Reference(target = "(" + Part.NAME + "=statevector)") QuantumEngine pure, Config config) {
    this(pure, config.trajectories(), config.seed());
  }

  /** Refuses fewer than 2 trajectories. */
  public TrajectoryEngine {
    shots(trajectories, seed);
  }

  static Shots shots(int count, long seed) {
    Options.require(count >= 2, "trajectories must be at least 2, for a standard error", count);
    return new Shots(count, seed);
  }

  @Override
  public Program compile(Circuit circuit) {
    return ProductAngles.compile(
        circuit,
        Precision.DOUBLE,
        (plain, precision) ->
            new TrajectoryProgram(
                new Unraveller(plain, pure, Kernels.best()).compile(), shots(trajectories, seed)));
  }

  @Override
  public String toString() {
    return "trajectories on " + pure;
  }
}
