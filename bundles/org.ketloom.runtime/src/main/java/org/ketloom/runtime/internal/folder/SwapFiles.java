package org.ketloom.runtime.internal.folder;

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
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Pattern;
import org.ketloom.files.Causes;
import org.ketloom.runtime.internal.blueprint.BlueprintTree;
import org.ketloom.runtime.run.Swap;

/**
 * How a live run, perhaps in another process, is asked for a swap: a request file, which the run
 * takes at its next boundary, and an answer file.
 *
 * @param files the run's files
 */
public record SwapFiles(RunFiles files) {
  /** What ids are made of, for the answer's file is called after them. */
  private static final Pattern ID = Pattern.compile("[0-9A-Za-z-]{1,64}");

  /**
   * What is asked for.
   *
   * @param id tells the answers to several requests apart
   * @param assignments changes of the Blueprint
   * @param moreEpochs epochs to add
   */
  public record Request(String id, List<String> assignments, int moreEpochs) {}

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
  public void ask(Request request) throws IOException {
    if (Files.exists(request())) {
      throw new IllegalStateException(
          "run "
              + files.folder()
              + " was asked for a swap already and hasn't answered; if nothing is waiting for the"
              + " answer, delete "
              + request());
    }
    ObjectNode json = RunFiles.object().put("id", request.id());
    request.assignments().forEach(json.putArray("assignments")::add);
    json.put("moreEpochs", request.moreEpochs());
    RunFiles.writeText(request(), BlueprintTree.pretty(json));
  }

  /** Whether there is a request; cheap enough for every step. */
  public boolean asked() {
    return Files.exists(request());
  }

  /**
   * Takes the request, if there is one: from then on it can't be withdrawn.
   *
   * @throws IllegalArgumentException if it is damaged, saying where it was put aside
   */
  public Optional<Request> take() throws IOException {
    if (!asked()) {
      return Optional.empty();
    }
    Path taken = request().resolveSibling("." + request().getFileName());
    try {
      Files.move(request(), taken, StandardCopyOption.ATOMIC_MOVE);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    Request request;
    try {
      request = request(RunFiles.readJson(taken));
    } catch (IOException | IllegalArgumentException e) {
      Path aside = aside();
      Files.move(taken, aside);
      throw new IllegalArgumentException(
          "a request can't be read: "
              + Causes.of(e).replace(taken.toString(), request().getFileName().toString())
              + "; it was renamed to "
              + aside.getFileName(),
          e);
    }
    Files.deleteIfExists(taken);
    return Optional.of(request);
  }

  private static Request request(JsonNode json) {
    JsonNode id = json.path("id");
    JsonNode assignments = json.path("assignments");
    JsonNode epochs = json.path("moreEpochs");
    if (!id.isTextual() || !ID.matcher(id.textValue()).matches()) {
      throw new IllegalArgumentException(
          "id is " + found(id) + ", expected letters, digits and dashes");
    }
    if (!assignments.isArray()) {
      throw new IllegalArgumentException(
          "assignments is "
              + found(assignments)
              + ", expected a list like [\"parts.ansatz=NAME\"]");
    }
    if (!epochs.isInt()) {
      throw new IllegalArgumentException(
          "moreEpochs is " + found(epochs) + ", expected a whole number");
    }
    List<String> texts = new ArrayList<>();
    for (JsonNode assignment : assignments) {
      if (!assignment.isTextual()) {
        throw new IllegalArgumentException(
            "assignments has " + found(assignment) + ", expected text like parts.ansatz=NAME");
      }
      texts.add(assignment.textValue());
    }
    return new Request(id.textValue(), texts, epochs.intValue());
  }

  private static String found(JsonNode node) {
    return node.isMissingNode() ? "missing" : node.toString();
  }

  /** A file that isn't there yet, for what can't be read. */
  private Path aside() {
    int number = 1;
    Path file;
    do {
      file = files.folder().resolve("swap-request-damaged-" + number++ + ".json");
    } while (Files.exists(file));
    return file;
  }

  /**
   * Takes back a request.
   *
   * @return false if the run has taken it already
   */
  public boolean withdraw() throws IOException {
    return Files.deleteIfExists(request());
  }

  public void answer(Request request, Swap swap) throws IOException {
    RunFiles.writeText(answer(request.id()), BlueprintTree.pretty(json(swap)));
  }

  /** The answer to a request, if it is there; it is gone afterwards. */
  public Optional<Swap> answered(String id) throws IOException {
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
          RunFiles.constant(Swap.Kind.class, json, "kind"),
          RunFiles.constant(Swap.Outcome.class, json, "outcome"),
          json.path("step").asLong(),
          Instant.parse(json.path("time").asText()),
          json.path("pauseMillis").asLong(),
          RunFiles.identities(json.path("from")),
          RunFiles.identities(json.path("to")),
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
