package org.ketloom.engine.statevector;

import java.util.Map;
import java.util.Objects;
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
 * Exact simulation of a batch of state vectors, with adjoint gradients, in double precision or, for
 * a program that asks for it, in single precision. A program keeps working after its engine was
 * stopped, on the thread that calls it.
 */
@Component(
    service = QuantumEngine.class,
    property = {
      Part.NAME + "=statevector",
      Part.DESCRIPTION + "=exact state vectors, all samples of a batch at once, adjoint gradients"
    })
@Designate(ocd = StateVectorEngine.Config.class)
public final class StateVectorEngine implements QuantumEngine {

  /** Settings of the engine. */
  @ObjectClassDefinition(name = "Ketloom state vector engine")
  public @interface Config {
    /** Threads that work on a call, its own included; 0 for one per processor. */
    @AttributeDefinition(description = "threads that work on a call; 0 for one per processor")
    int threads() default 0;
  }

  /** The longest Java array holds a state of {@code 2^29} amplitudes. */
  private static final int MAX_WIRES = 29;

  /** From here on a block of several samples is larger than the cache of a core. */
  private static final int MIN_WIRES_OF_A_BLOCK = 13;

  /** From here on threads that share the work on a state gain more than they wait. */
  private static final int MIN_WIRES_TO_SLICE = 16;

  private final WorkerPool workerPool;
  private final Map<Precision, Arithmetic> arithmetics;
  private final int largeFrom;
  private final int slicedFrom;

  /** An engine outside of a container, with a thread per processor. */
  public StateVectorEngine() {
    this(0, Arithmetic.best(), MIN_WIRES_OF_A_BLOCK, MIN_WIRES_TO_SLICE);
  }

  /** Starts the engine's threads. */
  @Activate
  public StateVectorEngine(Config config) {
    this(config.threads(), Arithmetic.best(), MIN_WIRES_OF_A_BLOCK, MIN_WIRES_TO_SLICE);
  }

  /**
   * Starts the engine's threads.
   *
   * @param threads threads that work on a call, its own included; 0 for one per processor
   * @param largeFrom number of wires, at least 3, from which on each sample is a block of its own
   * @param slicedFrom number of wires, at least as many, from which on threads share a sample
   * @throws IllegalArgumentException if {@code threads} is negative
   */
  StateVectorEngine(
      int threads, Map<Precision, Arithmetic> arithmetics, int largeFrom, int slicedFrom) {
    if (threads < 0) {
      throw new IllegalArgumentException(
          "the engine's option threads is "
              + threads
              + ", expected 0 (one per processor) or a positive number");
    }
    this.arithmetics = arithmetics;
    this.largeFrom = largeFrom;
    this.slicedFrom = slicedFrom;
    this.workerPool =
        new WorkerPool(threads == 0 ? Runtime.getRuntime().availableProcessors() : threads);
  }

  /** Ends the engine's threads. */
  @Deactivate
  void close() {
    workerPool.close();
  }

  @Override
  public Program compile(Circuit circuit) {
    return compile(circuit, Precision.DOUBLE);
  }

  @Override
  public Program compile(Circuit circuit, Precision precision) {
    circuit.requirePure("engine \"statevector\"");
    return ProductAngles.compile(circuit, precision, this::compileWithoutProducts);
  }

  private Program compileWithoutProducts(Circuit circuit, Precision precision) {
    Arithmetic arithmetic = arithmetic(precision);
    Layout layout =
        circuit.wires() < largeFrom
            ? Layout.ofSamples(circuit.wires())
            : Layout.ofAmplitudes(circuit.wires());
    checkMemory(layout, arithmetic.storage().bytes(), Runtime.getRuntime().maxMemory());
    return new StateVectorProgram(
        new CircuitCompiler(circuit, arithmetic, layout).compile(),
        this,
        arithmetic(Precision.DOUBLE),
        workerPool,
        circuit.wires() >= slicedFrom);
  }

  private Arithmetic arithmetic(Precision precision) {
    return Objects.requireNonNull(arithmetics.get(precision), "each precision has its arithmetic");
  }

  /** A block's state and its adjoint are the least that a call needs. */
  static void checkMemory(Layout layout, int bytes, long heap) {
    int wires = layout.wires();
    double needed = 2 * Math.pow(2, wires) * layout.samples() * 2 * bytes;
    if (wires > MAX_WIRES || needed > heap) {
      throw new IllegalArgumentException(
          "a circuit of "
              + wires
              + " wires needs about "
              + ExecutionPlan.size(needed)
              + " for the smallest batch; the heap has "
              + ExecutionPlan.size((double) heap)
              + " and the engine takes at most "
              + MAX_WIRES
              + " wires; use fewer wires, or a larger heap (-Xmx, for ketloom"
              + " KETLOOM_JAVA_OPTS=-Xmx8g)");
    }
  }

  @Override
  public String toString() {
    return "state vectors, "
        + arithmetic(Precision.DOUBLE).kernels().getClass().getSimpleName()
        + ", a sample a block from "
        + largeFrom
        + " wires on";
  }
}
