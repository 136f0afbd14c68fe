package org.ketloom.data.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.function.Executable;
import org.ketloom.api.data.Dataset;
import org.ketloom.api.data.ImageBatch;

/** Files and checks that several tests share. */
public final class TestFiles {
  private TestFiles() {}

  /** The bytes of an IDX file: code of the type, sizes of the axes, values. */
  public static byte[] idx(int type, int[] axes, byte... values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 + 4 * axes.length + values.length);
    bytes.put(new byte[] {0, 0, (byte) type, (byte) axes.length});
    for (int axis : axes) {
      bytes.putInt(axis);
    }
    return bytes.put(values).array();
  }

  public static byte[] idx(int[] axes, int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return idx(8, axes, bytes);
  }

  public static byte[] gzip(byte[] plain) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(plain);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  public static String write(Path file, byte[] bytes) throws IOException {
    return Files.write(file, bytes).toString();
  }

  /** Makes a named pipe, which nobody writes to. */
  public static void pipe(Path file) throws IOException, InterruptedException {
    assertEquals(0, new ProcessBuilder("mkfifo", file.toString()).start().waitFor());
  }

  /** All pixels of a data set as 0 to 255. */
  public static int[] pixels(Dataset data) {
    int[] places = new int[data.size()];
    for (int i = 0; i < places.length; i++) {
      places[i] = i;
    }
    return pixels(data.get(places));
  }

  public static int[] pixels(ImageBatch batch) {
    int[] pixels = new int[batch.pixels().length];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = Math.round((batch.pixels()[i] + 1) * 127.5f);
    }
    return pixels;
  }

  /** Checks that something fails with a message of one line that holds all of the parts. */
  public static void assertFails(
      Class<? extends Exception> type, Executable action, Object... messageParts) {
    String message = assertThrows(type, action).getMessage();
    for (Object part : messageParts) {
      assertTrue(message.contains(part.toString()), () -> part + " is not in: " + message);
    }
    assertTrue(message.lines().count() == 1, message);
  }

  /** A folder of real data; the test is skipped where it isn't. */
  public static Path realData(String folder) {
    String data = System.getProperty("ketloom.data", System.getenv("KETLOOM_DATA"));
    assumeTrue(
        data != null, "needs real data: name their folder in the environment as KETLOOM_DATA");
    return Path.of(data, folder);
  }
}
