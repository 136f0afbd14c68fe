package org.ketloom.data.internal;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.ketloom.files.RegularFile;

/**
 * A file in the IDX format, compressed with gzip or not: two zero bytes, the type of the values,
 * the number of axes, their sizes (32 bits, big-endian), the values (big-endian, last axis
 * fastest).
 *
 * @param file where it lies
 * @param type type of the values
 * @param axes sizes of the axes
 * @param data the values' bytes
 */
record IdxFile(Path file, Type type, int[] axes, byte[] data) {
  private static final String MAGIC =
      "00 00, the type of the values (08 for bytes), the number of axes";

  /** Types of values; {@code max} is the pixel value that is white unless an option says else. */
  enum Type {
    UBYTE(0x08, 1, 255),
    BYTE(0x09, 1, Byte.MAX_VALUE),
    SHORT(0x0B, 2, Short.MAX_VALUE),
    INT(0x0C, 4, Integer.MAX_VALUE),
    FLOAT(0x0D, 4, 1),
    DOUBLE(0x0E, 8, 1);

    final int code;
    final int bytes;
    final double max;

    Type(int code, int bytes, double max) {
      this.code = code;
      this.bytes = bytes;
      this.max = max;
    }
  }

  /**
   * Reads a file.
   *
   * @throws IOException naming the file if it is missing, truncated, longer than it says, or not
   *     IDX
   */
  static IdxFile read(Path file) throws IOException {
    try (InputStream raw =
            new BufferedInputStream(RegularFile.open(file, Long.MAX_VALUE), 1 << 16);
        InputStream in = plain(file, raw)) {
      return parse(file, in);
    } catch (NoSuchFileException e) {
      throw new IOException(file + " does not exist; give the path of an IDX file", e);
    } catch (RegularFile.NotRegularException e) {
      throw new IOException(e.getMessage() + "; give the path of an IDX file", e);
    } catch (EOFException | ZipException e) {
      throw damaged(file, e);
    }
  }

  /** In words what is wrong with gzip data. */
  static IOException damaged(Path file, IOException e) {
    return new IOException(
        file
            + (e instanceof EOFException
                ? " is truncated: its gzip data end too early"
                : " is damaged: " + e.getMessage())
            + "; fetch the file again",
        e);
  }

  private static InputStream plain(Path file, InputStream raw) throws IOException {
    raw.mark(4);
    byte[] start = raw.readNBytes(4);
    raw.reset();
    if (start.length >= 2 && start[0] == 0x1F && start[1] == (byte) 0x8B) {
      return new GZIPInputStream(raw, 1 << 16);
    }
    if (file.toString().toLowerCase(Locale.ROOT).endsWith(".gz")) {
      throw new IOException(
          file
              + " is named .gz but is not gzip: it starts with "
              + hex(start)
              + ", expected 1f 8b; if it is plain IDX, take .gz off its name");
    }
    return raw;
  }

  private static IdxFile parse(Path file, InputStream in) throws IOException {
    byte[] magic = in.readNBytes(4);
    Type type =
        magic.length < 4 || magic[0] != 0 || magic[1] != 0
            ? null
            : Arrays.stream(Type.values()).filter(t -> t.code == magic[2]).findFirst().orElse(null);
    if (type == null || magic[3] < 1) {
      throw new IOException(
          file + " is not an IDX file: it starts with " + hex(magic) + ", expected " + MAGIC);
    }
    byte[] head = in.readNBytes(4 * magic[3]);
    if (head.length < 4 * magic[3]) {
      throw new IOException(
          file + " is truncated: it ends within its header; fetch the file again");
    }
    int[] axes = new int[magic[3]];
    ByteBuffer.wrap(head).asIntBuffer().get(axes);
    long bytes = type.bytes;
    for (int axis : axes) {
      if (axis < 1 || bytes * axis > Integer.MAX_VALUE - 8) {
        throw new IOException(
            file
                + " says that it holds "
                + sizes(axes)
                + " values; expected at least 1 along each axis and at most 2 GB together; fetch the file"
                + " again");
      }
      bytes *= axis;
    }
    // Grows with what is really there, whatever the header promises.
    byte[] data = in.readNBytes((int) bytes);
    if (data.length < bytes) {
      throw new IOException(
          file
              + " is truncated: "
              + sizes(axes)
              + " values need "
              + bytes
              + " bytes, found "
              + data.length
              + "; fetch the file again");
    }
    if (in.read() >= 0) {
      throw new IOException(
          file
              + " is longer than it says: "
              + sizes(axes)
              + " values need "
              + bytes
              + " bytes, found more; the header or the file is wrong");
    }
    return new IdxFile(file, type, axes, data);
  }

  /**
   * The file as labels.
   *
   * @throws IOException naming the file and the label if it doesn't hold whole numbers along one
   *     axis, or one is outside of 0 to classes - 1
   */
  int[] labels(int classes) throws IOException {
    if (axes.length != 1) {
      throw new IOException(
          file
              + " has "
              + axes.length
              + " axes ("
              + sizes(axes)
              + "), but labels have 1"
              + (axes.length > 2 ? "; images were given as labels" : ""));
    }
    if (type == Type.FLOAT || type == Type.DOUBLE) {
      throw new IOException(
          file + " holds " + typeName() + " values, but labels are whole numbers");
    }
    int[] labels = new int[axes[0]];
    for (int i = 0; i < labels.length; i++) {
      double label = value(i);
      if (label < 0 || label >= classes) {
        throw new IOException(
            file
                + ": label "
                + i
                + " is "
                + (long) label
                + ", outside of the classes 0 to "
                + (classes - 1));
      }
      labels[i] = (int) label;
    }
    return labels;
  }

  /** A value by its place. */
  double value(int i) {
    return switch (type) {
      case UBYTE -> data[i] & 0xFF;
      case BYTE -> data[i];
      case SHORT -> ByteBuffer.wrap(data).getShort(2 * i);
      case INT -> ByteBuffer.wrap(data).getInt(4 * i);
      case FLOAT -> ByteBuffer.wrap(data).getFloat(4 * i);
      case DOUBLE -> ByteBuffer.wrap(data).getDouble(8 * i);
    };
  }

  /** The type's name for people. */
  String typeName() {
    return type.name().toLowerCase(Locale.ROOT);
  }

  /** The sizes of the axes for people. */
  static String sizes(int[] axes) {
    return IntStream.of(axes).mapToObj(Integer::toUnsignedString).collect(Collectors.joining("x"));
  }

  private static String hex(byte[] bytes) {
    return bytes.length == 0 ? "nothing" : HexFormat.ofDelimiter(" ").formatHex(bytes);
  }
}
