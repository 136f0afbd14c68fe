package org.ketloom.shell.internal.console;

import java.io.FilterWriter;
import java.io.IOException;
import java.io.Writer;
import org.ketloom.files.Untrusted;

/**
 * What stands between all commands and the terminal: text passes, control characters that came with
 * a name or a message out of some file don't. A single carriage return, written as a character of
 * its own, passes: that is how a line of progress is overwritten.
 */
public final class PrintableWriter extends FilterWriter {

  public PrintableWriter(Writer out) {
    super(out);
  }

  @Override
  public void write(int c) throws IOException {
    out.write(c == '\r' ? "\r" : Untrusted.printable(String.valueOf((char) c)));
  }

  @Override
  public void write(char[] characters, int offset, int length) throws IOException {
    write(new String(characters, offset, length), 0, length);
  }

  @Override
  public void write(String text, int offset, int length) throws IOException {
    // Windows ends its lines with a carriage return too.
    String line = System.lineSeparator();
    String part = text.substring(offset, offset + length);
    out.write(part.equals(line) ? part : Untrusted.printable(part));
  }
}
