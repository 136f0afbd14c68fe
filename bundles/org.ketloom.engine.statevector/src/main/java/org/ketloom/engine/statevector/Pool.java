package org.ketloom.engine.statevector;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Supplier;

/** Buffers that are used again by later calls. Safe for use by several threads. */
final class Pool<T> {
  private final Deque<T> free = new ArrayDeque<>();
  private final Supplier<T> maker;

  Pool(Supplier<T> maker) {
    this.maker = maker;
  }

  T take() {
    synchronized (free) {
      T item = free.pollLast();
      if (item != null) {
        return item;
      }
    }
    return maker.get();
  }

  void give(T item) {
    synchronized (free) {
      free.addLast(item);
    }
  }
}
