package org.ketloom.shell.internal.run;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.ketloom.files.Causes;
import org.ketloom.files.StrictJson;

/**
 * The evaluations in a run's folder: the last one, and the best values of those that can be
 * compared with it.
 *
 * @param conditions what the values can be compared under: features, numbers of images, data and
 *     sampling; empty if nothing was measured
 * @param metrics in the order in which they were measured
 */
record Evaluations(String conditions, List<Metric> metrics) {
  private static final Evaluations NONE = new Evaluations("", List.of());

  /** What has to be equal for values to be comparable. */
  private static final List<String> CONDITIONS =
      List.of(
          "features",
          "classifier",
          "samples",
          "reference",
          "conditional",
          "bins",
          "sampling",
          "data");

  /**
   * A metric.
   *
   * @param better which values are: {@code lower}, {@code higher}, {@code as real}; empty where the
   *     evaluation doesn't tell
   * @param best the best value; empty where it isn't known which is
   */
  record Metric(String name, String better, Value last, Optional<Value> best) {}

  /** A value, and the epoch after which it was measured. */
  record Value(double value, int epoch) {}

  private record One(JsonNode json, int epoch, long written) {
    String conditions() {
      StringBuilder text = new StringBuilder();
      CONDITIONS.forEach(key -> text.append(key).append('=').append(json.path(key)).append('\n'));
      return text.toString();
    }

    Optional<Value> value(String metric) {
      JsonNode value = json.path("measures").path(metric).path("value");
      return value.isNumber()
          ? Optional.of(new Value(value.doubleValue(), epoch))
          : Optional.empty();
    }
  }

  /**
   * Reads them.
   *
   * @param faults gets a line for each file that can't be read
   */
  static Evaluations read(Path run, List<String> faults) {
    List<One> all = new ArrayList<>();
    for (Path file : files(run.resolve("evaluations"), faults)) {
      try {
        JsonNode json = StrictJson.object(file);
        // Reconstructions say nothing of what the run draws.
        if (!json.path("reconstructions").asBoolean()) {
          all.add(
              new One(
                  json, json.path("epoch").asInt(), Files.getLastModifiedTime(file).toMillis()));
        }
      } catch (IOException | IllegalArgumentException e) {
        faults.add(Causes.line(e));
      }
    }
    return all.stream()
        .max(Comparator.comparingInt(One::epoch).thenComparingLong(One::written))
        .map(last -> of(last, all))
        .orElse(NONE);
  }

  private static Evaluations of(One last, List<One> all) {
    List<One> comparable =
        all.stream().filter(one -> one.conditions().equals(last.conditions())).toList();
    Map<String, Metric> metrics = new LinkedHashMap<>();
    last.json()
        .path("measures")
        .fields()
        .forEachRemaining(
            field ->
                last.value(field.getKey())
                    .ifPresent(
                        value ->
                            metrics.put(
                                field.getKey(),
                                metric(field.getKey(), field.getValue(), value, comparable))));
    return new Evaluations(last.conditions(), List.copyOf(metrics.values()));
  }

  private static Metric metric(String name, JsonNode json, Value last, List<One> comparable) {
    String better = json.path("better").asText("");
    double real = json.path("real").asDouble(Double.NaN);
    Optional<Value> best =
        order(better, real)
            .flatMap(
                order -> comparable.stream().flatMap(one -> one.value(name).stream()).min(order));
    return new Metric(name, better, last, best);
  }

  /** Better values come first. */
  private static Optional<Comparator<Value>> order(String better, double real) {
    return switch (better) {
      case "lower" -> Optional.of(Comparator.comparingDouble(Value::value));
      case "higher" -> Optional.of(Comparator.comparingDouble(Value::value).reversed());
      case "as real" -> Optional.of(Comparator.comparingDouble(v -> Math.abs(v.value() - real)));
      default -> Optional.empty();
    };
  }

  private static List<Path> files(Path folder, List<String> faults) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(f -> f.toString().endsWith(".json")).sorted().toList();
    } catch (IOException e) {
      faults.add(folder + " can't be read: " + Causes.of(e));
      return List.of();
    }
  }
}
