package org.ketloom.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.ketloom.api.model.Progress;

class DataDownloadsTest {
  private static final Progress SILENT = (done, total) -> true;

  @TempDir Path cache;
  private final byte[] large = bytes(300_000, 1);
  private final byte[] small = bytes(100, 2);
  private final List<String> requests = Collections.synchronizedList(new ArrayList<>());
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final CountDownLatch release = new CountDownLatch(1);
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.start();
    serve("/good/", true, b -> b);
  }

  @AfterEach
  void stop() {
    release.countDown();
    server.stop(0);
    threads.shutdownNow();
  }

  @Test
  void fetchesAllFilesAndNothingTwice() throws IOException {
    List<Long> done = new ArrayList<>();
    Path folder =
        downloads("/good/")
            .get(
                "set",
                Optional.empty(),
                (now, total) -> {
                  assertEquals(300_100, total);
                  return done.add(now);
                });
    assertEquals(cache.resolve("set"), folder);
    assertWhole();
    assertEquals(300_100L, done.get(done.size() - 1));
    assertEquals(done.stream().sorted().toList(), done);
    assertEquals(2, requests.size());
    downloads("/good/").get("set", Optional.empty(), SILENT);
    assertEquals(2, requests.size());
  }

  @Test
  void goesOnWhereItStopped() throws IOException {
    breakOff("/bad/", 100_000);
    IOException broken =
        assertThrows(
            IOException.class, () -> downloads("/bad/").get("set", Optional.empty(), SILENT));
    assertContains(
        broken,
        "large.gz",
        "/bad/large.gz",
        "100000 of 300000 bytes are kept; try again to resume");
    assertEquals(100_000, Files.size(part()));
    assertFalse(Files.exists(cache.resolve("set/large.gz")));
    requests.clear();
    downloads("/good/").get("set", Optional.empty(), SILENT);
    assertWhole();
    assertEquals("/good/large.gz bytes=100000-", requests.get(0));
    assertFalse(Files.exists(part()));
  }

  @Test
  void anotherMirrorGoesOn() throws IOException {
    breakOff("/bad/", 100_000);
    downloads("/bad/", "/good/").get("set", Optional.empty(), SILENT);
    assertWhole();
    assertTrue(requests.contains("/good/large.gz bytes=100000-"), requests.toString());
  }

  @Test
  void beginsAnewWhereTheServerKnowsNoRanges() throws IOException {
    serve("/plain/", false, b -> b);
    Files.createDirectories(cache.resolve("set"));
    Files.write(part(), Arrays.copyOf(large, 5000));
    downloads("/plain/").get("set", Optional.empty(), SILENT);
    assertWhole();
  }

  @Test
  void beginsAnewWhereTheBeginningWasAnotherFile() throws IOException {
    Files.createDirectories(cache.resolve("set"));
    Files.write(part(), bytes(5000, 77));
    downloads("/good/").get("set", Optional.empty(), SILENT);
    assertWhole();
    assertEquals(
        List.of("/good/large.gz bytes=5000-", "/good/large.gz null", "/good/small.gz null"),
        requests);
  }

  @Test
  void beginsAnewWhereTheBeginningIsTooLong() throws IOException {
    Files.createDirectories(cache.resolve("set"));
    Files.write(part(), bytes(300_001, 77));
    downloads("/good/").get("set", Optional.empty(), SILENT);
    assertWhole();
  }

  @Test
  void beginsAnewWhereTheRangeIsRefusedOrAnother() throws IOException {
    for (int status : new int[] {416, 206}) {
      String path = "/refuses" + status + "/";
      server.createContext(
          path,
          exchange -> {
            boolean ranged = exchange.getRequestHeaders().getFirst("Range") != null;
            byte[] body = exchange.getRequestURI().getPath().contains("large") ? large : small;
            if (ranged && status == 206) {
              exchange.getResponseHeaders().set("Content-Range", "bytes 0-299999/300000");
            }
            answer(exchange, ranged ? status : 200, body);
          });
      Path folder = Files.createDirectories(cache.resolve("set"));
      Files.deleteIfExists(folder.resolve("large.gz"));
      Files.write(part(), Arrays.copyOf(large, 5000));
      downloads(path).get("set", Optional.empty(), SILENT);
      assertWhole();
    }
  }

  @Test
  void refusesAnotherFileAndLeavesTheOldOneUnharmed() throws IOException {
    serve(
        "/forged/",
        true,
        b -> {
          byte[] forged = b.clone();
          forged[50] ^= 1;
          return forged;
        });
    Files.createDirectories(cache.resolve("set"));
    Files.write(cache.resolve("set/large.gz"), small);
    IOException wrong =
        assertThrows(
            IOException.class, () -> downloads("/forged/").get("set", Optional.empty(), SILENT));
    assertContains(wrong, "/forged/large.gz", "SHA-256", sha256(large), "removed");
    assertFalse(Files.exists(part()));
    assertArrayEquals(small, Files.readAllBytes(cache.resolve("set/large.gz")));
    downloads("/good/").get("set", Optional.empty(), SILENT);
    assertWhole();
  }

  @Test
  void refusesALongerFile() throws IOException {
    serve("/long/", true, b -> Arrays.copyOf(b, b.length + 1));
    IOException wrong =
        assertThrows(
            IOException.class, () -> downloads("/long/").get("set", Optional.empty(), SILENT));
    assertContains(wrong, "more than 300000 bytes");
    assertFalse(Files.exists(part()));
  }

  @Test
  void namesEveryAddressThatDoesNotHaveTheFile() {
    IOException missing =
        assertThrows(
            IOException.class,
            () -> downloads("/none/", "/nor/").get("set", Optional.empty(), SILENT));
    assertContains(missing, "large.gz", "/none/large.gz", "/nor/large.gz", "HTTP status 404");
    assertFalse(Files.exists(part()));
  }

  @Test
  void takesAnotherAddress() throws IOException {
    downloads("/none/").get("set", Optional.of(uri("/good")), SILENT);
    assertWhole();
    IllegalArgumentException wrong =
        assertThrows(
            IllegalArgumentException.class,
            () -> downloads("/good/").get("set", Optional.of(URI.create("ftp://x/y")), SILENT));
    assertContains(wrong, "http or https", "ftp://x/y");
  }

  @Test
  void namesTheServerThatCannotBeReached() {
    URI gone = uri("/good/");
    server.stop(0);
    IOException failed =
        assertThrows(
            IOException.class, () -> downloads("/good/").get("set", Optional.of(gone), SILENT));
    assertContains(failed, gone + "large.gz", "failed");
  }

  @Test
  void givesUpOnASilentServer() {
    silence("/silent/");
    DataDownloads impatient = downloads(cache, Duration.ofSeconds(1), "/silent/");
    IOException silent =
        assertThrows(IOException.class, () -> impatient.get("set", Optional.empty(), SILENT));
    assertContains(silent, "/silent/large.gz", "sent nothing for 1 s", "1000 of 300000");
  }

  /** Not even the first byte of an answer. */
  @Test
  void givesUpOnAServerThatOnlyListens() throws IOException {
    try (ServerSocket mute = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      DataDownloads impatient = downloads(cache, Duration.ofSeconds(1), "/good/");
      URI address = URI.create("http://127.0.0.1:" + mute.getLocalPort() + "/");
      IOException silent =
          assertThrows(IOException.class, () -> impatient.get("set", Optional.of(address), SILENT));
      assertContains(silent, address + "large.gz", "sent nothing for 1 s");
    }
  }

  /** A file of another size is known by it, whatever the server announces. */
  @Test
  void keepsNothingOfAServerThatSendsWithoutEnd() {
    server.createContext(
        "/endless/",
        exchange -> {
          exchange.sendResponseHeaders(200, 0);
          byte[] piece = new byte[1 << 16];
          while (true) {
            // Ends with an exception, when the connection is closed.
            exchange.getResponseBody().write(piece);
          }
        });
    IOException endless =
        assertThrows(
            IOException.class, () -> downloads("/endless/").get("set", Optional.empty(), SILENT));
    assertContains(endless, "/endless/large.gz", "more than 300000 bytes", "was removed");
    assertFalse(Files.exists(part()));
  }

  @Test
  void followsNoRedirectionForEverAndNoneToAFile() {
    for (String to : List.of("/around/large.gz", "file:///dev/zero")) {
      server.createContext(
          to.startsWith("/") ? "/around/" : "/away/",
          exchange -> {
            exchange.getResponseHeaders().set("Location", to);
            answer(exchange, 302, new byte[0]);
          });
      String path = to.startsWith("/") ? "/around/" : "/away/";
      IOException lost =
          assertThrows(
              IOException.class, () -> downloads(path).get("set", Optional.empty(), SILENT));
      assertContains(lost, path + "large.gz");
      assertFalse(Files.exists(part()));
    }
  }

  /** In a folder that several users share, each can put such things there. */
  @Test
  @Timeout(30)
  void whatIsDownloadedGoesThroughNoLinkAndIntoNoPipe() throws Exception {
    Path folder = Files.createDirectories(cache.resolve("set"));
    Path other = Files.writeString(cache.resolve("diary"), "mine");
    Files.createSymbolicLink(part(), other);
    IOException link =
        assertThrows(
            IOException.class, () -> downloads("/good/").get("set", Optional.empty(), SILENT));
    assertEquals(part() + " is a link, not a regular file; remove it", link.getMessage());
    assertEquals("mine", Files.readString(other));
    Files.delete(part());
    assertEquals(0, new ProcessBuilder("mkfifo", part().toString()).start().waitFor());
    IOException pipe =
        assertThrows(
            IOException.class, () -> downloads("/good/").get("set", Optional.empty(), SILENT));
    assertEquals(part() + " is a named pipe, not a regular file; remove it", pipe.getMessage());
    Files.delete(part());
    assertEquals(
        0, new ProcessBuilder("mkfifo", folder.resolve("small.gz").toString()).start().waitFor());
    downloads("/good/").get("set", Optional.empty(), SILENT);
    assertWhole();
  }

  @Test
  void stopsWhenAskedToAndKeepsWhatIsThere() throws IOException {
    silence("/silent/");
    assertThrows(
        CancellationException.class,
        () -> downloads("/silent/").get("set", Optional.empty(), (done, total) -> done < 1000));
    assertEquals(1000, Files.size(part()));
  }

  @Test
  void namesTheFolderThatCannotBeWrittenTo() throws IOException {
    Path file = Files.createFile(cache.resolve("file"));
    DataDownloads inFile = downloads(file, "/good/");
    IOException refused =
        assertThrows(IOException.class, () -> inFile.get("set", Optional.empty(), SILENT));
    assertContains(refused, file.toString(), "can't be written to", "KETLOOM_CACHE");
  }

  @Test
  void namesTheReadOnlyFolder() throws IOException {
    Path folder = Files.createDirectories(cache.resolve("set"));
    assertTrue(folder.toFile().setWritable(false));
    try {
      assumeFalse(Files.isWritable(folder), "this user may write everywhere");
      IOException refused =
          assertThrows(
              IOException.class, () -> downloads("/good/").get("set", Optional.empty(), SILENT));
      assertContains(refused, folder.toString(), "can't be written to", "KETLOOM_CACHE");
    } finally {
      assertTrue(folder.toFile().setWritable(true));
    }
  }

  @Test
  void knowsWhatIsPublished() {
    assertEquals(List.of("mnist", "fashion-mnist"), DataDownloads.inCache().names());
    IllegalArgumentException unknown =
        assertThrows(
            IllegalArgumentException.class,
            () -> DataDownloads.inCache().get("minst", Optional.empty(), SILENT));
    assertContains(unknown, "minst", "mnist, fashion-mnist");
  }

  private DataDownloads downloads(String... paths) {
    return downloads(cache, paths);
  }

  private DataDownloads downloads(Path folder, String... paths) {
    return downloads(folder, Duration.ofSeconds(20), paths);
  }

  private DataDownloads downloads(Path folder, Duration stall, String... paths) {
    return new DataDownloads(
        folder,
        List.of(
            new DataDownloads.Published(
                "set",
                Arrays.stream(paths).map(this::uri).toList(),
                List.of(
                    new DataDownloads.Item("large.gz", large.length, sha256(large)),
                    new DataDownloads.Item("small.gz", small.length, sha256(small))))),
        stall);
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
  }

  private Path part() {
    return cache.resolve("set/large.gz.part");
  }

  private void assertWhole() throws IOException {
    assertArrayEquals(large, Files.readAllBytes(cache.resolve("set/large.gz")));
    assertArrayEquals(small, Files.readAllBytes(cache.resolve("set/small.gz")));
    try (var files = Files.list(cache.resolve("set"))) {
      assertEquals(2, files.count());
    }
  }

  private static void assertContains(Exception e, String... parts) {
    for (String part : parts) {
      assertTrue(e.getMessage().contains(part), () -> part + " is not in: " + e.getMessage());
    }
  }

  private void serve(String path, boolean ranges, Function<byte[], byte[]> change) {
    server.createContext(
        path,
        exchange -> {
          String range = exchange.getRequestHeaders().getFirst("Range");
          String asked = exchange.getRequestURI().getPath();
          requests.add(asked + " " + range);
          byte[] body = change.apply(asked.endsWith("large.gz") ? large : small);
          if (!ranges || range == null) {
            answer(exchange, 200, body);
          } else {
            int from = Integer.parseInt(range.substring(6, range.length() - 1));
            exchange
                .getResponseHeaders()
                .set(
                    "Content-Range", "bytes " + from + "-" + (body.length - 1) + "/" + body.length);
            answer(exchange, 206, Arrays.copyOfRange(body, from, body.length));
          }
        });
  }

  /** Promises the large file, sends its beginning and closes the connection. */
  private void breakOff(String path, int after) {
    server.createContext(
        path,
        exchange -> {
          exchange.sendResponseHeaders(200, large.length);
          exchange.getResponseBody().write(large, 0, after);
          exchange.getResponseBody().flush();
          exchange.close();
        });
  }

  /** Sends the first 1000 bytes of the large file and then nothing until the test ends. */
  private void silence(String path) {
    server.createContext(
        path,
        exchange -> {
          exchange.sendResponseHeaders(200, large.length);
          exchange.getResponseBody().write(large, 0, 1000);
          exchange.getResponseBody().flush();
          try {
            release.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          exchange.close();
        });
  }

  private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private static byte[] bytes(int count, long seed) {
    byte[] bytes = new byte[count];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
