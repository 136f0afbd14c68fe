package org.ketloom.metrics.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ketloom.api.data.ImageBatch;
import org.ketloom.api.data.ImageShape;
import org.ketloom.api.part.Options;
import org.ketloom.metrics.FeatureNetwork;

class OnnxFeaturesTest {
  @TempDir Path folder;

  /** A message of protocol buffers, as much of it as an ONNX file needs. */
  private static final class Message {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    Message number(int field, long value) {
      varint(field << 3);
      varint(value);
      return this;
    }

    Message text(int field, String value) {
      return bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }

    Message message(int field, Message value) {
      return bytes(field, value.bytes.toByteArray());
    }

    private Message bytes(int field, byte[] value) {
      varint(field << 3 | 2);
      varint(value.length);
      bytes.writeBytes(value);
      return this;
    }

    private void varint(long value) {
      while (value >= 128) {
        bytes.write((int) (value & 127 | 128));
        value >>>= 7;
      }
      bytes.write((int) value);
    }
  }

  /** An input or output of single precision; negative sizes are free. */
  private static Message value(String name, int... sizes) {
    Message shape = new Message();
    for (int size : sizes) {
      shape.message(1, size < 0 ? new Message().text(2, "free") : new Message().number(1, size));
    }
    Message tensor = new Message().number(1, 1).message(2, shape);
    return new Message().text(1, name).message(2, new Message().message(1, tensor));
  }

  /** A network of one operation. */
  private Path network(String operation, Message input, Message output) throws IOException {
    Message node = new Message().text(1, "x").text(2, "y").text(4, operation);
    Message graph =
        new Message().message(1, node).text(2, "g").message(11, input).message(12, output);
    Message model =
        new Message()
            .number(1, 7)
            .message(7, graph)
            .message(8, new Message().text(1, "").number(2, 13));
    return Files.write(folder.resolve("net.onnx"), model.bytes.toByteArray());
  }

  private static OnnxFeatures features(Path file, Map<String, ?> changes) {
    OnnxFeatures of = Options.with(new OnnxFeatures(), "onnx", Map.of("model", file.toString()));
    return Options.with(of, "onnx", changes);
  }

  @Test
  void meansOfChannelsAreFeatures() throws IOException {
    Path file = network("GlobalAveragePool", value("x", -1, 3, -1, -1), value("y", -1, 3, 1, 1));
    ImageShape shape = new ImageShape(3, 2, 2);
    float[] pixels = {1, 0, -1, 1, 0, -1, 1, 1, -1, 1, -1, 1, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 1};
    try (FeatureNetwork network = features(file, Map.of("low", 0, "high", 255)).open(shape)) {
      assertEquals(3, network.dimension());
      assertTrue(network.classes().isEmpty());
      assertTrue(network.description().startsWith("net.onnx "), network.description());
      float[][] found = network.apply(new ImageBatch(shape, pixels, new int[2])).features();
      assertArrayEquals(new float[] {255, 127.5f, 63.75f}, found[0], 1e-4f);
      assertArrayEquals(new float[] {127.5f, 255, 159.375f}, found[1], 1e-4f);
    }
  }

  @Test
  void greyImagesAreEnlargedForANetworkOfColours() throws IOException {
    // Flattened, so that every pixel shows; channels last, and one image at a time.
    Path file = network("Flatten", value("x", 1, 4, 4, 3), value("y", 1, 48));
    ImageShape shape = new ImageShape(1, 2, 2);
    float[] pixels = {-1, 1, -1, 1, 0, 0, 0, 0, 1, 1, -1, -1};
    try (FeatureNetwork network = features(file, Map.of()).open(shape)) {
      float[][] found = network.apply(new ImageBatch(shape, pixels, new int[3])).features();
      // Centres of the new pixels lie at -0.25, 0.25, 0.75 and 1.25 of the old ones.
      float[] row = {-1, -0.5f, 0.5f, 1};
      for (int p = 0; p < 48; p++) {
        assertEquals(row[p / 3 % 4], found[0][p], 1e-6f);
        assertEquals(0, found[1][p], 1e-6f);
        assertEquals(-row[p / 12], found[2][p], 1e-6f);
      }
    }
  }

  @Test
  void refusesWhatIsNoNetworkOfImages() throws IOException {
    ImageShape shape = new ImageShape(1, 2, 2);
    assertMessage(IllegalArgumentException.class, new OnnxFeatures(), shape, "need a file");
    assertMessage(
        IOException.class, features(folder.resolve("no.onnx"), Map.of()), shape, "there is no");
    Path text = Files.writeString(folder.resolve("text.onnx"), "text");
    assertMessage(IOException.class, features(text, Map.of()), shape, "can't be used");
    Path flat = network("Relu", value("x", -1, 4), value("y", -1, 4));
    assertMessage(
        IllegalArgumentException.class, features(flat, Map.of()), shape, "an image has 4 axes");
    Path file = network("Relu", value("x", -1, 1, 2, 2), value("y", -1, 1, 2, 2));
    assertMessage(
        IllegalArgumentException.class,
        features(file, Map.of("output", "z")),
        shape,
        "no output z, but [y]");
    assertMessage(
        IllegalArgumentException.class,
        features(file, Map.of()),
        new ImageShape(3, 2, 2),
        "takes 1 channels, the images have 3");
  }

  private static void assertMessage(
      Class<? extends Exception> type, OnnxFeatures features, ImageShape shape, String part) {
    String message = assertThrows(type, () -> features.open(shape)).getMessage();
    assertTrue(message.contains(part), message);
    assertEquals(1, message.lines().count(), message);
  }
}
