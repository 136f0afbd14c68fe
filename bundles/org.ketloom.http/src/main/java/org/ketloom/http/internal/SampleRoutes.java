package org.ketloom.http.internal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;
import org.ketloom.api.data.ImageBatch;
import org.ketloom.runtime.run.ImageGrid;
import org.ketloom.runtime.run.Runs;
import org.ketloom.runtime.run.Sampler;

/** Draws images of a run's checkpoint, one request after another. */
final class SampleRoutes {
  private static final List<String> FIELDS = List.of("labels", "seed", "options", "epoch");
  private static final int MOST_IMAGES = 256;
  private static final int COLUMNS = 8;

  private final RunFolders folders;
  private final Runs runs;
  private final Semaphore drawing = new Semaphore(1);

  SampleRoutes(RunFolders folders, Runs runs) {
    this.folders = folders;
    this.runs = runs;
  }

  Stream<Route> routes() {
    return Stream.of(
        new Route(
            "POST",
            Router.ROOT + "/runs/{run}/samples",
            (request, parameters) ->
                samples(request, folders.find(parameters.getOrDefault("run", "")))));
  }

  private Response samples(Request request, Path run) throws IOException {
    String format = request.query().getOrDefault("format", "png");
    if (!List.of("png", "json").contains(format)) {
      throw new Problem(400, "query.format", "format takes png, json, found \"" + format + "\"");
    }
    ObjectNode body = request.fields(FIELDS);
    int[] labels = labels(body.path("labels"));
    Map<String, Object> options = options(body.path("options"));
    JsonNode seed = body.path("seed");
    JsonNode epoch = body.path("epoch");
    if (!(seed.isMissingNode() || seed.canConvertToLong() && seed.isIntegralNumber())
        || !(epoch.isMissingNode() || epoch.canConvertToInt() && epoch.isIntegralNumber())) {
      throw new Problem(400, "body", "seed and epoch are whole numbers");
    }
    OptionalInt of = epoch.isMissingNode() ? OptionalInt.empty() : OptionalInt.of(epoch.asInt());
    if (!drawing.tryAcquire()) {
      throw new Problem(
          503, "drawing", "another request is drawing", "send it again when that is answered");
    }
    try (Sampler sampler = runs.open(run, of)) {
      ImageBatch images = sampler.sample(labels, seed.asLong(0), options, (done, total) -> true);
      return format.equals("json")
          ? Response.json(json(images))
          : new Response(200, "image/png", Map.of(), ImageGrid.png(images, COLUMNS, Map.of()));
    } finally {
      drawing.release();
    }
  }

  private static int[] labels(JsonNode labels) {
    if (!labels.isArray() || labels.isEmpty() || labels.size() > MOST_IMAGES) {
      throw new Problem(
          400,
          "body.labels",
          "labels are 1 to " + MOST_IMAGES + " classes, -1 for any, one for each image");
    }
    int[] found = new int[labels.size()];
    for (int i = 0; i < found.length; i++) {
      if (!labels.get(i).canConvertToInt() || !labels.get(i).isIntegralNumber()) {
        throw new Problem(400, "body.labels[" + i + "]", "a label is a whole number");
      }
      found[i] = labels.get(i).asInt();
    }
    return found;
  }

  private static Map<String, Object> options(JsonNode options) {
    Map<String, Object> found = new LinkedHashMap<>();
    if (!options.isMissingNode() && !options.isObject()) {
      throw new Problem(400, "body.options", "options are an object");
    }
    for (Map.Entry<String, JsonNode> option : options.properties()) {
      if (!option.getValue().isValueNode()) {
        throw new Problem(400, "body.options." + option.getKey(), "a single value is expected");
      }
      found.put(option.getKey(), option.getValue().asText());
    }
    return found;
  }

  private static ObjectNode json(ImageBatch images) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    ArrayNode shape = node.putArray("shape");
    shape.add(images.size()).add(images.shape().height()).add(images.shape().width());
    shape.add(images.shape().channels());
    ArrayNode labels = node.putArray("labels");
    for (int label : images.labels()) {
      labels.add(label);
    }
    ArrayNode pixels = node.putArray("pixels");
    for (float pixel : images.pixels()) {
      pixels.add(pixel);
    }
    return node;
  }
}
