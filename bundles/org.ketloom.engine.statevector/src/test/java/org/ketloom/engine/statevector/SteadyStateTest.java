package org.ketloom.engine.statevector;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.engine.Evaluation;
import org.ketloom.api.engine.Gradients;
import org.ketloom.api.engine.Inputs;
import org.ketloom.api.engine.Precision;
import org.ketloom.api.engine.Program;

/** What a training loop costs that uses its evaluation again. */
class SteadyStateTest {
  private static final int BYTES_PER_CALL = 1000;
  private static final int CALLS = 50;
  private static final int MAX_ROUNDS = 40;

  /** With the plain kernels: what the compiler makes of vectors is its own affair, and slower. */
  @ParameterizedTest
  @CsvSource({
    "1, 4, 13, 16, 20, DOUBLE",
    "2, 4, 13, 16, 20, DOUBLE",
    "2, 5, 3, 16, 6, DOUBLE",
    "2, 7, 3, 6, 2, DOUBLE",
    "2, 4, 13, 16, 20, SINGLE",
    "2, 7, 3, 6, 2, SINGLE"
  })
  void nothingIsAllocated(
      int threads, int wires, int largeFrom, int slicedFrom, int batch, Precision precision) {
    Random random = new Random(wires);
    Circuit circuit = RandomCircuits.circuit(wires, 40, random);
    Inputs inputs = RandomCircuits.inputs(circuit, batch, random);
    double[] cotangents = RandomCircuits.gaussian(batch * circuit.outputs(), random);
    StateVectorEngine engine =
        new StateVectorEngine(threads, Arithmetic.plain(), largeFrom, slicedFrom);
    Program program = engine.compile(circuit, precision);
    Evaluation evaluation = program.evaluate(inputs);
    Gradients gradients = Gradients.zeros(circuit, batch);
    double[] outputs = new double[batch * circuit.outputs()];
    long least = Long.MAX_VALUE;
    // The first rounds fill the pools, and threads meet in new ways for a while.
    for (int round = 0; round < MAX_ROUNDS && least > BYTES_PER_CALL; round++) {
      long before = allocated();
      for (int call = 0; call < CALLS; call++) {
        program.values(inputs, outputs);
        evaluation.update(inputs);
        evaluation.vjp(cotangents, gradients);
      }
      least = Math.min(least, (allocated() - before) / CALLS);
    }
    engine.close();
    assertTrue(least <= BYTES_PER_CALL, least + " bytes per call");
  }

  /** By this thread and all of the engine's. */
  private static long allocated() {
    ThreadMXBean memory = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long[] all =
        Thread.getAllStackTraces().keySet().stream()
            .filter(
                t -> t == Thread.currentThread() || t.getName().startsWith("ketloom-statevector"))
            .mapToLong(Thread::getId)
            .toArray();
    return Arrays.stream(memory.getThreadAllocatedBytes(all)).sum();
  }

  @Test
  void anUpdateMayChangeTheBatch() {
    Random random = new Random(3);
    Circuit circuit = RandomCircuits.circuit(4, 30, random);
    StateVectorEngine engine = new StateVectorEngine(2, Arithmetic.best(), 13, 16);
    Program program = engine.compile(circuit);
    Evaluation evaluation = program.evaluate(RandomCircuits.inputs(circuit, 30, random));
    Inputs inputs = RandomCircuits.inputs(circuit, 11, random);
    double[] cotangents = RandomCircuits.gaussian(11 * circuit.outputs(), random);
    evaluation.update(inputs);
    Evaluation expected = program.evaluate(inputs);
    assertEquals(Arrays.toString(expected.outputs()), Arrays.toString(evaluation.outputs()));
    RandomCircuitTest.assertGradients(
        expected.vjp(cotangents), evaluation.vjp(cotangents), "after an update");
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> evaluation.vjp(cotangents, Gradients.zeros(circuit, 12)))
            .getMessage();
    assertTrue(message.contains("features") && message.contains("11 samples x"), message);
    engine.close();
  }
}
