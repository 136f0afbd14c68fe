package org.ketloom.shell.internal.console;

import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.Charset;
import org.ketloom.files.Untrusted;

/**
 * As {@link PrintableWriter}, for what writes bytes: the commands of Gogo, which show names and
 * properties that a plugin has chosen. Text passes line by line, or when it is flushed.
 */
public final class PrintableStream extends FilterOutputStream {
  private final Charset charset;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();

  /**
   * @param charset of what is written
   */
  public PrintableStream(OutputStream out, Charset charset) {
    super(out);
    this.charset = charset;
  }

  @Override
  public synchronized void write(int b) throws IOException {
    line.write(b);
    if (b == '\n') {
      pass();
    }
  }

  @Override
  public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
    for (int i = offset; i < offset + length; i++) {
      write(bytes[i]);
    }
  }

  @Override
  public synchronized void flush() throws IOException {
    pass();
    out.flush();
  }

  private void pass() throws IOException {
    String text = line.toString(charset);
    line.reset();
    // Windows ends its lines with a carriage return too.
    String end = System.lineSeparator();
    boolean ended = text.endsWith(end);
    String part = ended ? text.substring(0, text.length() - end.length()) : text;
    out.write((Untrusted.printable(part) + (ended ? end : "")).getBytes(charset));
  }
}
