package org.ketloom.data;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.BodySubscribers;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.ketloom.api.model.Progress;
import org.ketloom.files.AtomicFile;
import org.ketloom.files.CacheFolder;
import org.ketloom.files.Causes;
import org.ketloom.files.RegularFile;
import org.ketloom.files.Sha256;
import org.ketloom.files.Untrusted;

/**
 * Fetches published data sets into a cache folder. A file is written beside its place, with {@code
 * .part} at the end of its name, and put into its place when its length and SHA-256 are right: what
 * is in place is whole, and what was there before is never harmed. A download that broke off goes
 * on where it stopped, from the same place or another mirror.
 */
public final class DataDownloads {
  private static final Duration CONNECT = Duration.ofSeconds(20);
  private static final Duration STALL = Duration.ofSeconds(60);
  private static final int LONGEST_REASON = 200;

  private static final List<Published> PUBLISHED =
      List.of(
          new Published(
              "mnist",
              List.of(
                  URI.create("https://ossci-datasets.s3.amazonaws.com/mnist/"),
                  URI.create("https://storage.googleapis.com/cvdf-datasets/mnist/")),
              List.of(
                  new Item(
                      "train-images-idx3-ubyte.gz",
                      9_912_422,
                      "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"),
                  new Item(
                      "train-labels-idx1-ubyte.gz",
                      28_881,
                      "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"),
                  new Item(
                      "t10k-images-idx3-ubyte.gz",
                      1_648_877,
                      "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"),
                  new Item(
                      "t10k-labels-idx1-ubyte.gz",
                      4_542,
                      "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"))),
          new Published(
              "fashion-mnist",
              List.of(
                  URI.create("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/"),
                  URI.create(
                      "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/")),
              List.of(
                  new Item(
                      "train-images-idx3-ubyte.gz",
                      26_421_880,
                      "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"),
                  new Item(
                      "train-labels-idx1-ubyte.gz",
                      29_515,
                      "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"),
                  new Item(
                      "t10k-images-idx3-ubyte.gz",
                      4_422_102,
                      "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"),
                  new Item(
                      "t10k-labels-idx1-ubyte.gz",
                      5_148,
                      "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"))));

  /** A data set: its name, where it is published (base addresses, best first), its files. */
  record Published(String name, List<URI> mirrors, List<Item> items) {}

  /** A file: its name, length in bytes and SHA-256. */
  record Item(String name, long size, String sha256) {}

  private final Path cache;
  private final List<Published> published;
  private final Duration stall;

  /**
   * @param cache folder that holds a folder for each data set; made when something is fetched
   */
  public DataDownloads(Path cache) {
    this(cache, PUBLISHED, STALL);
  }

  DataDownloads(Path cache, List<Published> published, Duration stall) {
    this.cache = cache;
    this.published = published;
    this.stall = stall;
  }

  /** Downloads in the user's cache, in the folder {@code data} of {@link CacheFolder}. */
  public static DataDownloads inCache() {
    return new DataDownloads(CacheFolder.get().resolve("data"));
  }

  /** Names of the data sets that can be fetched. */
  public List<String> names() {
    return published.stream().map(Published::name).toList();
  }

  /**
   * The folder into which a data set is fetched, whether it is there or not.
   *
   * @throws IllegalArgumentException if the name is unknown
   */
  public Path folder(String name) {
    return cache.resolve(find(name).name());
  }

  /**
   * Fetches the files of a data set that aren't there yet.
   *
   * @param name the data set
   * @param base address below which the files lie; empty for the known mirrors, one after the other
   * @param progress is told bytes done and bytes in all, for all files together; a few times a
   *     second
   * @return the folder of the files
   * @throws IllegalArgumentException if the name is unknown or the address is not http or https
   * @throws IOException naming the file and, for each address that was tried, what was wrong
   * @throws CancellationException if the progress asked to stop; what was fetched is kept
   */
  public Path get(String name, Optional<URI> base, Progress progress) throws IOException {
    Published set = find(name);
    List<URI> bases = base.map(b -> List.of(directory(b))).orElse(set.mirrors());
    Path folder = folder(name);
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw unwritable(folder, e);
    }
    HttpClient client =
        HttpClient.newBuilder()
            .connectTimeout(CONNECT)
            .followRedirects(HttpClient.Redirect.NORMAL)
            .build();
    long total = set.items().stream().mapToLong(Item::size).sum();
    long before = 0;
    for (Item item : set.items()) {
      long start = before;
      if (!whole(folder.resolve(item.name()), item)) {
        fetch(client, bases, folder, item, done -> progress.update(start + done, total));
      }
      before += item.size();
      if (!progress.update(before, total)) {
        throw stopped();
      }
    }
    return folder;
  }

  private Published find(String name) {
    return published.stream()
        .filter(p -> p.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "there is no data set \""
                        + name
                        + "\" to download; there are "
                        + String.join(", ", names())));
  }

  private static URI directory(URI base) {
    if (!("http".equals(base.getScheme()) || "https".equals(base.getScheme()))
        || base.getHost() == null) {
      throw new IllegalArgumentException(
          "a download comes from an http or https address, found \"" + base + "\"");
    }
    return base.getPath().endsWith("/") ? base : URI.create(base + "/");
  }

  /** Told how many bytes of a file are there; false asks to stop. */
  private interface Meter {
    boolean update(long done);
  }

  private void fetch(HttpClient client, List<URI> bases, Path folder, Item item, Meter meter)
      throws IOException {
    List<String> failures = new ArrayList<>();
    Path part = folder.resolve(item.name() + ".part");
    for (URI base : bases) {
      URI address = base.resolve(item.name());
      try {
        boolean resumed = size(part) > 0;
        Optional<String> wrong = attempt(client, address, part, item, meter);
        if (wrong.isPresent() && resumed) {
          // The beginning may be another server's or an older run's.
          wrong = attempt(client, address, part, item, meter);
        }
        if (wrong.isEmpty()) {
          move(part, folder.resolve(item.name()));
          return;
        }
        failures.add(address + " " + wrong.get());
      } catch (DownloadException e) {
        failures.add(address + " " + e.getMessage());
        // More than the file has is of another one: a server may send for ever.
        if (size(part) > item.size()) {
          Files.delete(part);
        }
      }
    }
    long kept = size(part);
    throw new IOException(
        item.name()
            + " could not be downloaded: "
            + String.join("; ", failures)
            + (kept > 0
                ? "; " + kept + " of " + item.size() + " bytes are kept; try again to resume"
                : "; try again, name another address, or get the file by other means"));
  }

  /** What went wrong between here and a server, or at it. */
  private static final class DownloadException extends IOException {
    private static final long serialVersionUID = 1;

    DownloadException(String message) {
      super(message);
    }

    DownloadException(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /**
   * Fetches what is missing of a file.
   *
   * @return empty if the file is whole; else what is wrong with it, and it is removed
   */
  private Optional<String> attempt(
      HttpClient client, URI address, Path part, Item item, Meter meter) throws IOException {
    if (size(part) > item.size()) {
      Files.delete(part);
    }
    if (size(part) < item.size()) {
      transfer(client, address, part, item, meter);
    }
    long size = size(part);
    if (size < item.size()) {
      throw new DownloadException("broke off after " + size + " of " + item.size() + " bytes");
    }
    String sum = size == item.size() ? Sha256.of(part) : "";
    if (sum.equals(item.sha256())) {
      return Optional.empty();
    }
    Files.delete(part);
    return Optional.of(
        size > item.size()
            ? "sent more than " + item.size() + " bytes, so it is another file, and was removed"
            : "sent a file whose SHA-256 is "
                + sum
                + ", expected "
                + item.sha256()
                + ", so it is another file, and was removed");
  }

  private void transfer(HttpClient client, URI address, Path part, Item item, Meter meter)
      throws IOException {
    long start = size(part);
    HttpRequest.Builder request = HttpRequest.newBuilder(address);
    if (start > 0) {
      request.header("Range", "bytes=" + start + "-");
    }
    try {
      // Not through a link, which in a folder of several users may lead to any file of this one.
      RegularFile.writing(part).close();
    } catch (RegularFile.NotRegularException e) {
      throw new IOException(e.getMessage() + "; remove it", e);
    } catch (IOException e) {
      throw unwritable(part.resolveSibling(""), e);
    }
    CompletableFuture<HttpResponse<Path>> answer =
        client.sendAsync(request.build(), info -> body(info, part, start));
    try {
      HttpResponse<Path> response = await(answer, part, item, meter);
      int status = response.statusCode();
      if (start > 0 && (status == 416 || status == 206 && !goesOn(response.headers(), start))) {
        // What is here doesn't match what the server has: start over.
        Files.delete(part);
        transfer(client, address, part, item, meter);
      } else if (status != 200 && status != 206) {
        throw new DownloadException("answers HTTP status " + status);
      }
    } finally {
      answer.cancel(true);
      if (size(part) == 0) {
        Files.deleteIfExists(part);
      }
    }
  }

  private static BodySubscriber<Path> body(ResponseInfo info, Path part, long start) {
    if (info.statusCode() == 206 && goesOn(info.headers(), start)) {
      return BodySubscribers.ofFile(
          part, StandardOpenOption.WRITE, StandardOpenOption.APPEND, LinkOption.NOFOLLOW_LINKS);
    }
    return info.statusCode() == 200
        ? BodySubscribers.ofFile(
            part,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING,
            LinkOption.NOFOLLOW_LINKS)
        : BodySubscribers.replacing(part);
  }

  private static boolean goesOn(HttpHeaders headers, long start) {
    return headers.firstValue("Content-Range").orElse("").startsWith("bytes " + start + "-");
  }

  private HttpResponse<Path> await(
      CompletableFuture<HttpResponse<Path>> answer, Path part, Item item, Meter meter)
      throws IOException {
    long known = size(part);
    long moved = System.nanoTime();
    while (true) {
      try {
        return answer.get(100, TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        long now = size(part);
        if (!meter.update(Math.min(now, item.size()))) {
          throw stopped();
        }
        if (now != known) {
          known = now;
          moved = System.nanoTime();
        }
        if (now > item.size()) {
          throw new DownloadException(
              "sends more than " + item.size() + " bytes, so it is another file, and was removed");
        }
        if (System.nanoTime() - moved > stall.toNanos()) {
          throw new DownloadException("sent nothing for " + stall.toSeconds() + " s", e);
        }
      } catch (ExecutionException e) {
        if (e.getCause() instanceof FileSystemException full) {
          throw unwritable(part.resolveSibling(""), full);
        }
        Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
        throw new DownloadException("failed: " + brief(Causes.of(cause)), cause);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw stopped();
      }
    }
  }

  /** What may quote the server's words, which may be any. */
  private static String brief(String message) {
    String printable = Untrusted.printable(message).lines().findFirst().orElse("");
    return printable.length() > LONGEST_REASON
        ? printable.substring(0, LONGEST_REASON) + "..."
        : printable;
  }

  private static CancellationException stopped() {
    return new CancellationException("the download was stopped; what was fetched is kept");
  }

  private static IOException unwritable(Path folder, IOException e) {
    return new IOException(
        folder
            + " can't be written to ("
            + e.getClass().getSimpleName()
            + ": "
            + e.getMessage()
            + "); set KETLOOM_CACHE to a folder that can",
        e);
  }

  private static boolean whole(Path file, Item item) throws IOException {
    return size(file) == item.size() && Sha256.of(file).equals(item.sha256());
  }

  private static long size(Path file) throws IOException {
    return Files.exists(file) ? Files.size(file) : 0;
  }

  private static void move(Path from, Path to) throws IOException {
    try {
      AtomicFile.move(from, to);
    } catch (IOException e) {
      throw unwritable(to.resolveSibling(""), e);
    }
  }
}
