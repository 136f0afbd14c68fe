package org.ketloom.api.random;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The numbers that stored runs were made with, taken from java.util.SplittableRandom of JDK 17. */
class SplitMix64Test {

  @Test
  void uniformNumbers() {
    SplitMix64 random = new SplitMix64(7);
    assertEquals(0x63cbe1e459320dd7L, random.nextLong());
    assertEquals(0x44c3cd7f43c661cL, random.nextLong());
    assertEquals(0xe6984080bab12a02L, random.nextLong());
    assertEquals(986973043, random.nextInt());
    assertEquals(-1977894885, random.nextInt());
    assertEquals(1054000215, random.nextInt());
    int[] bounded = new int[7];
    for (int i = 0; i < bounded.length; i++) {
      bounded[i] = i < 4 ? random.nextInt(10) : random.nextInt(-3, 4);
    }
    assertArrayEquals(new int[] {1, 9, 4, 4, 1, 3, 0}, bounded);
    assertEquals(0x1.be1f32494602cp-1, random.nextDouble());
    assertEquals(0x1.ba5f365a16be2p-1, random.nextDouble());
    assertEquals(0x1.99cc8p-2f, random.nextFloat());
    assertEquals(0x1.9f9488p-3f, random.nextFloat());
  }

  /** A million, with some of the tail beyond 3.6: a JVM with another algorithm fails here. */
  @Test
  void normalNumbers() {
    SplitMix64 first = new SplitMix64(7);
    double[] found = new double[6];
    for (int i = 0; i < found.length; i++) {
      found[i] = first.nextGaussian();
    }
    assertArrayEquals(
        new double[] {
          0x1.67948c2b89917p-1,
          0x1.4f54397c9d5aep-4,
          -0x1.4fcd7ea01854dp-1,
          -0x1.ac7de6d59a41ep-1,
          0x1.94723a730cc27p-1,
          0x1.526cfe8935821p0
        },
        found);
    SplitMix64 random = new SplitMix64(42);
    long hash = 0;
    for (int i = 0; i < 1_000_000; i++) {
      hash = 31 * hash + Double.doubleToLongBits(random.nextGaussian());
    }
    assertEquals(-8701769918701823367L, hash);
  }

  @Test
  void everyBoundGivesWhatTheJdkGave() {
    SplitMix64 own = new SplitMix64(3);
    SplittableRandom other = new SplittableRandom(3);
    for (int bound : new int[] {1, 2, 3, 16, 1000, (1 << 30) + 1, Integer.MAX_VALUE}) {
      for (int i = 0; i < 200; i++) {
        assertEquals(other.nextInt(bound), own.nextInt(bound));
        assertEquals(other.nextInt(-bound / 2, bound), own.nextInt(-bound / 2, bound));
      }
    }
    assertArrayEquals(other.doubles(50).toArray(), own.doubles(50).toArray());
    assertThrows(IllegalArgumentException.class, () -> own.nextInt(0));
    assertThrows(IllegalArgumentException.class, () -> own.nextInt(5, 5));
  }
}
