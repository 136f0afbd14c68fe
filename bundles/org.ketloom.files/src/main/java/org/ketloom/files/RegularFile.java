package org.ketloom.files;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Reads files that somebody else may have put there: regular ones alone, so that no pipe keeps a
 * reader waiting and no device goes on for ever, and never more than was asked for.
 */
public final class RegularFile {
  private static final int TYPE = 0170000;

  /** How long opening may take; a file on a disk that has to start turns up within seconds. */
  private static final Duration OPENING = Duration.ofSeconds(20);

  /** How often a file is opened that others replace by a new one, as {@link AtomicFile} does. */
  private static final int ATTEMPTS = 20;

  private RegularFile() {}

  /** A file that another one took the place of while it was opened. */
  private static final class ExchangedException extends IOException {
    private static final long serialVersionUID = 1;

    ExchangedException(Path file) {
      super(
          Untrusted.printable(file.toString())
              + " was exchanged while it was opened; try again when nobody changes it");
    }
  }

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
    return lasting(
        () -> {
          BasicFileAttributes before = require(file, links);
          Path real = real(file, links);
          return opened(file, () -> limited(reading(file, real, before), file, most), OPENING);
        });
  }

  /**
   * Opens a regular file for reading at any place, as {@link #open}.
   *
   * @throws NotRegularException saying what it is
   * @throws IOException if it isn't there, can't be read, or was exchanged meanwhile
   */
  public static FileChannel channel(Path file, LinkOption... links) throws IOException {
    return lasting(
        () -> {
          BasicFileAttributes before = require(file, links);
          Path real = real(file, links);
          return opened(file, () -> reading(file, real, before), OPENING);
        });
  }

  /**
   * Opens a regular file for writing at its end, and makes it where it isn't there. Links are not
   * followed.
   *
   * @throws NotRegularException saying what it is
   * @throws IOException if it can't be written, or was exchanged meanwhile
   */
  public static OutputStream append(Path file) throws IOException {
    BasicFileAttributes before = requireIfThere(file);
    Opening<OutputStream> opening =
        () -> {
          FileChannel channel = writing(file, before);
          return new Appending(channel.position(channel.size()));
        };
    return opened(file, opening, OPENING);
  }

  /**
   * Opens a regular file for writing at any place, as {@link #append}.
   *
   * @throws NotRegularException saying what it is
   * @throws IOException if it can't be written, or was exchanged meanwhile
   */
  public static FileChannel writing(Path file) throws IOException {
    BasicFileAttributes before = requireIfThere(file);
    return opened(file, () -> writing(file, before), OPENING);
  }

  private static @Nullable BasicFileAttributes requireIfThere(Path file) throws IOException {
    return Files.exists(file, LinkOption.NOFOLLOW_LINKS)
        ? require(file, LinkOption.NOFOLLOW_LINKS)
        : null;
  }

  /** Opens again where a new file took the old one's place, of which either would do. */
  static <T extends Closeable> T lasting(Opening<T> opening) throws IOException {
    for (int attempt = 1; ; attempt++) {
      try {
        return opening.open();
      } catch (ExchangedException e) {
        if (attempt == ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  private static Path real(Path file, LinkOption... links) throws IOException {
    return links.length == 0 ? file.toRealPath() : file;
  }

  private static FileChannel reading(Path file, Path real, BasicFileAttributes before)
      throws IOException {
    FileChannel channel =
        FileChannel.open(real, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
    return checked(file, real, before, channel);
  }

  private static FileChannel writing(Path file, @Nullable BasicFileAttributes before)
      throws IOException {
    FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
    return checked(file, file, before, channel);
  }

  private static InputStream limited(FileChannel channel, Path file, long most) throws IOException {
    try {
      if (channel.size() > most) {
        throw new TooLargeException(file, most);
      }
      return new Limited(channel, file, most);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  /** Opens a file. */
  @FunctionalInterface
  interface Opening<T extends Closeable> {
    T open() throws IOException;
  }

  /**
   * Opens what may have become a named pipe since it was looked at, on which the system waits until
   * somebody opens its other end: in a thread of its own, and with a limit.
   */
  static <T extends Closeable> T opened(Path file, Opening<T> opening, Duration limit)
      throws IOException {
    CompletableFuture<T> answer = new CompletableFuture<>();
    Thread thread = new Thread(() -> open(opening, answer), "ketloom-open");
    thread.setDaemon(true);
    thread.start();
    try {
      return answer.orTimeout(limit.toMillis(), TimeUnit.MILLISECONDS).join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof IOException failure) {
        throw failure;
      }
      String why =
          e.getCause() instanceof TimeoutException
              ? "the system hasn't answered for "
                  + limit.toSeconds()
                  + " s; it was exchanged for a named pipe, or its disk doesn't answer"
              : Causes.line(e);
      throw new IOException(
          Untrusted.printable(file.toString()) + " can't be opened: " + why, e.getCause());
    }
  }

  private static <T extends Closeable> void open(Opening<T> opening, CompletableFuture<T> answer) {
    try {
      T file = opening.open();
      if (!answer.complete(file)) {
        file.close();
      }
    } catch (IOException | RuntimeException | Error e) {
      answer.completeExceptionally(e);
    }
  }

  /** What was opened, if it is what was looked at before. */
  static FileChannel checked(
      Path file, Path real, @Nullable BasicFileAttributes before, FileChannel channel)
      throws IOException {
    try {
      BasicFileAttributes after = require(real, LinkOption.NOFOLLOW_LINKS);
      if (before != null && !Objects.equals(before.fileKey(), after.fileKey())
          || !hasPositions(channel)) {
        throw new ExchangedException(file);
      }
      return channel;
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  /** Whether this is no pipe, whatever bears the name that it was opened by now. */
  private static boolean hasPositions(FileChannel channel) {
    try {
      return channel.position() >= 0;
    } catch (IOException e) {
      return false;
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
   * Reads the text of a regular file in UTF-8.
   *
   * @param most the most bytes that it may have
   * @throws CharacterCodingException if it holds anything else
   */
  public static String text(Path file, int most, LinkOption... links) throws IOException {
    return StandardCharsets.UTF_8
        .newDecoder()
        .decode(ByteBuffer.wrap(read(file, most, links)))
        .toString();
  }

  /**
   * As {@link #read}, in the thread that calls: for very many files that are read by threads which
   * nobody waits for without a limit, since a file that is exchanged for a named pipe between the
   * check and the opening keeps the thread.
   */
  public static byte[] readHere(Path file, int most) throws IOException {
    Opening<InputStream> opening =
        () -> {
          BasicFileAttributes before = require(file);
          return limited(reading(file, real(file), before), file, most);
        };
    try (InputStream in = lasting(opening)) {
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

  /**
   * Gives no more than a number of bytes. An interrupt that came before doesn't close the file, as
   * with the streams of {@link Files}.
   */
  private static final class Limited extends InputStream {
    private final FileChannel channel;
    private final Path file;
    private final long most;
    private long left;

    Limited(FileChannel channel, Path file, long most) {
      this.channel = channel;
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
      int asked = (int) Math.min(length, Math.max(1, left));
      boolean interrupted = Thread.interrupted();
      int read;
      try {
        read = channel.read(ByteBuffer.wrap(bytes, offset, asked));
      } finally {
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
      }
      if (read > 0 && (left -= read) < 0) {
        throw new TooLargeException(file, most);
      }
      return read;
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }

  /** Writes; an interrupt that came before doesn't close the file. */
  private static final class Appending extends OutputStream {
    private final FileChannel channel;

    Appending(FileChannel channel) {
      this.channel = channel;
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, length);
      boolean interrupted = Thread.interrupted();
      try {
        while (buffer.hasRemaining()) {
          channel.write(buffer);
        }
      } finally {
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
      }
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
