package org.ketloom.shell.internal.run;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.ketloom.files.StrictJson;
import org.ketloom.runtime.blueprint.Blueprints;
import org.ketloom.runtime.job.Job;
import org.ketloom.runtime.parts.PartIdentity;
import org.ketloom.runtime.run.RunHistory;
import org.ketloom.runtime.run.RunInfo;
import org.ketloom.runtime.run.RunNotes;
import org.ketloom.runtime.run.RunRecords;
import org.ketloom.runtime.run.RunTimes;
import org.ketloom.runtime.run.Runs;
import org.ketloom.runtime.run.Swap;
import org.ketloom.shell.internal.console.Services;

/**
 * All that a run's folder tells.
 *
 * @param faults what in it can't be read, a line each; the rest is told all the same
 */
record RunReport(
    RunInfo info,
    Optional<Job> job,
    Optional<RunHistory> history,
    Evaluations evaluations,
    Optional<RunTimes> times,
    RunNotes notes,
    List<String> faults) {

  /** Reads of a file what people want to know. */
  private interface Reading<T> {
    T read() throws IOException;
  }

  /**
   * Reads it.
   *
   * @param job what works at the run in this container
   * @throws IOException if there is no run, or its state can't be read
   */
  static RunReport of(Services services, Path run, Optional<Job> job) throws IOException {
    RunInfo info = services.get(Runs.class).info(run);
    RunRecords records = services.get(RunRecords.class);
    List<String> faults = new ArrayList<>();
    return new RunReport(
        info,
        job,
        read(() -> records.history(run), faults),
        Evaluations.read(run, faults),
        read(() -> records.times(run), faults).flatMap(times -> times),
        read(() -> records.notes(run), faults).orElse(RunNotes.NONE),
        faults);
  }

  private static <T> Optional<T> read(Reading<T> reading, List<String> faults) {
    try {
      return Optional.of(reading.read());
    } catch (IOException e) {
      faults.add(String.valueOf(e.getMessage()));
      return Optional.empty();
    }
  }

  String state() {
    return RunsCommands.state(info, job);
  }

  /** Mean loss of the last epoch that has any step, and that epoch. */
  Optional<Map.Entry<Integer, Double>> lastLoss() {
    return losses().max(Map.Entry.comparingByKey());
  }

  /** The least mean loss of an epoch, and that epoch. */
  Optional<Map.Entry<Integer, Double>> bestLoss() {
    return losses().min(Map.Entry.comparingByValue());
  }

  private Stream<Map.Entry<Integer, Double>> losses() {
    return history.map(h -> h.means(RunHistory.LOSS)).orElse(Map.of()).entrySet().stream();
  }

  /** A number as tables show it. */
  static String number(double value) {
    return String.format(Locale.ROOT, "%.5g", value);
  }

  /** All of it for programs. */
  ObjectNode json(Services services) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("run", info.folder().toString());
    node.put("state", state()).put("live", info.live());
    node.put("message", info.message());
    node.put("step", info.step()).put("steps", info.steps());
    ObjectNode loss = node.putObject("loss");
    lastLoss()
        .ifPresent(
            last ->
                loss.putObject("last").put("epoch", last.getKey()).put("mean", last.getValue()));
    bestLoss()
        .ifPresent(
            best ->
                loss.putObject("best").put("epoch", best.getKey()).put("mean", best.getValue()));
    ObjectNode metrics = node.putObject("metrics");
    for (Evaluations.Metric metric : evaluations.metrics()) {
      ObjectNode of = metrics.putObject(metric.name()).put("better", metric.better());
      of.set("last", value(metric.last()));
      metric.best().ifPresent(best -> of.set("best", value(best)));
    }
    times.ifPresent(
        t ->
            node.putObject("times")
                .put("began", t.began().toString())
                .put("changed", t.changed().toString())
                .put("trainedSeconds", t.trained().toMillis() / 1000.0));
    notes.tags().forEach(node.putArray("tags")::add);
    node.put("note", notes.note());
    node.put("policy", info.settings().policy().toString());
    node.put("autoResume", info.settings().autoResume());
    info.resumptions().forEach(node.putArray("resumedAtSteps")::add);
    node.set(
        "blueprint",
        StrictJson.object(
            services.get(Blueprints.class).json(info.blueprint()), info.folder().toString()));
    node.set("parts", identities(info.identities()));
    ArrayNode swaps = node.putArray("swaps");
    for (Swap swap : info.swaps()) {
      ObjectNode entry = swaps.addObject();
      entry.put("kind", swap.kind().toString()).put("outcome", swap.outcome().toString());
      entry.put("step", swap.step()).put("time", swap.time().toString());
      entry.set("from", identities(swap.from()));
      entry.set("to", identities(swap.to()));
      swap.changes().forEach(entry.putArray("changes")::add);
      entry.put("reason", swap.reason());
    }
    faults.forEach(node.putArray("damaged")::add);
    return node;
  }

  private static ObjectNode value(Evaluations.Value value) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("value", value.value())
        .put("epoch", value.epoch());
  }

  private static ObjectNode identities(Map<String, PartIdentity> identities) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    identities.forEach(
        (path, identity) ->
            node.putObject(path)
                .put("name", identity.name())
                .put("bundle", identity.bundle())
                .put("version", identity.version())
                .put("sha256", identity.sha256()));
    return node;
  }

  /** What a list of runs can be sorted by. */
  enum Order {
    NAME,
    STATE,
    STEP,
    LOSS,
    TIME;

    /** Runs that are equal in it are in the order of their names. */
    Comparator<RunReport> comparator() {
      Comparator<RunReport> byName = Comparator.comparing(r -> r.info.folder().toString());
      Comparator<RunReport> order =
          switch (this) {
            case NAME -> byName;
            case STATE -> Comparator.comparing(RunReport::state);
            case STEP -> Comparator.comparingLong(r -> -r.info.step());
            case LOSS ->
                Comparator.comparingDouble(
                    r -> r.lastLoss().map(Map.Entry::getValue).orElse(Double.MAX_VALUE));
            case TIME ->
                Comparator.comparing(
                    r -> r.times.map(RunTimes::changed).orElse(Instant.EPOCH),
                    Comparator.reverseOrder());
          };
      return order.thenComparing(byName);
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
