package org.ketloom.http.internal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.ketloom.files.Causes;
import org.ketloom.files.StrictJson;
import org.ketloom.runtime.blueprint.Blueprints;
import org.ketloom.runtime.job.Job;
import org.ketloom.runtime.job.Jobs;
import org.ketloom.runtime.parts.PartIdentity;
import org.ketloom.runtime.run.Resumption;
import org.ketloom.runtime.run.Run;
import org.ketloom.runtime.run.RunHistory;
import org.ketloom.runtime.run.RunInfo;
import org.ketloom.runtime.run.RunRecords;
import org.ketloom.runtime.run.RunSettings;
import org.ketloom.runtime.run.Runs;

/** Runs: what they are, what they have recorded and drawn; start, stop, resume. */
final class RunRoutes {
  private static final List<String> FIELDS = List.of("name", "blueprint", "policy", "autoResume");
  private static final int MOST_POINTS = 20_000;

  private final RunFolders folders;
  private final Runs runs;
  private final RunRecords records;
  private final Jobs jobs;
  private final Blueprints blueprints;

  RunRoutes(RunFolders folders, Runs runs, RunRecords records, Jobs jobs, Blueprints blueprints) {
    this.folders = folders;
    this.runs = runs;
    this.records = records;
    this.jobs = jobs;
    this.blueprints = blueprints;
  }

  Stream<Route> routes() {
    String all = Router.ROOT + "/runs";
    String one = all + "/{run}";
    return Stream.of(
        new Route("GET", all, (request, parameters) -> list()),
        new Route("POST", all, (request, parameters) -> start(request)),
        new Route("GET", one, (request, parameters) -> run(find(parameters))),
        new Route("GET", one + "/loss", (request, parameters) -> loss(request, find(parameters))),
        new Route("GET", one + "/grids", (request, parameters) -> grids(find(parameters))),
        new Route(
            "GET",
            one + "/grids/{grid}",
            (request, parameters) -> grid(find(parameters), parameters.getOrDefault("grid", ""))),
        new Route("POST", one + "/stop", (request, parameters) -> stop(find(parameters))),
        new Route("POST", one + "/resume", (request, parameters) -> resume(find(parameters))));
  }

  private Path find(Map<String, String> parameters) throws IOException {
    return folders.find(parameters.getOrDefault("run", ""));
  }

  private Optional<Job> job(Path folder) {
    Path key = key(folder);
    return jobs.jobs().stream().filter(job -> key(job.folder()).equals(key)).findFirst();
  }

  private static Path key(Path folder) {
    return folder.toAbsolutePath().normalize();
  }

  private Response list() throws IOException {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    ArrayNode list = node.putArray("runs");
    for (Path folder : folders.all()) {
      list.add(summary(folder));
    }
    ArrayNode waiting = node.putArray("jobs");
    for (Job job : jobs.jobs()) {
      ObjectNode entry = waiting.addObject();
      entry.put("name", job.name()).put("run", name(job.folder()));
      entry.put("state", job.state().toString()).put("reason", job.reason());
    }
    return Response.json(node);
  }

  private static String name(Path folder) {
    return String.valueOf(folder.getFileName());
  }

  /** What lists and events say of a run; of one that can't be read, why. */
  ObjectNode summary(Path folder) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("run", name(folder));
    try {
      summarise(node, runs.info(folder));
    } catch (IOException | IllegalArgumentException e) {
      node.put("state", "damaged").put("message", Causes.line(e));
    }
    return node;
  }

  private void summarise(ObjectNode node, RunInfo info) throws IOException {
    Optional<Job> job = job(info.folder());
    String state =
        job.map(j -> j.state().toString())
            .orElse(
                info.state() == Run.State.RUNNING && !info.live()
                    ? "interrupted"
                    : info.state().name().toLowerCase(Locale.ROOT));
    node.put("state", state).put("live", info.live());
    String reason = job.map(Job::reason).orElse("");
    node.put("message", reason.isEmpty() ? info.message() : reason);
    node.put("model", info.blueprint().model().name());
    node.put("step", info.step()).put("steps", info.steps());
    node.put("swaps", info.swaps().size());
    RunHistory history = records.history(info.folder());
    if (history.size() > 0) {
      Map<Integer, Double> means = history.means(RunHistory.LOSS);
      means.entrySet().stream()
          .max(Map.Entry.comparingByKey())
          .ifPresent(
              last -> {
                node.put("epoch", last.getKey());
                number(node, "loss", last.getValue());
              });
    }
    var grids = folders.grids(info.folder());
    node.put("grids", grids.size());
  }

  /** JSON has no infinity and no NaN. */
  private static void number(ObjectNode node, String name, double value) {
    if (Double.isFinite(value)) {
      node.put(name, value);
    } else {
      node.putNull(name);
    }
  }

  private Response run(Path folder) throws IOException {
    RunInfo info = runs.info(folder);
    ObjectNode node = summary(folder);
    node.put("policy", info.settings().policy().toString());
    node.put("autoResume", info.settings().autoResume());
    node.set("blueprint", StrictJson.object(blueprints.json(info.blueprint()), folder.toString()));
    ObjectNode parts = node.putObject("parts");
    for (Map.Entry<String, PartIdentity> entry : info.identities().entrySet()) {
      PartIdentity identity = entry.getValue();
      ObjectNode part = parts.putObject(entry.getKey());
      part.put("name", identity.name()).put("bundle", identity.bundle());
      part.put("version", identity.version()).put("sha256", identity.sha256());
    }
    info.resumptions().forEach(node.putArray("resumedAtSteps")::add);
    records
        .times(folder)
        .ifPresent(
            times -> {
              ObjectNode of = node.putObject("times");
              of.put("began", times.began().toString()).put("changed", times.changed().toString());
              of.put("trainedSeconds", times.trained().toMillis() / 1000.0);
            });
    return Response.json(node);
  }

  private Response loss(Request request, Path folder) throws IOException {
    int points = request.number("points", 1000, 1, MOST_POINTS);
    RunHistory history = records.history(folder);
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    for (String quantity : history.quantities()) {
      ObjectNode curve = node.putObject(quantity);
      ArrayNode steps = curve.putArray("step");
      ArrayNode values = curve.putArray("value");
      for (double[] point : history.curve(quantity, points)) {
        steps.add(point[0]);
        if (Double.isFinite(point[1])) {
          values.add(point[1]);
        } else {
          values.addNull();
        }
      }
    }
    return Response.json(node);
  }

  private Response grids(Path folder) throws IOException {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    ArrayNode list = node.putArray("grids");
    folders.grids(folder).forEach(grid -> list.add(name(grid)));
    return Response.json(node);
  }

  private Response grid(Path folder, String name) throws IOException {
    for (Path grid : folders.grids(folder)) {
      if (name(grid).equals(name)) {
        return new Response(200, "image/png", Map.of(), Files.readAllBytes(grid));
      }
    }
    throw new Problem(
        404, "path.grid", "run \"" + name(folder) + "\" has no grid \"" + name + "\"");
  }

  private Response start(Request request) {
    ObjectNode body = request.fields(FIELDS);
    JsonNode blueprint = body.path("blueprint");
    if (!body.path("name").isTextual() || !blueprint.isObject()) {
      throw new Problem(400, "body", "a run has a name (text) and a blueprint (an object)");
    }
    if (body.has("autoResume") && !body.get("autoResume").isBoolean()) {
      throw new Problem(400, "body.autoResume", "autoResume is true or false");
    }
    RunSettings settings;
    try {
      settings =
          new RunSettings(
              RunSettings.Policy.of(body.path("policy").asText("pin")),
              body.path("autoResume").asBoolean(false));
    } catch (IllegalArgumentException e) {
      throw new Problem(422, "body.policy", String.valueOf(e.getMessage()));
    }
    String name = body.get("name").asText();
    Path folder = folders.create(name);
    Job job;
    try {
      job = jobs.start(name, blueprints.parse(blueprint.toString(), "blueprint"), folder, settings);
    } catch (IllegalArgumentException e) {
      throw new Problem(422, "body.blueprint", String.valueOf(e.getMessage()));
    }
    return Response.json(201, json(job)).with("Location", Router.ROOT + "/runs/" + name);
  }

  private static ObjectNode json(Job job) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("run", name(job.folder()))
        .put("state", job.state().toString())
        .put("reason", job.reason());
  }

  private Response stop(Path folder) {
    Job job =
        job(folder)
            .orElseThrow(
                () ->
                    new Problem(
                        409,
                        "path.run",
                        "run \"" + name(folder) + "\" is no job of this server",
                        "stop it where it is trained"));
    job.suspend();
    return Response.json(202, json(job));
  }

  private Response resume(Path folder) throws IOException {
    Optional<Job> known = job(folder);
    if (known.isPresent()) {
      known.get().resume();
      return Response.json(202, json(known.get()));
    }
    return Response.json(202, json(jobs.resume(name(folder), folder, Resumption.AS_BEFORE)));
  }
}
