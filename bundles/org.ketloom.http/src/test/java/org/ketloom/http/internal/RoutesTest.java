package org.ketloom.http.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RoutesTest {
  private static final String BELL =
      "{\"n\": 2, \"gates\": [[\"RY\", [0], 0], [\"CNOT\", [0, 1]]], \"x\": [[0.3]],"
          + " \"observables\": [\"Z1\"], \"cotangent\": [[1]]}";

  private final Guard guard = new Guard(Fakes.PORT, () -> 0);
  private final JsonMapper mapper = new JsonMapper();
  @TempDir private Path folder;
  private Router router;

  @BeforeEach
  void makeRouter() {
    router = Fakes.router(guard, folder);
  }

  private Response get(String path) {
    return router.answer(Fakes.request("GET", path, Fakes.bearer(guard), ""));
  }

  private Response post(String path, String body) {
    return router.answer(Fakes.request("POST", path, Fakes.bearer(guard), body));
  }

  @Test
  void theDescriptionHasEveryRouteAndNoOther() throws IOException {
    JsonNode description;
    try (InputStream in = Router.class.getResourceAsStream("openapi.json")) {
      description = mapper.readTree(in);
    }
    Set<String> described = new TreeSet<>();
    Set<String> ids = new TreeSet<>();
    for (Map.Entry<String, JsonNode> path : description.get("paths").properties()) {
      for (Map.Entry<String, JsonNode> method : path.getValue().properties()) {
        described.add(method.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey());
        assertTrue(ids.add(method.getValue().get("operationId").asText()));
        Set<String> parameters = new TreeSet<>();
        for (JsonNode parameter : method.getValue().path("parameters")) {
          if (parameter.get("in").asText().equals("path")) {
            parameters.add("{" + parameter.get("name").asText() + "}");
          }
        }
        Set<String> inPath = new TreeSet<>();
        for (String segment : path.getKey().split("/")) {
          if (segment.startsWith("{")) {
            inPath.add(segment);
          }
        }
        assertEquals(inPath, parameters, path.getKey());
      }
    }
    Set<String> routes = new TreeSet<>(Set.of("GET /login", "GET " + ApiServlet.EVENTS));
    router.routes().forEach(route -> routes.add(route.method() + " " + route.template()));
    assertEquals(String.join("\n", routes), String.join("\n", described));
  }

  @Test
  void circuitsAreEvaluatedWithGradients() throws IOException {
    Response response = post("/api/v1/circuits/evaluation", BELL);
    assertEquals(200, response.status(), Fakes.text(response));
    JsonNode results = mapper.readTree(response.body());
    assertEquals(Math.cos(0.3), results.get("outputs").get(0).get(0).asDouble(), 1e-12);
    String text = results.toString();
    assertTrue(text.contains(Double.toString(-Math.sin(0.3)).substring(0, 12)), text);
  }

  @Test
  void circuitsAreDrawnExportedAndPlanned() {
    Response svg = post("/api/v1/circuits/drawing?width=400", BELL);
    assertEquals("image/svg+xml", svg.type());
    assertTrue(Fakes.text(svg).startsWith("<svg "));
    assertTrue(
        Fakes.text(post("/api/v1/circuits/drawing?format=latex", BELL)).contains("{quantikz}"));
    assertTrue(Fakes.text(post("/api/v1/circuits/drawing?format=text", BELL)).contains("─"));
    assertTrue(Fakes.text(post("/api/v1/circuits/qasm", BELL)).contains("OPENQASM 3"));
    assertTrue(Fakes.text(post("/api/v1/circuits/plan", BELL)).contains("\"leastBytes\""));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/api/v1/circuits/drawing?format=png | 400 | query.format",
        "/api/v1/circuits/drawing?width=-1 | 400 | query.width",
        "/api/v1/circuits/drawing?width=x | 400 | query.width",
        "/api/v1/circuits/plan?batch=0 | 400 | query.batch",
        "/api/v1/circuits/evaluation?precision=half | 400 | query.precision",
        "/api/v1/nowhere | 404 | path",
        "/api/v1/runs/a/stop | 404 | path.run",
        "/api/v1/parts | 405 | method"
      })
  void aProblemNamesItsCulprit(String path, int status, String culprit) {
    Response response = post(path, BELL);
    assertEquals(status, response.status());
    assertEquals("application/problem+json", response.type());
    String text = Fakes.text(response);
    assertTrue(text.contains("\"culprit\":\"" + culprit + "\""), text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "{", "{\"n\": 2}", "{\"n\": 1e9, \"gates\": []}", "\0"})
  void whatIsNoCircuitIsTheClientsFault(String body) {
    Response response = post("/api/v1/circuits/drawing", body);
    assertEquals(422, response.status(), Fakes.text(response));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "..",
        ".",
        "../secret",
        "/etc",
        "a\0b",
        "link",
        "secret",
        "<img src=x onerror=alert(1)>",
        "\u202Egnp.\u001B[31m\"'",
        " "
      })
  void noNameLeadsOutOfTheFolderOfRuns(String name) throws IOException {
    Path outside = Files.createDirectories(folder.resolve("outside"));
    Files.writeString(outside.resolve("manifest.json"), "{}");
    Path root = Files.createDirectories(folder.resolve("runs"));
    Files.createSymbolicLink(root.resolve("link"), outside);
    router = Fakes.router(guard, root);
    for (String rest : new String[] {"", "/loss", "/grids", "/grids/manifest.json"}) {
      Response response = get("/api/v1/runs/" + name + rest);
      assertEquals(404, response.status(), name);
      JsonNode problem = mapper.readTree(response.body());
      assertFalse(problem.get("detail").asText().isEmpty());
    }
    String body =
        mapper
            .createObjectNode()
            .put("name", name.equals("secret") ? "-secret" : name.equals("link") ? "li nk" : name)
            .set("blueprint", mapper.createObjectNode().put("model", "m"))
            .toString();
    Response started = post("/api/v1/runs", body);
    assertEquals(422, started.status(), Fakes.text(started));
    assertTrue(Fakes.text(started).contains("body.name"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{} | 400 | body.labels",
        "{\"labels\": []} | 400 | body.labels",
        "{\"labels\": [1.5]} | 400 | body.labels[0]",
        "{\"labels\": [1], \"seed\": \"x\"} | 400 | body",
        "{\"labels\": [1], \"options\": {\"a\": []}} | 400 | body.options.a",
        "{\"labels\": [1], \"colour\": 1} | 400 | body.colour",
        "{\"labels\": [1], \"epoch\": 9} | 422 | request"
      })
  void samplesThatCannotBeDrawnAreRefused(String body, int status, String culprit)
      throws IOException {
    Files.writeString(
        Files.createDirectories(folder.resolve("run")).resolve("manifest.json"), "{}");
    // The place is free again after each of them.
    for (int i = 0; i < 2; i++) {
      Response response = post("/api/v1/runs/run/samples", body);
      assertEquals(status, response.status(), Fakes.text(response));
      assertTrue(
          Fakes.text(response).contains("\"culprit\":\"" + culprit + "\""), Fakes.text(response));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/swaps | {} | 400 | body.changes",
        "/swaps | {\"changes\": \"parts.ansatz=x\"} | 400 | body.changes",
        "/swaps | {\"changes\": [1]} | 400 | body.changes",
        "/swaps | {\"changes\": [\"a=b\"], \"moreEpochs\": -1} | 400 | body.moreEpochs",
        "/swaps | {\"changes\": [\"a=b\"], \"wait\": 1} | 400 | body.wait",
        "/swaps | {\"changes\": [\"a=b\"]} | 409 | request",
        "/swaps/undo | {} | 409 | request"
      })
  void swapsThatCannotBeMadeAreRefused(String path, String body, int status, String culprit)
      throws IOException {
    Files.writeString(
        Files.createDirectories(folder.resolve("run")).resolve("manifest.json"), "{}");
    Response response = post("/api/v1/runs/run" + path, body);
    assertEquals(status, response.status(), Fakes.text(response));
    assertTrue(
        Fakes.text(response).contains("\"culprit\":\"" + culprit + "\""), Fakes.text(response));
  }

  @Test
  void gridsAreFilesOfTheRunItself() throws IOException {
    Path run = Files.createDirectories(folder.resolve("a run"));
    Files.writeString(run.resolve("manifest.json"), "{}");
    Path samples = Files.createDirectories(run.resolve("samples"));
    Files.write(samples.resolve("epoch-0001.png"), new byte[] {1, 2, 3});
    Files.createSymbolicLink(samples.resolve("epoch-0002.png"), run.resolve("manifest.json"));
    Response found = get("/api/v1/runs/a run/grids/epoch-0001.png");
    assertEquals("image/png", found.type());
    assertEquals(3, found.body().length);
    assertEquals(404, get("/api/v1/runs/a run/grids/epoch-0002.png").status());
    assertEquals("{\"grids\":[\"epoch-0001.png\"]}", Fakes.text(get("/api/v1/runs/a run/grids")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"name\": \"a\"} | 400",
        "{\"name\": 1, \"blueprint\": {}} | 400",
        "{\"name\": \"a\", \"blueprint\": \"x\"} | 400",
        "{\"name\": \"a\", \"blueprint\": {}, \"folder\": \"/tmp\"} | 400",
        "{\"name\": \"a\", \"blueprint\": {}, \"autoResume\": 1} | 400",
        "{\"name\": \"a\", \"blueprint\": {}, \"policy\": \"maybe\"} | 422",
        "not JSON | 400"
      })
  void whatIsNoRunIsNotStarted(String body, int status) {
    Response response = post("/api/v1/runs", body);
    assertEquals(status, response.status(), Fakes.text(response));
  }
}
