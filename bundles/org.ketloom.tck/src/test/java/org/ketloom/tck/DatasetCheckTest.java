package org.ketloom.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.ketloom.api.data.Dataset;
import org.ketloom.api.data.DatasetProvider;
import org.ketloom.api.data.ImageBatch;
import org.ketloom.api.data.ImageShape;
import org.ketloom.api.random.SplitMix64;
import org.ketloom.engine.statevector.StateVectorEngine;

/** Shades of grey, well and with one fault at a time. */
class DatasetCheckTest {

  /** What a data set may do wrong, and how the finding begins. */
  enum Fault {
    NONE(""),
    NO_FILE("exception: TRAIN can't be opened, which the check needs: shades.bin is missing"),
    EMPTY("shape: TRAIN has 0 images"),
    OTHER_TEST_SHAPE("shape: shapes of TRAIN and TEST"),
    SAME_SPLITS("shape: TRAIN and TEST are the same images"),
    NO_FINGERPRINT("repeatable: the fingerprint of TRAIN is nothing"),
    OPENED_OTHERWISE("repeatable: the fingerprint of TRAIN changes"),
    LABEL("shape: image 3 of TRAIN has label 2"),
    RANGE("finite: image 2 of TRAIN has value 1.5 at place 3"),
    NOT_A_NUMBER("finite: image 2 of TRAIN has value NaN at place 3"),
    RESTLESS("repeatable: the images of TRAIN differ"),
    ANY_PLACE("exception: get(40) of a data set of 40 images"),
    RESTLESS_BATCHES("repeatable: the batches of an epoch"),
    RESUMED_AT_START("repeatable: a resumed epoch"),
    NOT_SHUFFLED("repeatable: epochs 0 and 1"),
    ENDLESS("shape: batches after the last one");

    private final String finding;

    Fault(String finding) {
      this.finding = finding;
    }
  }

  private record Shades(Fault fault, AtomicInteger opened) implements DatasetProvider {
    @Override
    public Dataset open(Split split) throws IOException {
      if (fault == Fault.NO_FILE) {
        throw new FileNotFoundException("shades.bin is missing");
      }
      int number = opened.incrementAndGet();
      boolean train = split == Split.TRAIN;
      return new Images(
          fault,
          train ? 40 : 12,
          train || fault != Fault.OTHER_TEST_SHAPE ? 2 : 3,
          fault == Fault.OPENED_OTHERWISE ? number : 0);
    }
  }

  private static final class Images implements Dataset {
    private final Fault fault;
    private final int size;
    private final ImageShape shape;
    private final int version;
    private int asked;

    Images(Fault fault, int size, int width, int version) {
      this.fault = fault;
      this.size = fault == Fault.EMPTY ? 0 : size;
      this.shape = new ImageShape(1, 2, width);
      this.version = version;
    }

    @Override
    public int size() {
      return size;
    }

    @Override
    public ImageShape shape() {
      return shape;
    }

    @Override
    public List<String> classes() {
      return List.of("dark", "bright");
    }

    @Override
    public String fingerprint() {
      return switch (fault) {
        case NO_FINGERPRINT -> "nothing";
        case SAME_SPLITS -> "a".repeat(64);
        default -> "%064x".formatted(size * 100L + version);
      };
    }

    @Override
    public ImageBatch get(int... indices) {
      float[] pixels = new float[indices.length * shape.size()];
      int[] labels = new int[indices.length];
      for (int i = 0; i < indices.length; i++) {
        if (indices[i] < 0 || indices[i] >= size && fault != Fault.ANY_PLACE) {
          throw new IndexOutOfBoundsException("place " + indices[i]);
        }
        labels[i] = fault == Fault.LABEL && indices[i] == 3 ? 2 : indices[i] % 2;
        for (int k = 0; k < shape.size(); k++) {
          boolean odd = indices[i] == 2 && k == 3;
          pixels[i * shape.size() + k] =
              odd && fault == Fault.RANGE
                  ? 1.5f
                  : odd && fault == Fault.NOT_A_NUMBER
                      ? Float.NaN
                      : (indices[i] - 20) / 25f + k / 100f;
        }
      }
      if (fault == Fault.RESTLESS) {
        pixels[0] = asked++ / 100f;
      }
      return new ImageBatch(shape, pixels, labels);
    }

    @Override
    public Batches batches(int batchSize, long seed, int epoch, int firstBatch) {
      SplitMix64 random = new SplitMix64(fault == Fault.NOT_SHUFFLED ? seed : seed + epoch);
      if (fault == Fault.RESTLESS_BATCHES) {
        random = new SplitMix64(asked++);
      }
      List<Integer> order = new ArrayList<>(IntStream.range(0, size).boxed().toList());
      for (int i = size - 1; i > 0; i--) {
        order.set(i, order.set(random.nextInt(i + 1), order.get(i)));
      }
      int end = batchesPerEpoch(batchSize) + (fault == Fault.ENDLESS ? 1 : 0);
      return new Batches() {
        private int next = fault == Fault.RESUMED_AT_START && firstBatch == 1 ? 0 : firstBatch;

        @Override
        public boolean hasNext() {
          return next < end;
        }

        @Override
        public ImageBatch next() {
          int from = next++ * batchSize;
          return get(
              IntStream.range(from, from + batchSize).map(i -> order.get(i % size)).toArray());
        }

        @Override
        public void close() {
          // Nothing is prepared.
        }
      };
    }
  }

  @ParameterizedTest
  @EnumSource
  void eachFaultIsFound(Fault fault) {
    List<Finding> findings =
        new Conformance(new StateVectorEngine()).checkData(new Shades(fault, new AtomicInteger()));
    assertEquals(fault == Fault.NONE ? 0 : 1, findings.size(), findings::toString);
    findings.forEach(
        finding -> assertTrue(finding.toString().startsWith(fault.finding), finding::toString));
  }
}
