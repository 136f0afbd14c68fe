package org.ketloom.files;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.Set;

/**
 * Reads files that somebody else may have put there: regular ones alone, so that no pipe keeps a
 * reader waiting and no device goes on for ever, and never more than was asked for.
 */
public final class RegularFile {
  private static final int TYPE = 0170000;

  private RegularFile() {}

  /** A file that isn't a regular one. */
  public static final class NotRegularException extends IOException {
    private static final long serialVersionUID = 1;

    NotRegularException(Path file, String kind) {
      super(Untrusted.printable(file.toString()) + " is " + kind + ", not a regular file");
    }
  }

  /** A file of more bytes than were asked for. */
  public static final class TooLargeException extends IOException {
    private static final long serialVersionUID = 1;

    TooLargeException(Path file, long most) {
      super(
          Untrusted.printable(file.toString())
              + " has more than "
              + most
              + " bytes, the most that is read of it");
    }
  }

  /**
   * Opens a regular file. Without {@link LinkOption#NOFOLLOW_LINKS} it may be a link to one; the
   * link is resolved once, and what it led to is opened.
   *
   * @param most the most bytes that may be read
   * @return a stream that throws {@link TooLargeException} instead of giving one byte more
   * @throws NotRegularException saying what it is
   * @throws IOException if it isn't there, can't be read, or was exchanged meanwhile
   */
  public static InputStream open(Path file, long most, LinkOption... links) throws IOException {
    BasicFileAttributes before = require(file, links);
    if (before.size() > most) {
      throw new TooLargeException(file, most);
    }
    Path real = links.length == 0 ? file.toRealPath() : file;
    InputStream in =
        Channels.newInputStream(
            Files.newByteChannel(real, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)));
    try {
      BasicFileAttributes after = require(real, LinkOption.NOFOLLOW_LINKS);
      if (!Objects.equals(before.fileKey(), after.fileKey())) {
        throw new IOException(file + " was exchanged while it was opened; it is read again later");
      }
      return new Limited(in, file, most);
    } catch (IOException e) {
      in.close();
      throw e;
    }
  }

  /**
   * Reads a regular file whole.
   *
   * @param most the most bytes that it may have
   */
  public static byte[] read(Path file, int most, LinkOption... links) throws IOException {
    try (InputStream in = open(file, most, links)) {
      return in.readAllBytes();
    }
  }

  /**
   * Attributes of a regular file.
   *
   * @throws NotRegularException saying what it is
   */
  public static BasicFileAttributes require(Path file, LinkOption... links) throws IOException {
    BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class, links);
    if (!attributes.isRegularFile()) {
      throw new NotRegularException(file, kind(file, attributes, links));
    }
    return attributes;
  }

  private static String kind(Path file, BasicFileAttributes attributes, LinkOption... links) {
    String what = attributes.isDirectory() ? "a folder" : special(file, attributes, links);
    return (links.length == 0 && Files.isSymbolicLink(file) ? "a link to " : "") + what;
  }

  private static String special(Path file, BasicFileAttributes attributes, LinkOption... links) {
    if (attributes.isSymbolicLink()) {
      return "a link";
    }
    try {
      return switch ((int) Files.getAttribute(file, "unix:mode", links) & TYPE) {
        case 0010000 -> "a named pipe";
        case 0020000, 0060000 -> "a device";
        case 0140000 -> "a socket";
        default -> "a special file";
      };
    } catch (IOException | UnsupportedOperationException | IllegalArgumentException e) {
      return "a device, a named pipe or a socket";
    }
  }

  /** Gives no more than a number of bytes. */
  private static final class Limited extends FilterInputStream {
    private final Path file;
    private final long most;
    private long left;

    Limited(InputStream in, Path file, long most) {
      super(in);
      this.file = file;
      this.most = most;
      this.left = most;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int read = in.read(bytes, offset, (int) Math.min(length, Math.max(1, left)));
      if (read > 0 && (left -= read) < 0) {
        throw new TooLargeException(file, most);
      }
      return read;
    }

    @Override
    public long skip(long count) throws IOException {
      long skipped = in.skip(Math.min(count, left));
      left -= skipped;
      return skipped;
    }

    @Override
    public boolean markSupported() {
      return false;
    }
  }
}
