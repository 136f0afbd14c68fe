package org.ketloom.runtime.internal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import org.ketloom.runtime.Swap;

/**
 * How somebody asks a live run, perhaps in another process, for a swap: a request file, which the
 * run takes at its next boundary, and an answer file.
 *
 * @param files the run's files
 */
record SwapFiles(RunFiles files) {

  /**
   * What is asked for.
   *
   * @param id tells the answers to several requests apart
   * @param assignments changes of the Blueprint
   * @param moreEpochs epochs to add
   */
  record Request(String id, List<String> assignments, int moreEpochs) {}

  private Path request() {
    return files.folder().resolve("swap-request.json");
  }

  private Path answer(String id) {
    return files.folder().resolve("swap-answer-" + id + ".json");
  }

  /**
   * Puts a request.
   *
   * @throws IllegalStateException if another one waits
   */
  void ask(Request request) throws IOException {
    if (Files.exists(request())) {
      throw new IllegalStateException(
          "run "
              + files.folder()
              + " was asked for a swap already and hasn't answered; if nobody waits for that,"
              + " delete "
              + request());
    }
    ObjectNode json = RunFiles.object().put("id", request.id());
    request.assignments().forEach(json.putArray("assignments")::add);
    json.put("moreEpochs", request.moreEpochs());
    RunFiles.writeText(request(), BlueprintTree.pretty(json));
  }

  /** Whether somebody asks; cheap enough for every step. */
  boolean asked() {
    return Files.exists(request());
  }

  /** Takes the request, if there is one: from then on it can't be withdrawn. */
  Optional<Request> take() throws IOException {
    if (!asked()) {
      return Optional.empty();
    }
    Path taken = request().resolveSibling("." + request().getFileName());
    try {
      Files.move(request(), taken, StandardCopyOption.ATOMIC_MOVE);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    try {
      JsonNode json = RunFiles.readJson(taken);
      List<String> assignments = new ArrayList<>();
      json.path("assignments").forEach(a -> assignments.add(a.asText()));
      return Optional.of(
          new Request(json.path("id").asText(), assignments, json.path("moreEpochs").asInt()));
    } finally {
      Files.deleteIfExists(taken);
    }
  }

  /**
   * Takes back a request.
   *
   * @return false if the run has taken it already
   */
  boolean withdraw() throws IOException {
    return Files.deleteIfExists(request());
  }

  void answer(Request request, Swap swap) throws IOException {
    RunFiles.writeText(answer(request.id()), BlueprintTree.pretty(json(swap)));
  }

  /** The answer to a request, if it is there; it is gone afterwards. */
  Optional<Swap> answered(String id) throws IOException {
    if (!Files.exists(answer(id))) {
      return Optional.empty();
    }
    Swap swap = swap(RunFiles.readJson(answer(id)));
    Files.deleteIfExists(answer(id));
    return Optional.of(swap);
  }

  static ObjectNode json(Swap swap) {
    ObjectNode json =
        RunFiles.object()
            .put("kind", swap.kind().toString())
            .put("outcome", swap.outcome().toString())
            .put("step", swap.step())
            .put("time", swap.time().toString())
            .put("pauseMillis", swap.pauseMillis());
    json.set("from", RunFiles.json(swap.from()));
    json.set("to", RunFiles.json(swap.to()));
    if (!swap.changes().isEmpty()) {
      swap.changes().forEach(json.putArray("changes")::add);
    }
    if (!swap.reason().isEmpty()) {
      json.put("reason", swap.reason());
    }
    swap.before().ifPresent(loss -> json.put("lossBefore", loss));
    swap.after().ifPresent(loss -> json.put("lossAfter", loss));
    return json;
  }

  /**
   * The swap of a JSON object.
   *
   * @throws IllegalArgumentException if it isn't one
   */
  static Swap swap(JsonNode json) {
    List<String> changes = new ArrayList<>();
    json.path("changes").forEach(line -> changes.add(line.asText()));
    try {
      return new Swap(
          Swap.Kind.valueOf(json.path("kind").asText().toUpperCase(Locale.ROOT)),
          Swap.Outcome.valueOf(json.path("outcome").asText().toUpperCase(Locale.ROOT)),
          json.path("step").asLong(),
          Instant.parse(json.path("time").asText()),
          json.path("pauseMillis").asLong(),
          RunFiles.generations(json.path("from")),
          RunFiles.generations(json.path("to")),
          changes,
          json.path("reason").asText(""),
          number(json.path("lossBefore")),
          number(json.path("lossAfter")));
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException("a swap's time can't be read: " + e.getMessage(), e);
    }
  }

  private static OptionalDouble number(JsonNode node) {
    return node.isNumber() ? OptionalDouble.of(node.doubleValue()) : OptionalDouble.empty();
  }
}
