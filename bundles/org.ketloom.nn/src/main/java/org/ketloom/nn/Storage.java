package org.ketloom.nn;

import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Counted memory behind variables. The views of it, one per shape, are kept: making one costs as
 * much as a small operation, and every step asks for the same shapes again.
 */
final class Storage {
  private static final int MAX_VIEWS = 16;

  private final @Nullable ArrayPool pool;
  private final INDArray memory;
  private final List<INDArray> views = new ArrayList<>(4);
  private @Nullable FloatBuffer floats;
  private int references;

  /**
   * Memory of a pool, or, without one, memory that somebody else owns and that is never released.
   */
  Storage(@Nullable ArrayPool pool, INDArray memory) {
    this.pool = pool;
    this.memory = memory;
  }

  long length() {
    return memory.length();
  }

  INDArray memory() {
    return memory;
  }

  INDArray view(long[] shape) {
    for (INDArray view : views) {
      if (Arrays.equals(view.shape(), shape)) {
        return view;
      }
    }
    INDArray view =
        Nd4j.create(memory.data(), shape, Shapes.strides(shape), 0, 'c', memory.dataType());
    if (views.size() == MAX_VIEWS) {
      views.remove(0);
    }
    views.add(view);
    return view;
  }

  /**
   * The numbers as a buffer, from the first one on.
   *
   * @throws IllegalStateException if they aren't in single precision
   */
  FloatBuffer floats() {
    if (floats == null) {
      if (memory.dataType() != DataType.FLOAT) {
        throw new IllegalStateException(memory.dataType() + " numbers can't be read as FLOAT");
      }
      FloatPointer pointer = new FloatPointer(memory.data().addressPointer());
      floats = pointer.position(0).capacity(length()).asByteBuffer().asFloatBuffer();
    }
    return floats;
  }

  Storage retain() {
    references++;
    return this;
  }

  void release() {
    if (--references == 0 && pool != null) {
      pool.giveBack(this);
    }
  }

  /** Whether nobody but the only holder can see a change of the values. */
  boolean exclusive() {
    return references == 1 && pool != null;
  }
}
