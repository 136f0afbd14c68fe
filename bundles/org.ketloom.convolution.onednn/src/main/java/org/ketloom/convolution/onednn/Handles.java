package org.ketloom.convolution.onednn;

import com.sun.jna.Native;
import java.util.ArrayDeque;
import java.util.Deque;

/** What was made in native memory, given back in the reverse order. */
final class Handles implements AutoCloseable {
  /** A function of oneDNN that makes something and writes its handle; gives its status. */
  @FunctionalInterface
  interface Maker {
    int make(long[] handle);
  }

  /** A function of oneDNN that gives something back; gives its status. */
  @FunctionalInterface
  interface Destroyer {
    int destroy(long handle);
  }

  private static final int LINE = 64;

  private final Deque<Runnable> made = new ArrayDeque<>();

  /**
   * Makes something.
   *
   * @param what in the message of a failure
   * @param destroyer gives it back
   * @throws IllegalStateException if it can't be made
   */
  long make(String what, Maker maker, Destroyer destroyer) {
    long[] handle = new long[1];
    OneDnn.check(what, maker.make(handle));
    made.push(() -> OneDnn.check(what, destroyer.destroy(handle[0])));
    return handle[0];
  }

  /**
   * Bytes outside of the heap.
   *
   * @return their address, which a whole line of the processor's cache begins at
   * @throws IllegalStateException if there is no such memory
   */
  long allocate(long bytes) {
    long address = Native.malloc(bytes + LINE);
    if (address == 0) {
      throw new IllegalStateException("oneDNN: out of memory for " + bytes + " bytes");
    }
    made.push(() -> Native.free(address));
    return (address + LINE - 1) / LINE * LINE;
  }

  @Override
  public void close() {
    while (!made.isEmpty()) {
      made.pop().run();
    }
  }
}
