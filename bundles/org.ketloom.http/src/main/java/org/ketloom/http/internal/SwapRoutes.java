package org.ketloom.http.internal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.ketloom.runtime.run.Runs;
import org.ketloom.runtime.run.Swap;

/** Gives runs other parts, and takes that back. */
final class SwapRoutes {
  private static final List<String> FIELDS = List.of("changes", "moreEpochs");
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final int MOST_EPOCHS = 1_000_000;

  private final RunFolders folders;
  private final Runs runs;

  SwapRoutes(RunFolders folders, Runs runs) {
    this.folders = folders;
    this.runs = runs;
  }

  Stream<Route> routes() {
    String swaps = Router.ROOT + "/runs/{run}/swaps";
    return Stream.of(
        new Route("GET", swaps, (request, parameters) -> list(find(parameters))),
        new Route("POST", swaps, (request, parameters) -> swap(request, find(parameters))),
        new Route(
            "POST",
            swaps + "/undo",
            (request, parameters) -> Response.json(json(runs.undo(find(parameters))))));
  }

  private Path find(Map<String, String> parameters) throws IOException {
    return folders.find(parameters.getOrDefault("run", ""));
  }

  private Response list(Path run) throws IOException {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    ArrayNode list = node.putArray("swaps");
    runs.info(run).swaps().forEach(swap -> list.add(json(swap)));
    return Response.json(node);
  }

  private Response swap(Request request, Path run) throws IOException {
    ObjectNode body = request.fields(FIELDS);
    JsonNode more = body.path("moreEpochs");
    boolean whole = more.isMissingNode() || more.isIntegralNumber() && more.canConvertToInt();
    if (!whole || more.asInt() < 0 || more.asInt() > MOST_EPOCHS) {
      throw new Problem(
          400, "body.moreEpochs", "moreEpochs is a whole number from 0 to " + MOST_EPOCHS);
    }
    List<String> changes = new ArrayList<>();
    for (JsonNode change : body.path("changes")) {
      changes.add(change.isTextual() ? change.asText() : "");
    }
    if (changes.isEmpty() || changes.contains("")) {
      throw new Problem(
          400, "body.changes", "changes are texts such as parts.ansatz=two-qubit, at least one");
    }
    return Response.json(json(runs.swap(run, changes, more.asInt(), PATIENCE)));
  }

  private static ObjectNode json(Swap swap) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("kind", swap.kind().toString()).put("outcome", swap.outcome().toString());
    node.put("step", swap.step()).put("time", swap.time().toString());
    node.put("pauseMillis", swap.pauseMillis()).put("reason", swap.reason());
    swap.changes().forEach(node.putArray("changes")::add);
    ObjectNode from = node.putObject("from");
    swap.from().forEach((path, identity) -> from.put(path, identity.toString()));
    ObjectNode to = node.putObject("to");
    swap.to().forEach((path, identity) -> to.put(path, identity.toString()));
    // JSON has no infinity and no NaN.
    swap.before().stream().filter(Double::isFinite).forEach(loss -> node.put("lossBefore", loss));
    swap.after().stream().filter(Double::isFinite).forEach(loss -> node.put("lossAfter", loss));
    return node;
  }
}
