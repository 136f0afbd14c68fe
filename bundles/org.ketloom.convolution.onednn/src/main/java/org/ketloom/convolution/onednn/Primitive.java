package org.ketloom.convolution.onednn;

import com.sun.jna.Pointer;

/** One of oneDNN's operations with its arguments. */
final class Primitive {
  /** An argument: its number in oneDNN and the descriptor of its memory. */
  record Argument(int number, long descriptor) {}

  private final String name;
  private final long stream;
  private final long handle;
  private final long[] memories;
  private final long arguments;

  /**
   * @param name in messages
   * @param handles gets what is made
   * @param descriptor of the operation
   */
  Primitive(
      String name,
      Handles handles,
      long engine,
      long stream,
      long descriptor,
      Argument... arguments) {
    this.name = name;
    this.stream = stream;
    this.memories = new long[arguments.length];
    this.arguments = handles.allocate((long) OneDnn.ARGUMENT_BYTES * arguments.length);
    Pointer table = new Pointer(this.arguments);
    for (int i = 0; i < arguments.length; i++) {
      long memory = arguments[i].descriptor();
      memories[i] =
          handles.make(
              name,
              to -> OneDnn.dnnl_memory_create(to, memory, engine, 0),
              OneDnn::dnnl_memory_destroy);
      long at = (long) OneDnn.ARGUMENT_BYTES * i;
      table.setInt(at, arguments[i].number());
      table.setLong(at + OneDnn.ARGUMENT_HANDLE, memories[i]);
    }
    handle =
        handles.make(
            name,
            to -> OneDnn.dnnl_primitive_create(to, descriptor),
            OneDnn::dnnl_primitive_destroy);
  }

  /**
   * Runs it to its end.
   *
   * @param addresses of the arguments' numbers, in their order
   */
  void run(long... addresses) {
    for (int i = 0; i < memories.length; i++) {
      OneDnn.check(name, OneDnn.dnnl_memory_set_data_handle(memories[i], addresses[i]));
    }
    OneDnn.check(name, OneDnn.dnnl_primitive_execute(handle, stream, memories.length, arguments));
    OneDnn.check(name, OneDnn.dnnl_stream_wait(stream));
  }
}
