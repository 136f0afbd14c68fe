package org.ketloom.engine.densitymatrix;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.ketloom.api.engine.Gradients;
import org.ketloom.engine.densitymatrix.RandomCircuits.Sample;
import org.ketloom.engine.densitymatrix.RandomCircuits.StartKind;

class MemoryPlanTest {
  private static final int BATCH = 19;

  private final Sample sample = RandomCircuits.of(2, 80, BATCH, StartKind.ZEROS, new Random(4));
  private final Compiler.Plan plan = new Compiler(sample.circuit(), new PlainKernels()).compile();

  @Test
  void keepsWhatFits() {
    int kept = plan.kept().count();
    assertTrue(kept > 8, kept + " kept");
    long block = MemoryPlan.blockBytes(plan);
    assertEquals(16 * 8 * 8, block);
    long all = 4 * (kept + 1L) * 3 * block;
    assertTrue(MemoryPlan.of(plan, 3, 2, all).keepsAll());
    MemoryPlan again = MemoryPlan.of(plan, 3, 1, all - 1);
    assertFalse(again.keepsAll());
    assertEquals(kept, again.segment());
    MemoryPlan segments = MemoryPlan.of(plan, 3, 1, 4 * kept * block);
    assertEquals((int) Math.ceil(Math.sqrt(kept)), segments.segment());
    assertTrue(segments.workerBlocks() < 4 + 2 * segments.segment() + 1);
    assertEquals(segments.workerBlocks() * 2.0 * block, segments.bytes(2));
  }

  /** Whatever is kept, and however many threads work: the same bits. */
  @Test
  void allPlansGiveTheSameGradients() {
    double[] cotangents =
        new Random(1).doubles((long) BATCH * sample.circuit().outputs(), -1, 1).toArray();
    Gradients expected = sweep(1, Long.MAX_VALUE, cotangents);
    long block = MemoryPlan.blockBytes(plan);
    for (int threads : new int[] {1, 3}) {
      for (long heap : new long[] {Long.MAX_VALUE, 4 * 3 * (plan.kept().count() + 1) * block, 1}) {
        Gradients found = sweep(threads, heap, cotangents);
        assertArrayEquals(expected.features(), found.features());
        assertArrayEquals(expected.weights(), found.weights());
        assertArrayEquals(expected.sampleAngles(), found.sampleAngles());
        assertArrayEquals(expected.hermitianEntries(), found.hermitianEntries());
      }
    }
  }

  private Gradients sweep(int threads, long heap, double[] cotangents) {
    try (Workers workers = new Workers(threads)) {
      Execution execution = new Execution(plan, workers, new ConcurrentLinkedQueue<>(), heap);
      double[] outputs = new double[BATCH * sample.circuit().outputs()];
      execution.evaluate(sample.inputs(), outputs);
      Gradients gradients = Gradients.zeros(sample.circuit(), BATCH);
      execution.sweep(cotangents, gradients);
      return gradients;
    }
  }
}
