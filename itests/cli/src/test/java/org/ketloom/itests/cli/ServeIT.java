package org.ketloom.itests.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The interface over HTTP of the distribution. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "sends an interrupt signal")
class ServeIT {
  private static final String BLUEPRINT =
      """
      {"model": {"name": "hybrid-unet", "options": {"channels": [6, 8], "embedding": 8,
        "wires": 3, "layers": 1, "timesteps": 4}},
       "data": {"name": "digits", "options": {"size": 8, "count": 64}},
       "training": {"epochs": 3, "batchSize": 16, "sampleEvery": 1}, "seed": 7}
      """;

  @TempDir static Path folder;

  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static final JsonMapper MAPPER = new JsonMapper();
  private static Process process;
  private static Path file;
  private static JsonNode access;

  @BeforeAll
  static void serve() throws IOException {
    process =
        Distribution.builder(folder, Map.of(), "serve", "--port", "0")
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    BufferedReader reader = process.inputReader();
    List<String> lines = new ArrayList<>();
    for (String line = reader.readLine(); line != null; line = reader.readLine()) {
      lines.add(line);
      if (line.startsWith("serving")) {
        break;
      }
    }
    file = folder.resolve("runs").resolve(".http.json");
    assertTrue(Files.exists(file), lines::toString);
    access = MAPPER.readTree(file.toFile());
    assertTrue(lines.get(0).contains(access.get("token").asText()), lines::toString);
  }

  /** Ctrl-C takes the token away. */
  @AfterAll
  static void interrupt() throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-TERM", Long.toString(process.pid())).start().waitFor();
    assertTrue(process.waitFor(1, TimeUnit.MINUTES));
    assertFalse(Files.exists(file));
  }

  private static HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(access.get("url").asText() + path))
        .header("Authorization", "Bearer " + access.get("token").asText());
  }

  private static HttpResponse<byte[]> get(String path) throws IOException, InterruptedException {
    return CLIENT.send(request(path).build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  private static HttpResponse<String> post(String path, String body)
      throws IOException, InterruptedException {
    return CLIENT.send(
        request(path)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  @Test
  void onlyWhoHasTheTokenIsAnswered() throws Exception {
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    URI parts = URI.create(access.get("url").asText() + "/api/v1/parts");
    HttpResponse<String> refused =
        CLIENT.send(HttpRequest.newBuilder(parts).build(), HttpResponse.BodyHandlers.ofString());
    assertEquals(401, refused.statusCode());
    assertEquals(
        "default-src 'self'; frame-ancestors 'none'",
        refused.headers().firstValue("Content-Security-Policy").orElseThrow());
    HttpResponse<byte[]> found = get("/api/v1/parts?kind=ansatz");
    assertEquals(200, found.statusCode());
    assertTrue(MAPPER.readTree(found.body()).get("parts").size() > 5);
    HttpResponse<byte[]> foreign =
        CLIENT.send(
            request("/api/v1/parts").header("Origin", "http://evil.example").build(),
            HttpResponse.BodyHandlers.ofByteArray());
    assertEquals(403, foreign.statusCode());
  }

  @Test
  void whatIsTooLongIsRefused() throws Exception {
    assertEquals(413, post("/api/v1/circuits/qasm", " ".repeat((4 << 20) + 1)).statusCode());
    HttpResponse<String> form =
        CLIENT.send(
            request("/api/v1/circuits/qasm")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString("a=b"))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertEquals(415, form.statusCode());
  }

  @Test
  void manyThatSayNothingKeepNobodyOut() throws Exception {
    URI url = URI.create(access.get("url").asText());
    List<Socket> silent = new ArrayList<>();
    try {
      for (int i = 0; i < 1000; i++) {
        Socket socket = new Socket(url.getHost(), url.getPort());
        silent.add(socket);
        socket.getOutputStream().write("GET /api/v1 HT".getBytes(StandardCharsets.US_ASCII));
      }
      assertEquals(200, get("/api/v1").statusCode());
    } finally {
      for (Socket socket : silent) {
        socket.close();
      }
    }
  }

  @Test
  void aRunIsStartedFollowedAndLookedAt() throws Exception {
    HttpResponse<InputStream> events =
        CLIENT.send(request("/api/v1/events").build(), HttpResponse.BodyHandlers.ofInputStream());
    HttpResponse<String> started =
        post("/api/v1/runs", "{\"name\": \"small\", \"blueprint\": " + BLUEPRINT + "}");
    assertEquals(201, started.statusCode(), started.body());
    String run = started.headers().firstValue("Location").orElseThrow();
    assertEquals("/api/v1/runs/small", run);
    List<JsonNode> told = new ArrayList<>();
    try (BufferedReader reader =
        new BufferedReader(new InputStreamReader(events.body(), StandardCharsets.UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        if (line.startsWith("data: {\"run\"")) {
          JsonNode event = MAPPER.readTree(line.substring("data: ".length()));
          told.add(event);
          if (List.of("done", "failed").contains(event.get("state").asText())) {
            break;
          }
        }
      }
    }
    JsonNode last = told.get(told.size() - 1);
    assertEquals("done", last.get("state").asText(), told::toString);
    assertEquals(12, last.get("step").asInt());
    assertEquals(last, trimmed(MAPPER.readTree(get(run).body()), last));
    JsonNode loss = MAPPER.readTree(get(run + "/loss").body()).get("loss");
    assertEquals(12, loss.get("value").size());
    JsonNode grids = MAPPER.readTree(get(run + "/grids").body()).get("grids");
    assertEquals(3, grids.size());
    byte[] picture = get(run + "/grids/" + grids.get(0).asText()).body();
    assertNotNull(ImageIO.read(new ByteArrayInputStream(picture)));
    assertEquals(
        409,
        post("/api/v1/runs", "{\"name\": \"small\", \"blueprint\": " + BLUEPRINT + "}")
            .statusCode());
  }

  @Test
  void theClientForPythonWorks() throws Exception {
    assumeTrue(hasPython(), "needs python3 on the PATH");
    Path target = Path.of(System.getProperty("ketloom.distribution")).toAbsolutePath().getParent();
    Path client = target.resolveSibling("clients").resolve("python");
    ProcessBuilder tests =
        new ProcessBuilder("python3", "-B", "-m", "unittest", "test_ketloom")
            .directory(client.toFile())
            .redirectErrorStream(true);
    tests.environment().put("KETLOOM_RUNS", file.getParent().toString());
    Process running = tests.start();
    String output = new String(running.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, running.waitFor(), output);
    assertTrue(output.contains("OK"), output);
  }

  private static boolean hasPython() throws InterruptedException {
    try {
      return new ProcessBuilder("python3", "--version")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    }
  }

  /** The fields of the whole that the summary has. */
  private static JsonNode trimmed(JsonNode whole, JsonNode summary) {
    var trimmed = MAPPER.createObjectNode();
    summary.fieldNames().forEachRemaining(name -> trimmed.set(name, whole.get(name)));
    return trimmed;
  }

  @Test
  void trainingNeedsNoClassOfIt() throws IOException {
    Path classes = folder.resolve("classes.txt");
    Distribution.run(
            folder,
            Map.of("KETLOOM_JAVA_OPTS", "-XX:TieredStopAtLevel=1 -Xlog:class+load:file=" + classes),
            Tiny.train("alone", 1))
        .succeeded();
    String loaded = Files.readString(classes);
    assertTrue(loaded.contains("org.ketloom.runtime.internal.run.TrainingRun"));
    for (String of :
        List.of("org.ketloom.http", "org.eclipse.jetty", "jakarta.servlet", "spifly")) {
      assertFalse(loaded.lines().anyMatch(l -> l.matches("\\[.*\\] " + of + ".*")), of);
    }
  }
}
