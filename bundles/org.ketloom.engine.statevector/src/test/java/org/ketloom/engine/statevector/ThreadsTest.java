package org.ketloom.engine.statevector;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.engine.Evaluation;
import org.ketloom.api.engine.Gradients;
import org.ketloom.api.engine.Inputs;
import org.ketloom.api.engine.Program;

/** Results are the same bits for any number of threads, and any number of callers. */
class ThreadsTest {

  @ParameterizedTest
  @CsvSource({
    // batch, wires, blocks of one sample from, slices from
    "1, 4, 13, 16",
    "7, 4, 13, 16",
    "8, 4, 13, 16",
    "9, 4, 13, 16",
    "64, 4, 13, 16",
    "700, 4, 13, 16",
    "1, 4, 3, 16",
    "64, 4, 3, 16",
    "70, 4, 3, 16",
    "3, 5, 3, 3",
    "2, 9, 3, 3",
    "1, 16, 12, 16"
  })
  void sameBitsForAnyNumberOfThreads(int batch, int wires, int largeFrom, int slicedFrom) {
    Random random = new Random(batch);
    Circuit circuit = RandomCircuits.circuit(wires, 50, random);
    Inputs inputs = RandomCircuits.inputs(circuit, batch, random);
    double[] cotangents = RandomCircuits.gaussian(batch * circuit.outputs(), random);
    StateVectorEngine one = new StateVectorEngine(1, Arithmetic.best(), largeFrom, slicedFrom);
    Evaluation expected = one.compile(circuit).evaluate(inputs);
    Gradients gradients = expected.vjp(cotangents);
    for (int threads = 2; threads <= 3; threads++) {
      StateVectorEngine several =
          new StateVectorEngine(threads, Arithmetic.best(), largeFrom, slicedFrom);
      Program program = several.compile(circuit);
      for (int round = 0; round < 3; round++) {
        Evaluation found = program.evaluate(inputs);
        assertArrayEquals(expected.outputs(), found.outputs());
        assertArrayEquals(expected.outputs(), program.values(inputs));
        assertSameBits(gradients, found.vjp(cotangents));
        assertSameBits(gradients, found.vjp(cotangents));
        found.update(inputs);
        assertArrayEquals(expected.outputs(), found.outputs());
        assertSameBits(gradients, found.vjp(cotangents));
      }
      several.close();
    }
    one.close();
  }

  @Test
  void aFaultInATaskReachesTheCallerAndTheNextJobRuns() {
    WorkerPool workerPool = new WorkerPool(3);
    for (int round = 0; round < 200; round++) {
      IllegalStateException thrown =
          assertThrows(
              IllegalStateException.class,
              () ->
                  workerPool.run(
                      20,
                      i -> {
                        if (i == 7) {
                          throw new IllegalStateException("task 7");
                        }
                      }));
      assertEquals("task 7", thrown.getMessage());
      AtomicInteger sum = new AtomicInteger();
      workerPool.run(100, sum::addAndGet);
      assertEquals(4950, sum.get());
    }
    workerPool.close();
  }

  /** Interpreted at first, compiled later. */
  @ParameterizedTest
  @ValueSource(ints = {3, 13})
  void sameBitsHoweverOftenItRan(int largeFrom) {
    Random random = new Random(largeFrom);
    Circuit circuit = RandomCircuits.circuit(4, 50, random);
    Inputs inputs = RandomCircuits.inputs(circuit, 9, random);
    double[] cotangents = RandomCircuits.gaussian(9 * circuit.outputs(), random);
    StateVectorEngine engine = new StateVectorEngine(1, Arithmetic.best(), largeFrom, 16);
    Program program = engine.compile(circuit);
    Evaluation first = program.evaluate(inputs);
    Gradients gradients = first.vjp(cotangents);
    for (int round = 0; round < 4000; round++) {
      Evaluation found = program.evaluate(inputs);
      assertArrayEquals(first.outputs(), found.outputs());
      assertSameBits(gradients, found.vjp(cotangents));
    }
    engine.close();
  }

  @Test
  void severalCallersAtOnce() throws Exception {
    Random random = new Random(5);
    Circuit circuit = RandomCircuits.circuit(4, 40, random);
    StateVectorEngine engine = new StateVectorEngine(2, Arithmetic.best(), 13, 16);
    Program program = engine.compile(circuit);
    ExecutorService callers = Executors.newFixedThreadPool(4);
    List<Future<?>> calls = new ArrayList<>();
    for (int c = 0; c < 8; c++) {
      Inputs inputs = RandomCircuits.inputs(circuit, 20 + c, random);
      double[] cotangents = RandomCircuits.gaussian((20 + c) * circuit.outputs(), random);
      Gradients expected = program.evaluate(inputs).vjp(cotangents);
      for (int round = 0; round < 5; round++) {
        calls.add(
            callers.submit(
                () -> assertSameBits(expected, program.evaluate(inputs).vjp(cotangents))));
      }
    }
    for (Future<?> call : calls) {
      call.get();
    }
    callers.shutdown();
    engine.close();
  }

  @Test
  void aProgramOutlivesItsEngine() {
    Random random = new Random(6);
    Circuit circuit = RandomCircuits.circuit(3, 20, random);
    Inputs inputs = RandomCircuits.inputs(circuit, 30, random);
    StateVectorEngine engine = new StateVectorEngine(2, Arithmetic.best(), 13, 16);
    Program program = engine.compile(circuit);
    double[] expected = program.values(inputs);
    engine.close();
    assertArrayEquals(expected, program.values(inputs));
  }

  private static void assertSameBits(Gradients expected, Gradients found) {
    assertArrayEquals(expected.features(), found.features());
    assertArrayEquals(expected.weights(), found.weights());
    assertArrayEquals(expected.sampleAngles(), found.sampleAngles());
    assertArrayEquals(expected.hermitianEntries(), found.hermitianEntries());
  }
}
