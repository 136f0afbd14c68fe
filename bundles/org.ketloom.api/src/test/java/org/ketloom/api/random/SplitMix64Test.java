package org.ketloom.api.random;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;

/**
 * The numbers that stored runs were made with, taken from java.util.SplittableRandom and
 * java.util.random.RandomGenerator of JDK 17.
 */
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
    assertEquals(-8701769918701823367L, hash(42, 1_000_000, SplitMix64::nextGaussian));
    SplitMix64 random = new SplitMix64(7);
    assertEquals(3 + 2 * 0x1.67948c2b89917p-1, random.nextGaussian(3, 2));
    assertEquals(3, random.nextGaussian(3, 0));
    assertThrows(IllegalArgumentException.class, () -> random.nextGaussian(0, -1));
  }

  /** 2831 of the normal ones are in the tail, 5256 of the exponential ones, six of them twice. */
  @Test
  void tails() {
    assertEquals(-6668581325982342993L, hash(2017, 10_000_000, SplitMix64::nextGaussian));
    assertEquals(7062082758660828168L, hash(2018, 10_000_000, SplitMix64::nextExponential));
  }

  /** Numbers for which JDK 19 and later take fewer bits, or round otherwise. */
  @Test
  void numbersAreThoseOfJdk17WhereNewerOnesDiffer() {
    SplitMix64 tail = new SplitMix64(4867667);
    assertEquals(0x1.d64727f768641p1, tail.nextGaussian());
    assertEquals(-1119148615747317153L, tail.nextLong());
    assertEquals(-0.999865980816457, new SplitMix64(-1963571186106402479L).nextGaussian());
    assertEquals(0.9984390412364428, new SplitMix64(4781192333537210473L).nextGaussian());
  }

  private static long hash(long seed, int count, ToDoubleFunction<SplitMix64> draw) {
    SplitMix64 random = new SplitMix64(seed);
    long hash = 0;
    for (int i = 0; i < count; i++) {
      hash = 31 * hash + Double.doubleToLongBits(draw.applyAsDouble(random));
    }
    return hash;
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
    assertArrayEquals(other.doubles(50, -3, 7).toArray(), own.doubles(50, -3, 7).toArray());
    assertThrows(IllegalArgumentException.class, () -> own.nextInt(0));
    assertThrows(IllegalArgumentException.class, () -> own.nextInt(5, 5));
    assertThrows(IllegalArgumentException.class, () -> own.nextDouble(5, 5));
    assertThrows(IllegalArgumentException.class, () -> own.nextDouble(0, Double.NaN));
  }
}
