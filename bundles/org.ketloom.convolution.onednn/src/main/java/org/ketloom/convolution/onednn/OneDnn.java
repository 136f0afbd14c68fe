package org.ketloom.convolution.onednn;

import com.sun.jna.Library;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

/**
 * The functions of oneDNN's C interface that convolutions need, under its own names and with the
 * values of its enumerations (dnnl.h and dnnl_types.h of oneDNN 3). Handles and addresses are
 * {@code long}; a function that makes something writes it into the first element of its first
 * argument.
 */
final class OneDnn {
  static final int CPU = 1;
  static final int IN_ORDER = 1;
  static final int F32 = 3;
  static final int FORWARD_TRAINING = 64;
  static final int CONVOLUTION_DIRECT = 1;

  static final int LAYOUT_ANY = 1;
  static final int LAYOUT_A = 2;
  static final int LAYOUT_OIHW = 5;
  static final int LAYOUT_NHWC = 22;

  static final int QUERY_WEIGHTS = 131;
  static final int QUERY_DIFF_WEIGHTS = 132;

  static final int FROM = 1;
  static final int TO = 17;
  static final int SRC = 1;
  static final int DST = 17;
  static final int WEIGHTS = 33;
  static final int BIAS = 41;
  static final int DIFF_SRC = 129;
  static final int DIFF_DST = 145;
  static final int DIFF_WEIGHTS = 161;
  static final int DIFF_BIAS = 169;

  /** Bytes of a {@code dnnl_exec_arg_t}: a number, a gap, a handle. */
  static final int ARGUMENT_BYTES = 16;

  static final int ARGUMENT_HANDLE = 8;

  /** Where JNA unpacks native code of its own, which it would do below the user's home. */
  private static final String JNA_FOLDER = "jna.tmpdir";

  private static final int RTLD_LAZY = 1;
  private static final int RTLD_LOCAL_MAC = 4;

  private OneDnn() {}

  /**
   * Binds the functions to a library, beside which JNA may unpack what it needs itself.
   *
   * @throws UnsatisfiedLinkError if the system can't load it
   */
  static void bind(Path library) {
    if (System.getProperty(JNA_FOLDER) == null) {
      System.setProperty(JNA_FOLDER, Objects.toString(library.getParent()));
    }
    // ND4J carries an older oneDNN whose functions have the same names: neither may see the other.
    Map<String, Object> options =
        Platform.isWindows()
            ? Map.of()
            : Map.of(
                Library.OPTION_OPEN_FLAGS,
                Platform.isMac() ? RTLD_LAZY | RTLD_LOCAL_MAC : RTLD_LAZY);
    Native.register(OneDnn.class, NativeLibrary.getInstance(library.toString(), options));
  }

  /**
   * @throws IllegalStateException if a function did not return 0
   */
  static void check(String what, int status) {
    if (status != 0) {
      String reason =
          switch (status) {
            case 1 -> "out of memory";
            case 2 -> "invalid arguments";
            case 3 -> "not implemented";
            default -> "status " + status;
          };
      throw new IllegalStateException("oneDNN: " + what + " failed: " + reason);
    }
  }

  static native int dnnl_engine_create(long[] engine, int kind, long index);

  static native int dnnl_stream_create(long[] stream, long engine, int flags);

  static native int dnnl_stream_wait(long stream);

  static native int dnnl_stream_destroy(long stream);

  static native int dnnl_memory_desc_create_with_tag(
      long[] descriptor, int rank, long[] sizes, int type, int layout);

  static native int dnnl_memory_desc_equal(long one, long other);

  static native long dnnl_memory_desc_get_size(long descriptor);

  static native int dnnl_memory_desc_destroy(long descriptor);

  static native int dnnl_memory_create(long[] memory, long descriptor, long engine, long address);

  static native int dnnl_memory_set_data_handle(long memory, long address);

  static native int dnnl_memory_destroy(long memory);

  static native int dnnl_convolution_forward_primitive_desc_create(
      long[] descriptor,
      long engine,
      int propagation,
      int algorithm,
      long src,
      long weights,
      long bias,
      long dst,
      long[] strides,
      long[] dilations,
      long[] paddingLeft,
      long[] paddingRight,
      long attributes);

  static native int dnnl_convolution_backward_data_primitive_desc_create(
      long[] descriptor,
      long engine,
      int algorithm,
      long diffSrc,
      long weights,
      long diffDst,
      long[] strides,
      long[] dilations,
      long[] paddingLeft,
      long[] paddingRight,
      long forward,
      long attributes);

  static native int dnnl_convolution_backward_weights_primitive_desc_create(
      long[] descriptor,
      long engine,
      int algorithm,
      long src,
      long diffWeights,
      long diffBias,
      long diffDst,
      long[] strides,
      long[] dilations,
      long[] paddingLeft,
      long[] paddingRight,
      long forward,
      long attributes);

  static native int dnnl_reorder_primitive_desc_create(
      long[] descriptor, long src, long srcEngine, long dst, long dstEngine, long attributes);

  static native long dnnl_primitive_desc_query_md(long descriptor, int what, int index);

  static native int dnnl_primitive_desc_destroy(long descriptor);

  static native int dnnl_primitive_create(long[] primitive, long descriptor);

  static native int dnnl_primitive_execute(long primitive, long stream, int count, long arguments);

  static native int dnnl_primitive_destroy(long primitive);
}
