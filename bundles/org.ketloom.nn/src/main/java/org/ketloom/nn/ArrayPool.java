package org.ketloom.nn;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.ketloom.nd4j.Nd4jBackend;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Memory that is used again and again, off the heap and on it. Fresh memory is dear (the system
 * hands it out page by page, which was measured to take a hundred times as long as filling it), so
 * that a training step must not ask for any.
 */
final class ArrayPool {
  private static final int MAX_LENGTHS = 256;

  private final DataType type;
  private final Map<Long, ArrayDeque<Storage>> free = new HashMap<>();
  private final List<INDArray> all = new ArrayList<>();
  private final Map<String, INDArray> constants = new HashMap<>();
  private final Map<Integer, Queue<float[]>> floats = new ConcurrentHashMap<>();
  private final Map<Integer, Queue<double[]>> doubles = new ConcurrentHashMap<>();
  private long bytes;

  ArrayPool(DataType type) {
    Backend.load();
    this.type = type;
  }

  /** Memory for at least so many values; what it holds is left over from its last use. */
  Storage take(long length) {
    long size = sizeClass(length);
    ArrayDeque<Storage> queue = free.get(size);
    if (queue != null && !queue.isEmpty()) {
      return queue.pop().retain();
    }
    return new Storage(this, allocate(size)).retain();
  }

  void giveBack(Storage storage) {
    free.computeIfAbsent(storage.length(), k -> new ArrayDeque<>()).push(storage);
  }

  /** A small array that is made once and kept. */
  INDArray constant(String key, java.util.function.Supplier<double[]> values, long... shape) {
    return constants.computeIfAbsent(
        key + "/" + Shapes.text(shape),
        k -> {
          INDArray array = allocate(Shapes.length(shape));
          Kernels.write(array, values.get());
          return array.reshape('c', shape);
        });
  }

  INDArray ones(long... shape) {
    return constant(
        "ones",
        () -> {
          double[] ones = new double[Math.toIntExact(Shapes.length(shape))];
          Arrays.fill(ones, 1);
          return ones;
        },
        shape);
  }

  /** An array on the heap, with values left over from its last use. For any thread. */
  float[] floats(int length) {
    Queue<float[]> queue = floats.get(length);
    float[] array = queue == null ? null : queue.poll();
    return array == null ? new float[length] : array;
  }

  /** As {@link #floats}. */
  double[] doubles(int length) {
    Queue<double[]> queue = doubles.get(length);
    double[] array = queue == null ? null : queue.poll();
    return array == null ? new double[length] : array;
  }

  double[] zeros(int length) {
    double[] zeros = doubles(length);
    Arrays.fill(zeros, 0);
    return zeros;
  }

  void giveBack(float[]... arrays) {
    forgetMany(floats);
    for (float[] array : arrays) {
      floats.computeIfAbsent(array.length, k -> new ConcurrentLinkedQueue<>()).offer(array);
    }
  }

  void giveBack(double[]... arrays) {
    forgetMany(doubles);
    for (double[] array : arrays) {
      doubles.computeIfAbsent(array.length, k -> new ConcurrentLinkedQueue<>()).offer(array);
    }
  }

  /** Steps ask for the same lengths; batches of ever other sizes must not fill the heap. */
  private static void forgetMany(Map<Integer, ?> byLength) {
    if (byLength.size() > MAX_LENGTHS) {
      byLength.clear();
    }
  }

  long bytes() {
    return bytes;
  }

  void close() {
    constants.clear();
    free.clear();
    floats.clear();
    doubles.clear();
    all.forEach(INDArray::close);
    all.clear();
    bytes = 0;
  }

  private INDArray allocate(long length) {
    Nd4jBackend.requireMemory(length * type.width(), "an array of the networks");
    INDArray array = Nd4j.createUninitialized(type, length);
    all.add(array);
    bytes += length * type.width();
    return array;
  }

  /** Eight classes between one power of two and the next: at most an eighth is wasted. */
  private static long sizeClass(long length) {
    if (length <= 64) {
      return 64;
    }
    long step = Long.highestOneBit(length - 1) / 8;
    return (length + step - 1) / step * step;
  }
}
