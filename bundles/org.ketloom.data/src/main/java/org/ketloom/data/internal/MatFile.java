package org.ketloom.data.internal;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.InflaterInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;
import org.ketloom.files.RegularFile;

/**
 * Arrays of numbers in a MATLAB level 5 MAT-file (MathWorks, "MAT-File Format", version 5; what
 * MATLAB saves with {@code -v6} and {@code -v7}), compressed or not, of either byte order. Values
 * are in MATLAB's order: the first axis runs fastest. Cells, structures and texts are passed over.
 */
final class MatFile {
  private static final int HEADER = 128;
  private static final int COMPRESSED = 15;
  private static final int MATRIX = 14;
  private static final int MAX_AXES = 32;

  /** No byte of deflate gives more than 258 bytes for every 2 bits (RFC 1951, 3.2.5). */
  private static final int DEFLATE_RATIO = 1032;

  /** Bytes per value by number of the data type; 0 where it holds no numbers. */
  private static final int[] BYTES = {0, 1, 1, 2, 2, 4, 4, 4, 0, 8, 0, 0, 8, 8};

  /**
   * An array of the file.
   *
   * @param dims sizes of its axes
   * @param position of its element in the file
   */
  record Variable(String name, int[] dims, long position) {

    /** Sizes as people write them, 28x28x4x400. */
    String sizes() {
      return IdxFile.sizes(dims);
    }
  }

  private final Path file;
  private final ByteOrder order;
  private final Map<String, Variable> variables = new LinkedHashMap<>();

  private MatFile(Path file, ByteOrder order) {
    this.file = file;
    this.order = order;
  }

  /**
   * Reads what a file holds, but no values.
   *
   * @throws IOException naming the file if it has another format or is truncated
   */
  static MatFile read(Path file) throws IOException {
    try (FileChannel channel = RegularFile.channel(file)) {
      byte[] header = new byte[HEADER];
      DataInputStream in = new DataInputStream(Channels.newInputStream(channel));
      if (channel.size() < HEADER) {
        throw new IOException(
            file + " is not a MAT-file: it has only " + channel.size() + " bytes");
      }
      in.readFully(header);
      String text = new String(header, 0, 116, StandardCharsets.ISO_8859_1).strip();
      if (text.startsWith("MATLAB 7.3")) {
        throw new IOException(
            file
                + " is a MAT-file of version 7.3 (HDF5), expected level 5; save it in MATLAB with"
                + " the option -v7");
      }
      String mark = new String(header, 126, 2, StandardCharsets.ISO_8859_1);
      if (!mark.equals("IM") && !mark.equals("MI")) {
        throw new IOException(
            file + " is not a level 5 MAT-file: the byte order mark at byte 126 is wrong");
      }
      MatFile mat =
          new MatFile(file, mark.equals("IM") ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
      for (long at = HEADER; at < channel.size(); ) {
        channel.position(at);
        if (channel.size() - at < 8) {
          throw mat.truncated();
        }
        Tag tag = mat.tag(in);
        long end = at + 8 + tag.length();
        if (end > channel.size()) {
          throw mat.truncated();
        }
        mat.add(in, tag, at);
        at = end;
      }
      return mat;
    }
  }

  private record Tag(int type, long length, byte @Nullable [] small) {}

  /** A tag; of a small element its data too. */
  private Tag tag(InputStream in) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(in.readNBytes(8)).order(order);
    if (bytes.limit() < 8) {
      throw truncated();
    }
    int first = bytes.getInt();
    int size = first >>> 16;
    if (size > 4) {
      throw damaged("a small element of " + size + " bytes");
    }
    if (size > 0) {
      byte[] small = new byte[size];
      bytes.get(small);
      return new Tag(first & 0xFFFF, size, small);
    }
    return new Tag(first, bytes.getInt() & 0xFFFFFFFFL, null);
  }

  private InputStream matrix(InputStream in, Tag tag) throws IOException {
    if (tag.type() != COMPRESSED) {
      return in;
    }
    InputStream inflated = new InflaterInputStream(in);
    return tag(inflated).type() == MATRIX ? inflated : InputStream.nullInputStream();
  }

  private void add(InputStream in, Tag tag, long at) throws IOException {
    if (tag.type() != MATRIX && tag.type() != COMPRESSED) {
      return;
    }
    try {
      Variable variable = head(matrix(in, tag), at);
      if (variable != null) {
        variables.put(variable.name(), variable);
      }
    } catch (ZipException e) {
      throw damaged("its compressed data can't be read: " + e.getMessage());
    } catch (EOFException e) {
      throw truncated();
    }
  }

  /** Reads flags, sizes and name; null if the array holds no numbers. */
  private @Nullable Variable head(InputStream in, long at) throws IOException {
    byte[] flags = element(in);
    if (flags.length < 8) {
      return null;
    }
    int kind = ByteBuffer.wrap(flags).order(order).getInt() & 0xFF;
    // mxDOUBLE_CLASS is 6, the last class of whole numbers 15.
    if (kind < 6 || kind > 15) {
      return null;
    }
    byte[] sizes = element(in);
    if (sizes.length > 4 * MAX_AXES) {
      throw damaged("an array of " + sizes.length / 4 + " axes");
    }
    int[] dims = new int[sizes.length / 4];
    ByteBuffer.wrap(sizes).order(order).asIntBuffer().get(dims);
    String name = new String(element(in), StandardCharsets.ISO_8859_1);
    return new Variable(name, dims, at);
  }

  /** The data of a short element. */
  private byte[] element(InputStream in) throws IOException {
    Tag tag = tag(in);
    if (tag.small() != null) {
      return tag.small();
    }
    if (tag.length() > 1 << 16) {
      throw damaged("a header of " + tag.length() + " bytes");
    }
    byte[] data = in.readNBytes((int) tag.length());
    in.readNBytes((int) (-tag.length() & 7));
    if (data.length < tag.length()) {
      throw truncated();
    }
    return data;
  }

  /**
   * An array by its name.
   *
   * @throws IOException naming the variables that the file does hold
   */
  Variable variable(String name) throws IOException {
    Variable variable = variables.get(name);
    if (variable == null) {
      throw new IOException(
          file
              + " holds no array of numbers "
              + name
              + "; it holds "
              + (variables.isEmpty() ? "none" : String.join(", ", variables.keySet())));
    }
    return variable;
  }

  /**
   * The first values of an array, whole numbers from 0 to 255.
   *
   * @param count how many
   * @throws IOException if there are fewer, or another value is among them
   */
  byte[] bytes(Variable variable, int count) throws IOException {
    try (InputStream file = RegularFile.open(this.file, Long.MAX_VALUE)) {
      file.skipNBytes(variable.position());
      Tag outer = tag(file);
      InputStream in = matrix(file, outer);
      head(in, variable.position());
      Tag tag = tag(in);
      // What an element claims may be far more than its bytes can give.
      if (tag.length() > outer.length() * (outer.type() == COMPRESSED ? DEFLATE_RATIO : 1)) {
        throw damaged(
            variable.name()
                + " claims "
                + tag.length()
                + " bytes, more than its element of "
                + outer.length()
                + " bytes can hold");
      }
      int width = tag.type() > 0 && tag.type() < BYTES.length ? BYTES[tag.type()] : 0;
      if (width == 0) {
        throw damaged(variable.name() + " holds values of the unknown type " + tag.type());
      }
      InputStream data = tag.small() == null ? in : new ByteArrayInputStream(tag.small());
      if (tag.length() / width < count) {
        throw damaged(
            variable.name() + " holds " + tag.length() / width + " values, expected " + count);
      }
      byte[] values = new byte[count];
      byte[] buffer = new byte[width << 13];
      for (int done = 0; done < count; ) {
        int n = Math.min(count - done, 1 << 13);
        if (data.readNBytes(buffer, 0, n * width) < n * width) {
          throw truncated();
        }
        ByteBuffer raw = ByteBuffer.wrap(buffer).order(order);
        for (int i = 0; i < n; i++, done++) {
          values[done] = whole(variable, done, value(raw, i * width, tag.type()));
        }
      }
      return values;
    } catch (ZipException e) {
      throw damaged("its compressed data can't be read: " + e.getMessage());
    } catch (EOFException e) {
      throw truncated();
    }
  }

  private byte whole(Variable variable, int place, double value) throws IOException {
    if (!(value >= 0 && value <= 255) || value != Math.rint(value)) {
      throw new IOException(
          file
              + ": value "
              + place
              + " of "
              + variable.name()
              + " is "
              + value
              + ", expected a whole number from 0 to 255");
    }
    return (byte) (int) value;
  }

  private static double value(ByteBuffer raw, int at, int type) {
    return switch (type) {
      case 1 -> raw.get(at);
      case 2 -> raw.get(at) & 0xFF;
      case 3 -> raw.getShort(at);
      case 4 -> raw.getShort(at) & 0xFFFF;
      case 5 -> raw.getInt(at);
      case 6 -> raw.getInt(at) & 0xFFFFFFFFL;
      case 7 -> raw.getFloat(at);
      case 9 -> raw.getDouble(at);
      default -> raw.getLong(at);
    };
  }

  private IOException truncated() {
    return new IOException(file + " is truncated; download it again");
  }

  private IOException damaged(String what) {
    return new IOException(file + " is damaged: " + what);
  }
}
