package org.ketloom.engine.densitymatrix;

import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.engine.ExecutionPlan;
import org.ketloom.api.engine.Precision;
import org.ketloom.api.engine.ProductAngles;
import org.ketloom.api.engine.Program;
import org.ketloom.api.engine.QuantumEngine;
import org.ketloom.api.part.Part;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/**
 * Exact simulation of a batch of density matrices: noise, measurements, resets and post-selections,
 * with adjoint gradients through all of them. A program keeps working after its engine was stopped,
 * on the thread that calls it.
 */
@Component(
    service = QuantumEngine.class,
    property = {
      Part.NAME + "=density-matrix",
      Part.DESCRIPTION + "=exact density matrices: noise, measurement and reset, adjoint gradients",
      "service.ranking:Integer=-10"
    })
@Designate(ocd = DensityMatrixEngine.Config.class)
public final class DensityMatrixEngine implements QuantumEngine {
  /** The longest Java array holds a block of {@code 4^13} coefficients of 8 samples. */
  private static final int MAX_WIRES = 13;

  /** Settings of the engine. */
  @ObjectClassDefinition(name = "Ketloom density matrix engine")
  public @interface Config {
    /** Threads that work on a call; 0 for one per processor. */
    @AttributeDefinition(description = "threads that work on a call; 0 for one per processor")
    int threads() default 0;
  }

  private final Workers workers;
  private final Kernels kernels;

  /** An engine outside of a container, with a thread per processor. */
  public DensityMatrixEngine() {
    this(0, best());
  }

  /** Starts the engine's threads. */
  @Activate
  public DensityMatrixEngine(Config config) {
    this(config.threads(), best());
  }

  /**
   * Starts the engine's threads.
   *
   * @param threads threads that work on a call; 0 for one per processor
   * @throws IllegalArgumentException if {@code threads} is negative
   */
  DensityMatrixEngine(int threads, Kernels kernels) {
    if (threads < 0) {
      throw new IllegalArgumentException(
          "the engine's option threads is "
              + threads
              + ", expected 0 (one per processor) or a positive number");
    }
    this.workers = new Workers(threads == 0 ? Runtime.getRuntime().availableProcessors() : threads);
    this.kernels = kernels;
  }

  /**
   * On the Vector API where it is there and fast, plain elsewhere, and where system property {@code
   * ketloom.kernels} is {@code plain}.
   */
  static Kernels best() {
    if (!"plain".equals(System.getProperty("ketloom.kernels"))) {
      try {
        return Class.forName(Kernels.class.getPackageName() + ".VectorKernels")
            .asSubclass(Kernels.class)
            .getDeclaredConstructor()
            .newInstance();
      } catch (ReflectiveOperationException | LinkageError e) {
        System.getLogger(DensityMatrixEngine.class.getName())
            .log(
                System.Logger.Level.DEBUG,
                "the density matrix engine runs plain kernels, several times slower",
                e);
      }
    }
    return new PlainKernels();
  }

  /** Ends the engine's threads. */
  @Deactivate
  void close() {
    workers.close();
  }

  @Override
  public Program compile(Circuit circuit) {
    requireMemory(circuit.wires(), Runtime.getRuntime().maxMemory());
    return ProductAngles.compile(
        circuit,
        Precision.DOUBLE,
        (plain, precision) ->
            new DensityMatrixProgram(new Compiler(plain, kernels).compile(), workers));
  }

  /** A block and its adjoint are the least that a call needs. */
  static void requireMemory(int wires, long heap) {
    double needed = 2 * Math.pow(4, wires) * Kernels.LANES * Double.BYTES;
    if (wires > MAX_WIRES || needed > heap) {
      throw new IllegalArgumentException(
          "density matrices of "
              + wires
              + " wires need about "
              + ExecutionPlan.size(needed)
              + " for the smallest batch; the heap has "
              + ExecutionPlan.size((double) heap)
              + " and the engine takes at most "
              + MAX_WIRES
              + " wires; use fewer wires, an engine of trajectories, or a larger heap (-Xmx, for"
              + " ketloom KETLOOM_JAVA_OPTS=-Xmx8g)");
    }
  }

  @Override
  public String toString() {
    return "density matrices, " + kernels.describe();
  }
}
