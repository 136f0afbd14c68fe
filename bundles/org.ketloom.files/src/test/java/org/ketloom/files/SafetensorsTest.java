package org.ketloom.files;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ketloom.api.model.Tensor;

class SafetensorsTest {
  @TempDir Path folder;

  private Path file(byte[] bytes) throws IOException {
    return Files.write(folder.resolve("t.safetensors"), bytes);
  }

  private static byte[] bytes(Map<String, Tensor> tensors) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Safetensors.write(tensors, out);
    return out.toByteArray();
  }

  private static byte[] raw(String header, int dataBytes) {
    byte[] text = header.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(8 + text.length + dataBytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(text.length)
        .put(text)
        .array();
  }

  @Test
  void tensorsOfAllTypesComeBackBitForBit() throws IOException {
    Random random = new Random(1);
    // More than a buffer holds, and not a multiple of it.
    float[] floats = new float[40_001];
    double[] doubles = new double[20_003];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = random.nextFloat() * Float.MIN_NORMAL;
    }
    for (int i = 0; i < doubles.length; i++) {
      doubles[i] = random.nextGaussian();
    }
    doubles[0] = -0.0;
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("weights \"é\"", Tensor.of(floats));
    tensors.put("moments", Tensor.of(doubles));
    tensors.put("matrix", new Tensor(List.of(2, 3), new float[] {1, 2, 3, 4, 5, 6}));
    tensors.put("step", Tensor.of(Long.MIN_VALUE));
    tensors.put("empty", new Tensor(List.of(0, 4), new double[0]));
    assertEquals(tensors, Safetensors.read(file(bytes(tensors))));
    assertEquals(Map.of(), Safetensors.read(file(bytes(Map.of()))));
  }

  @Test
  void whatAFileSaysAboutItselfStandsInItsHeader() throws IOException {
    Map<String, String> metadata = new LinkedHashMap<>();
    metadata.put("seed", "7");
    metadata.put("a", "\"é\"");
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Safetensors.write(Map.of("x", Tensor.of(3L)), metadata, out);
    String header =
        "{\"__metadata__\":{\"seed\":\"7\",\"a\":\"\\\"é\\\"\"},"
            + "\"x\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[0,8]}}";
    byte[] bytes = out.toByteArray();
    String text = new String(bytes, 8, bytes.length - 16, StandardCharsets.UTF_8);
    assertEquals(header, text.strip());
    assertEquals(0, bytes.length % 8);
    assertEquals(Map.of("x", Tensor.of(3L)), Safetensors.read(file(bytes)));
  }

  @Test
  void theBytesAreThoseOfTheFormat() throws IOException {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("a", Tensor.of(new float[] {1f}));
    tensors.put("b", Tensor.of(-2L));
    String header =
        "{\"b\":{\"dtype\":\"I64\",\"shape\":[],\"data_offsets\":[0,8]},"
            + "\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[8,12]}}";
    header += " ".repeat(-header.length() & 7);
    byte[] expected = raw(header, 12);
    ByteBuffer.wrap(expected)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(8 + header.length(), -2L)
        .putFloat(16 + header.length(), 1f);
    assertArrayEquals(expected, bytes(tensors));
  }

  @Test
  void aTruncatedOrExtendedFileIsRefusedWhereverItEnds() throws IOException {
    byte[] whole =
        bytes(Map.of("a", Tensor.of(new float[] {1, 2, 3}), "b", Tensor.of(new double[] {4})));
    for (int length = 0; length < whole.length; length++) {
      assertDamaged(Arrays.copyOf(whole, length), "");
    }
    assertDamaged(Arrays.copyOf(whole, whole.length + 1), "need 20 bytes, 21 are there");
    assertDamaged(Arrays.copyOf(whole, whole.length - 1), "truncated");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,8]}}|needs 12 bytes",
        "{\"a\":{\"dtype\":\"F16\",\"shape\":[4],\"data_offsets\":[0,8]}}|F16",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}}|has the shape [-2]",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[65536,65536],\"data_offsets\":[0,8]}}|has the shape",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":\"2\",\"data_offsets\":[0,8]}}|has the shape",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2]}}|needs 8 bytes",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}|begins at 4 instead of 0",
        "{\"a\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,8]},\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}|begins at 4 instead of 8",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}|need 4 bytes, 8 are there",
        "{\"a\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,8]},\"a\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,8]}}|Duplicate",
        "{\"a\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[\"0\",\"8\"]}}|needs 8 bytes",
        "{\"a\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0.5,8.5]}}|needs 8 bytes",
        "{\"a\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,8]}}garbage|not JSON",
        "{\"a\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,8]}} {}|not JSON",
        "[]|not a JSON object",
        "nonsense|not JSON",
      })
  void aLyingHeaderIsRefused(String header, String reason) throws IOException {
    assertDamaged(raw(header, 8), reason);
  }

  @Test
  void anAbsurdHeaderLengthIsRefused() throws IOException {
    byte[] bytes = raw("{}", 0);
    for (long length : new long[] {-1, 0, 3, Long.MAX_VALUE}) {
      ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(0, length);
      assertDamaged(bytes, "header claims " + length);
    }
  }

  @Test
  void valuesThatAreNotFiniteAreRefusedWithTheirName() throws IOException {
    Map<String, Tensor> nan = Map.of("conv1.weight", Tensor.of(new float[] {1, Float.NaN}));
    assertDamaged(bytes(nan), "\"conv1.weight\" holds a value that is not finite, at 1");
    assertTrue(
        assertThrows(ArithmeticException.class, () -> Safetensors.check(nan))
            .getMessage()
            .contains("conv1.weight"));
    assertThrows(
        ArithmeticException.class,
        () -> Safetensors.check(Map.of("m", Tensor.of(new double[] {Double.NEGATIVE_INFINITY}))));
  }

  private void assertDamaged(byte[] bytes, String reason) throws IOException {
    Path file = file(bytes);
    String message = assertThrows(IOException.class, () -> Safetensors.read(file)).getMessage();
    assertTrue(message.startsWith(file.toString()), message);
    assertTrue(message.contains(reason), message);
  }

  @Test
  @Timeout(30)
  void aPipeIsRefused() throws Exception {
    Path pipe = folder.resolve("pipe.safetensors");
    assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
    IOException e = assertThrows(IOException.class, () -> Safetensors.read(pipe));
    assertEquals(pipe + " is a named pipe, not a regular file", e.getMessage());
  }

  @Test
  void aLongValueIsNotQuotedWhole() throws IOException {
    Path file = file(raw("{\"a\":{\"dtype\":\"" + "F".repeat(100_000) + "\"}}", 0));
    String message = assertThrows(IOException.class, () -> Safetensors.read(file)).getMessage();
    assertTrue(message.length() < 300 && message.contains("is of type \"FFF"), message);
  }
}
