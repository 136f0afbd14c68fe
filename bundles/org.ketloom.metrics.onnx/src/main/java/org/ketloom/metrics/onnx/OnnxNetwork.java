package org.ketloom.metrics.onnx;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.ketloom.api.data.ImageBatch;
import org.ketloom.api.data.ImageShape;
import org.ketloom.files.Sha256;
import org.ketloom.metrics.FeatureNetwork;

/**
 * A session of ONNX Runtime. Images are resized by bilinear interpolation between the centres of
 * pixels; grey ones are repeated for a network of three channels.
 */
final class OnnxNetwork implements FeatureNetwork {
  private static final int TOGETHER = 32;

  /** Images, rows and columns that a file may ask for. */
  private static final int LARGEST = 4096;

  private final OnnxFeatures options;
  private final ImageShape images;
  private final OrtEnvironment environment;
  private final OrtSession session;
  private final String input;
  private final String output;
  private final boolean channelsLast;
  private final int channels;
  private final int height;
  private final int width;
  private final int together;
  private final int dimension;
  private final String description;

  OnnxNetwork(OnnxFeatures options, ImageShape images) throws OrtException, IOException {
    this.options = options;
    this.images = images;
    // Also makes sure that it is a regular file: the native code would wait for a pipe for ever.
    String sum = Sha256.of(Path.of(options.model())).substring(0, 8);
    environment = OrtEnvironment.getEnvironment("ketloom");
    session = environment.createSession(options.model(), new OrtSession.SessionOptions());
    try {
      if (session.getInputNames().size() != 1) {
        throw wrong("it has the inputs " + session.getInputNames() + ", one is expected");
      }
      input = session.getInputNames().iterator().next();
      output =
          options.output().isEmpty()
              ? session.getOutputNames().iterator().next()
              : options.output();
      if (!session.getOutputNames().contains(output)) {
        throw wrong("it has no output " + output + ", but " + session.getOutputNames());
      }
      long[] shape = declaredShape();
      if (shape.length != 4) {
        throw wrong("its input has the shape " + Arrays.toString(shape) + ", an image has 4 axes");
      }
      channelsLast = !isChannels(shape[1]) && isChannels(shape[3]);
      long channelsOfFile = shape[channelsLast ? 3 : 1];
      channels = channelsOfFile > 0 ? (int) Math.min(channelsOfFile, 1 << 16) : images.channels();
      if (channels != images.channels() && images.channels() != 1) {
        throw wrong("it takes " + channels + " channels, the images have " + images.channels());
      }
      height = side(shape[channelsLast ? 1 : 2], images.height());
      width = side(shape[channelsLast ? 2 : 3], images.width());
      if (height > LARGEST || width > LARGEST || shape[0] > LARGEST) {
        throw wrong(
            "its input has the shape "
                + Arrays.toString(shape)
                + ", expected at most "
                + LARGEST
                + " images, rows and columns");
      }
      together = shape[0] > 0 ? (int) shape[0] : TOGETHER;
      ImageBatch black = new ImageBatch(images, new float[images.size()], new int[1]);
      dimension = run(black, 0, 1)[0].length;
      description =
          Path.of(options.model()).getFileName()
              + " "
              + sum
              + ", output "
              + output
              + ", "
              + dimension
              + " features of "
              + channels
              + "x"
              + height
              + "x"
              + width
              + " in "
              + options.low()
              + " to "
              + options.high();
    } catch (OrtException | RuntimeException e) {
      session.close();
      throw e;
    }
  }

  /** Sizes of the input's axes, -1 where any will do; none if it is no tensor. */
  private long[] declaredShape() throws OrtException {
    NodeInfo node = session.getInputInfo().get(input);
    return node != null && node.getInfo() instanceof TensorInfo info
        ? info.getShape()
        : new long[0];
  }

  private static boolean isChannels(long size) {
    return size == 1 || size == 3;
  }

  private int side(long ofFile, int ofImages) {
    if (options.size() > 0) {
      if (ofFile > 0 && ofFile != options.size()) {
        throw wrong("its input has a side of " + ofFile + ", size is " + options.size());
      }
      return options.size();
    }
    return ofFile > 0 ? (int) Math.min(ofFile, Integer.MAX_VALUE) : ofImages;
  }

  private IllegalArgumentException wrong(String what) {
    return new IllegalArgumentException(
        "ONNX file " + options.model() + " gives no features of images: " + what);
  }

  @Override
  public String description() {
    return description;
  }

  @Override
  public int dimension() {
    return dimension;
  }

  @Override
  public List<String> classes() {
    return List.of();
  }

  @Override
  public Output apply(ImageBatch batch) {
    if (!batch.shape().equals(images)) {
      throw new IllegalArgumentException(
          "the network was opened for images of " + images + ", found " + batch.shape());
    }
    float[][] features = new float[batch.size()][];
    try {
      for (int from = 0; from < batch.size(); from += together) {
        float[][] rows = run(batch, from, Math.min(batch.size(), from + together));
        System.arraycopy(rows, 0, features, from, rows.length);
      }
    } catch (OrtException e) {
      throw new IllegalStateException(
          "ONNX file " + options.model() + " can't be run: " + firstLine(e), e);
    }
    return new Output(features, new int[0]);
  }

  /** A network of a fixed batch size gets black images behind the last one. */
  private float[][] run(ImageBatch batch, int from, int to) throws OrtException {
    long[] declared = declaredShape();
    int n = declared[0] > 0 ? together : to - from;
    float[] values = new float[n * channels * height * width];
    for (int i = from; i < to; i++) {
      prepare(batch, i, values, i - from);
    }
    long[] shape =
        channelsLast
            ? new long[] {n, height, width, channels}
            : new long[] {n, channels, height, width};
    try (OnnxTensor tensor = OnnxTensor.createTensor(environment, FloatBuffer.wrap(values), shape);
        OrtSession.Result result = session.run(Map.of(input, tensor), Set.of(output))) {
      OnnxValue value = result.get(0);
      FloatBuffer found = value instanceof OnnxTensor t ? t.getFloatBuffer() : null;
      if (found == null || found.remaining() % n != 0 || found.remaining() == 0) {
        throw wrong("output " + output + " is " + value.getInfo());
      }
      int each = found.remaining() / n;
      float[][] rows = new float[to - from][each];
      for (float[] row : rows) {
        found.get(row);
      }
      return rows;
    }
  }

  private void prepare(ImageBatch batch, int image, float[] to, int place) {
    for (int c = 0; c < channels; c++) {
      int start = image * images.size() + (images.channels() == 1 ? 0 : c);
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          double value = bilinear(batch.pixels(), start, y, x);
          int at =
              channelsLast
                  ? ((place * height + y) * width + x) * channels + c
                  : ((place * channels + c) * height + y) * width + x;
          to[at] = (float) (options.low() + (value + 1) / 2 * (options.high() - options.low()));
        }
      }
    }
  }

  /**
   * @param start place of the channel's value in the first pixel
   */
  private double bilinear(float[] pixels, int start, int y, int x) {
    double sourceY = Math.max(0, (y + 0.5) * images.height() / height - 0.5);
    double sourceX = Math.max(0, (x + 0.5) * images.width() / width - 0.5);
    int top = Math.min((int) sourceY, images.height() - 1);
    int left = Math.min((int) sourceX, images.width() - 1);
    int bottom = Math.min(top + 1, images.height() - 1);
    int right = Math.min(left + 1, images.width() - 1);
    double down = sourceY - top;
    double across = sourceX - left;
    int next = images.channels();
    int upper = start + top * images.width() * next;
    int lower = start + bottom * images.width() * next;
    double above =
        (1 - across) * pixels[upper + left * next] + across * pixels[upper + right * next];
    double below =
        (1 - across) * pixels[lower + left * next] + across * pixels[lower + right * next];
    return (1 - down) * above + down * below;
  }

  static String firstLine(OrtException e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }

  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      throw new IllegalStateException("an ONNX session can't be closed: " + firstLine(e), e);
    }
  }
}
