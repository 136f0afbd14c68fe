package org.ketloom.itests.benchmarks;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.engine.Direction;
import org.ketloom.api.engine.Evaluation;
import org.ketloom.api.engine.Gradients;
import org.ketloom.api.engine.Inputs;
import org.ketloom.api.engine.Precision;
import org.ketloom.api.engine.Program;
import org.ketloom.api.engine.QuantumEngine;
import org.ketloom.engine.densitymatrix.DensityMatrixEngine;
import org.ketloom.engine.statevector.StateVectorEngine;
import org.ketloom.engine.trajectories.TrajectoryEngine;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/** The engine on one workload. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class EngineBenchmark {

  /** Name of a {@link Workload}. */
  @Param("w1-4")
  public String workload;

  /** Threads that the engine works with. */
  @Param("1")
  public int threads;

  /** Name of the precision of the states. */
  @Param("DOUBLE")
  public String precision;

  /** One circuit of the workload, ready to run in memory that is used again and again. */
  private record Prepared(
      Program program,
      Inputs inputs,
      double[] cotangents,
      Direction direction,
      double[] values,
      Evaluation evaluation,
      Gradients gradients) {

    static Prepared of(
        Workload workload, Circuit circuit, QuantumEngine engine, Precision precision) {
      Program program = engine.compile(circuit, precision);
      Inputs inputs = workload.inputs(circuit);
      return new Prepared(
          program,
          inputs,
          workload.cotangents(circuit),
          workload.direction(circuit),
          new double[workload.batch() * circuit.outputs()],
          program.evaluate(inputs),
          Gradients.zeros(circuit, workload.batch()));
    }
  }

  private List<Prepared> prepared;

  /** Is made by the benchmark harness. */
  public EngineBenchmark() {}

  /** Compiles the circuits. */
  @Setup
  public void setUp() {
    Workload chosen = Workload.named(workload);
    QuantumEngine engine = engine(chosen.engine(), threads);
    Precision ofStates = Precision.valueOf(precision);
    prepared =
        chosen.circuits().stream().map(c -> Prepared.of(chosen, c, engine, ofStates)).toList();
  }

  /** Values alone. */
  @Benchmark
  public void values(Blackhole hole) {
    for (Prepared p : prepared) {
      p.program.values(p.inputs, p.values);
      hole.consume(p.values);
    }
  }

  /** Values, and the gradients of everything that the circuit reads for one cotangent a value. */
  @Benchmark
  public void vjp(Blackhole hole) {
    for (Prepared p : prepared) {
      p.evaluation.update(p.inputs);
      p.evaluation.vjp(p.cotangents, p.gradients);
      hole.consume(p.gradients);
    }
  }

  /** The product of the Hessian with a vector, for the same cotangents. */
  @Benchmark
  public void hvp(Blackhole hole) {
    for (Prepared p : prepared) {
      hole.consume(p.program.secondOrder().hvp(p.inputs, p.cotangents, p.direction));
    }
  }

  /** The engine of pure states with its default settings but for the threads. */
  static QuantumEngine engine(int threads) {
    return new StateVectorEngine(settings(StateVectorEngine.Config.class, threads));
  }

  private static QuantumEngine engine(Workload.Engine engine, int threads) {
    return switch (engine) {
      case STATE_VECTOR -> engine(threads);
      case DENSITY_MATRIX ->
          new DensityMatrixEngine(settings(DensityMatrixEngine.Config.class, threads));
      case TRAJECTORIES -> new TrajectoryEngine(engine(threads), Workload.TRAJECTORIES, 0);
    };
  }

  private static <T> T settings(Class<T> type, int threads) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (proxy, method, arguments) ->
                method.getName().equals("threads") ? threads : method.getDefaultValue()));
  }
}
