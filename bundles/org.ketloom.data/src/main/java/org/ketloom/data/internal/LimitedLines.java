package org.ketloom.data.internal;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;

/** Gives no line of more than a number of bytes: one of a gigabyte takes a few bytes in gzip. */
final class LimitedLines extends FilterInputStream {
  private final Path file;
  private final int most;
  private int length;

  /**
   * @param file for the message
   * @param most the most bytes of a line
   */
  LimitedLines(InputStream in, Path file, int most) {
    super(in);
    this.file = file;
    this.most = most;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] bytes, int offset, int count) throws IOException {
    int read = in.read(bytes, offset, count);
    for (int i = offset; i < offset + read; i++) {
      length = bytes[i] == '\n' ? 0 : length + 1;
      if (length > most) {
        throw new IOException(
            file + " has a line of more than " + most + " characters; it is another file");
      }
    }
    return read;
  }
}
