package org.ketloom.files;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ketloom.api.model.Tensor;

/**
 * The safetensors format (github.com/huggingface/safetensors): 8 bytes little-endian length of the
 * header, a JSON header that gives type, shape and place of each tensor, and the values,
 * little-endian, one after another without gaps. Types F32, F64 and I64; finite values alone.
 */
public final class Safetensors {
  /**
   * The reference implementation takes ten times as much, which would fill the memory before the
   * tensors are read; a model of ten thousand tensors needs a tenth.
   */
  private static final long LONGEST_HEADER = 10_000_000;

  private static final String METADATA = "__metadata__";
  private static final int CHUNK = 1 << 16;
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private enum Type {
    F64(8),
    I64(8),
    F32(4);

    private final int bytes;

    Type(int bytes) {
      this.bytes = bytes;
    }

    static Type of(Tensor tensor) {
      return tensor.values() instanceof float[]
          ? F32
          : tensor.values() instanceof double[] ? F64 : I64;
    }

    Object array(int length) {
      return switch (this) {
        case F64 -> new double[length];
        case I64 -> new long[length];
        case F32 -> new float[length];
      };
    }
  }

  private record Place(String name, Type type, List<Integer> shape, int length, long begin) {}

  private Safetensors() {}

  /**
   * Refuses what must not be kept.
   *
   * @throws ArithmeticException naming the tensor that holds a NaN or an infinite value
   */
  public static void check(Map<String, Tensor> tensors) {
    tensors.forEach(
        (name, tensor) -> {
          int at = firstNotFinite(tensor.values());
          if (at >= 0) {
            throw new ArithmeticException(
                "tensor \"" + name + "\" holds a value that is not finite, at " + at);
          }
        });
  }

  /**
   * Writes tensors that passed {@link #check}.
   *
   * @throws IOException of the stream
   */
  public static void write(Map<String, Tensor> tensors, OutputStream out) throws IOException {
    write(tensors, Map.of(), out);
  }

  /**
   * Writes tensors that passed {@link #check}, and what the file says about itself.
   *
   * @param metadata texts by name, in order; {@link #read} passes over them
   * @throws IOException of the stream
   */
  public static void write(
      Map<String, Tensor> tensors, Map<String, String> metadata, OutputStream out)
      throws IOException {
    // Types of 8 bytes first: every tensor is then aligned to its type.
    List<Map.Entry<String, Tensor>> ordered = new ArrayList<>(tensors.entrySet());
    ordered.sort(Comparator.comparingInt(e -> -Type.of(e.getValue()).bytes));
    ObjectNode header = JSON.createObjectNode();
    if (!metadata.isEmpty()) {
      metadata.forEach(header.putObject(METADATA)::put);
    }
    long end = 0;
    for (var entry : ordered) {
      Type type = Type.of(entry.getValue());
      ObjectNode node = header.putObject(entry.getKey()).put("dtype", type.name());
      entry.getValue().shape().forEach(node.putArray("shape")::add);
      long begin = end;
      end += (long) length(entry.getValue()) * type.bytes;
      node.putArray("data_offsets").add(begin).add(end);
    }
    String text = header.toString();
    int padding = -text.getBytes(StandardCharsets.UTF_8).length & 7;
    byte[] bytes = (text + " ".repeat(padding)).getBytes(StandardCharsets.UTF_8);
    ByteBuffer buffer = ByteBuffer.allocate(CHUNK).order(ByteOrder.LITTLE_ENDIAN);
    out.write(buffer.putLong(bytes.length).array(), 0, Long.BYTES);
    out.write(bytes);
    for (var entry : ordered) {
      Object values = entry.getValue().values();
      int bytesEach = Type.of(entry.getValue()).bytes;
      int length = length(entry.getValue());
      for (int from = 0; from < length; from += CHUNK / bytesEach) {
        int count = Math.min(CHUNK / bytesEach, length - from);
        buffer.clear();
        if (values instanceof float[] f) {
          buffer.asFloatBuffer().put(f, from, count);
        } else if (values instanceof double[] d) {
          buffer.asDoubleBuffer().put(d, from, count);
        } else {
          buffer.asLongBuffer().put((long[]) values, from, count);
        }
        out.write(buffer.array(), 0, count * bytesEach);
      }
    }
  }

  /**
   * Reads a file.
   *
   * @throws IOException naming the file and what is wrong with it
   */
  public static Map<String, Tensor> read(Path file) throws IOException {
    try (FileChannel channel = RegularFile.channel(file)) {
      long size = channel.size();
      if (size < Long.BYTES) {
        throw damaged(file, "it has " + size + " bytes, too few for a safetensors file");
      }
      ByteBuffer buffer = ByteBuffer.allocate(CHUNK).order(ByteOrder.LITTLE_ENDIAN);
      fill(channel, buffer.limit(Long.BYTES), 0, file);
      long headerLength = buffer.getLong(0);
      if (headerLength < 2 || headerLength > Math.min(LONGEST_HEADER, size - Long.BYTES)) {
        throw damaged(
            file, "its header claims " + headerLength + " bytes, the file has " + size + " in all");
      }
      ByteBuffer header = ByteBuffer.allocate((int) headerLength);
      fill(channel, header, Long.BYTES, file);
      long data = Long.BYTES + headerLength;
      List<Place> places = places(header.array(), size - data, file);
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      for (Place place : places) {
        Object values = place.type().array(place.length());
        int bytesEach = place.type().bytes;
        for (int from = 0; from < place.length(); from += CHUNK / bytesEach) {
          int count = Math.min(CHUNK / bytesEach, place.length() - from);
          buffer.clear().limit(count * bytesEach);
          fill(channel, buffer, data + place.begin() + (long) from * bytesEach, file);
          buffer.flip();
          if (values instanceof float[] f) {
            buffer.asFloatBuffer().get(f, from, count);
          } else if (values instanceof double[] d) {
            buffer.asDoubleBuffer().get(d, from, count);
          } else {
            buffer.asLongBuffer().get((long[]) values, from, count);
          }
        }
        int at = firstNotFinite(values);
        if (at >= 0) {
          throw damaged(
              file, "tensor \"" + place.name() + "\" holds a value that is not finite, at " + at);
        }
        tensors.put(place.name(), new Tensor(place.shape(), values));
      }
      return tensors;
    }
  }

  private static List<Place> places(byte[] header, long dataLength, Path file) throws IOException {
    JsonNode root;
    try {
      root = JSON.readTree(header);
    } catch (JsonProcessingException e) {
      throw damaged(
          file, "its header is not JSON: " + e.getOriginalMessage().lines().findFirst().orElse(""));
    }
    if (!root.isObject()) {
      throw damaged(file, "its header is not a JSON object");
    }
    List<Place> places = new ArrayList<>();
    for (Iterator<Map.Entry<String, JsonNode>> it = root.fields(); it.hasNext(); ) {
      var entry = it.next();
      if (!entry.getKey().equals(METADATA)) {
        places.add(place(entry.getKey(), entry.getValue(), file));
      }
    }
    List<Place> byPlace = new ArrayList<>(places);
    byPlace.sort(Comparator.comparingLong(Place::begin).thenComparingInt(Place::length));
    long end = 0;
    for (Place place : byPlace) {
      if (place.begin() != end) {
        throw damaged(
            file,
            "tensor \"" + place.name() + "\" begins at " + place.begin() + " instead of " + end);
      }
      end += (long) place.length() * place.type().bytes;
    }
    if (end != dataLength) {
      throw damaged(
          file,
          "its tensors need "
              + end
              + " bytes, "
              + dataLength
              + " are there"
              + (end > dataLength ? "; it is truncated" : ""));
    }
    return places;
  }

  private static Place place(String name, JsonNode node, Path file) throws IOException {
    Type type;
    try {
      type = Type.valueOf(node.path("dtype").asText());
    } catch (IllegalArgumentException e) {
      throw damaged(
          file,
          "tensor \""
              + name
              + "\" is of type "
              + StrictJson.quote(node.path("dtype"))
              + ", not F32, F64 or I64");
    }
    List<Integer> shape = new ArrayList<>();
    long length = 1;
    boolean sane = node.path("shape").isArray();
    for (JsonNode side : node.path("shape")) {
      sane &= side.isInt() && side.intValue() >= 0;
      shape.add(side.intValue());
      // Both factors are below 2^31 as long as it is sane.
      length *= side.intValue();
      sane &= length <= Integer.MAX_VALUE;
      if (!sane) {
        break;
      }
    }
    if (!sane) {
      throw damaged(
          file, "tensor \"" + name + "\" has the shape " + StrictJson.quote(node.path("shape")));
    }
    JsonNode offsets = node.path("data_offsets");
    long begin = offset(offsets.path(0));
    if (!offsets.isArray()
        || offsets.size() != 2
        || begin < 0
        || offset(offsets.path(1)) - begin != length * type.bytes) {
      throw damaged(
          file,
          "tensor \""
              + name
              + "\" of shape "
              + shape
              + " needs "
              + length * type.bytes
              + " bytes, its place is "
              + StrictJson.quote(offsets));
    }
    return new Place(name, type, shape, (int) length, begin);
  }

  private static long offset(JsonNode node) {
    return node.isIntegralNumber() && node.canConvertToLong() ? node.longValue() : -1;
  }

  private static void fill(FileChannel channel, ByteBuffer buffer, long position, Path file)
      throws IOException {
    while (buffer.hasRemaining()) {
      int read = channel.read(buffer, position);
      if (read < 0) {
        throw new EOFException(file + " ended while it was read");
      }
      position += read;
    }
  }

  private static int firstNotFinite(Object values) {
    if (values instanceof float[] f) {
      for (int i = 0; i < f.length; i++) {
        if (!Float.isFinite(f[i])) {
          return i;
        }
      }
    } else if (values instanceof double[] d) {
      for (int i = 0; i < d.length; i++) {
        if (!Double.isFinite(d[i])) {
          return i;
        }
      }
    }
    return -1;
  }

  private static int length(Tensor tensor) {
    return java.lang.reflect.Array.getLength(tensor.values());
  }

  private static IOException damaged(Path file, String what) {
    return new IOException(file + " is damaged: " + what);
  }
}
