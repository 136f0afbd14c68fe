package org.ketloom.shell.internal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.ketloom.api.part.Options;
import org.ketloom.files.LineChart;
import org.ketloom.runtime.run.Runs;
import org.ketloom.runtime.run.Sampler;

/**
 * How well a trained model draws when the outputs of its circuit are estimated from a finite number
 * of measurements: the metrics against that number.
 */
final class ShotNoiseStudy {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Sampling option of models with circuits that can be measured. */
  private static final String SHOTS = "shots";

  private static final String DISTANCE = "frechet-distance";
  private static final List<String> SHARES = List.of("precision", "recall", "ndb");

  private final Services services;
  private final ProgressLine line;
  private final Path folder;
  private final Path run;
  private final OptionalInt epoch;

  /** Numbers of shots in ascending order; 0 stands for exact and is the last. */
  private final List<Integer> shots;

  private final List<Long> seeds;
  private final EvaluationSettings settings;

  /**
   * Reads the study.
   *
   * @throws IllegalArgumentException naming what is wrong in the file
   */
  ShotNoiseStudy(Services services, ProgressLine line, StudyFile file, Path folder) {
    this.services = services;
    this.line = line;
    this.folder = folder;
    file.only("kind", "run", "epoch", "shots", "seeds", "evaluation");
    String path = file.text("run", "");
    if (path.isBlank()) {
      throw file.wrong("run", "must be the folder of a trained run");
    }
    run = Path.of(path);
    epoch = file.has("epoch") ? OptionalInt.of(file.number("epoch", 1, 1)) : OptionalInt.empty();
    shots =
        file.list("shots", ShotNoiseStudy::number, "whole numbers from 1, and \"exact\"").stream()
            .sorted(Comparator.comparing(s -> s == 0 ? Integer.MAX_VALUE : s))
            .toList();
    seeds =
        file.has("seeds")
            ? file.list("seeds", n -> n.canConvertToLong() ? n.longValue() : null, "whole numbers")
            : List.of(1L, 2L, 3L);
    StudyFile evaluation =
        file.objectOrEmpty("evaluation")
            .only("samples", "conditional", "bins", "features", "options", "sampling");
    Map<String, String> sampling = evaluation.texts("sampling");
    if (sampling.containsKey(SHOTS)) {
      throw evaluation.wrong("sampling", "must not set shots: the study varies them");
    }
    settings =
        new EvaluationSettings(
            evaluation.number("samples", 2000, 1),
            evaluation.flag("conditional", false),
            evaluation.number("bins", 100, 2),
            0,
            evaluation.text("features", EvaluationSettings.FEATURES),
            evaluation.texts("options"),
            sampling);
  }

  private static Integer number(JsonNode node) {
    if (node.asText().equals("exact")) {
      return 0;
    }
    return node.isInt() && node.intValue() >= 1 ? node.intValue() : null;
  }

  private static String name(int count) {
    return count == 0 ? "exact" : "" + count;
  }

  /** Measures what isn't measured yet; the exit status. */
  int run(boolean check) throws IOException {
    try (Sampler sampler = services.get(Runs.class).open(run, epoch)) {
      if (!Options.values(sampler.options()).containsKey(SHOTS)) {
        throw new IllegalArgumentException(
            run
                + " holds a model of kind \""
                + sampler.blueprint().model().name()
                + "\", which has no sampling option shots; take a run of last-qgan whose generator"
                + " is a circuit");
      }
      line.println(
          "shot noise of "
              + run
              + " after epoch "
              + sampler.epoch()
              + ": "
              + shots.size()
              + " numbers of shots x "
              + seeds.size()
              + (seeds.size() == 1 ? " seed, " : " seeds, ")
              + settings.samples()
              + " images each, into "
              + folder);
      new Evaluation(services, sampler.blueprint(), settings);
      if (check) {
        return 0;
      }
      AtomicBoolean interrupted = new AtomicBoolean();
      Interruptions.Work work = () -> interrupted.set(true);
      services.interruptions().add(work);
      try {
        return measure(sampler, interrupted);
      } catch (CancellationException e) {
        line.println("stopped; the same command goes on");
        return TrainingSession.Outcome.STOPPED.status();
      } finally {
        services.interruptions().remove(work);
      }
    }
  }

  private int measure(Sampler sampler, AtomicBoolean interrupted) throws IOException {
    Map<Integer, List<JsonNode>> results = new LinkedHashMap<>();
    Clock clock = new Clock(shots.size() * seeds.size());
    for (int count : shots) {
      for (long seed : seeds) {
        EvaluationSettings own = settings(count, seed);
        String what = sampler.checkpoint() + " " + own;
        Path file = folder.resolve("points").resolve(name(count) + "-seed-" + seed + ".json");
        JsonNode result = Files.exists(file) ? JSON.readTree(file.toFile()) : null;
        boolean known = result != null && result.path("settings").asText().equals(what);
        if (!known) {
          result = measure(sampler, own, clock, interrupted);
          Evaluation.write(file, ((ObjectNode) result).put("shots", count).put("settings", what));
        }
        clock.end(!known);
        results.computeIfAbsent(count, c -> new ArrayList<>()).add(result);
      }
    }
    GridTables.write(folder.resolve("shot-noise.csv"), csv(results));
    GridTables.write(folder.resolve("shot-noise.svg"), distance(results));
    GridTables.write(folder.resolve("shot-noise-shares.svg"), shares(results));
    List<String> table = table(results);
    GridTables.write(folder.resolve("table.md"), String.join("\n", table) + "\n");
    table.forEach(line::println);
    line.println("written to " + folder);
    return 0;
  }

  private JsonNode measure(
      Sampler sampler, EvaluationSettings own, Clock clock, AtomicBoolean interrupted)
      throws IOException {
    String title = own.sampling().get(SHOTS).equals("0") ? "exact" : own.sampling().get(SHOTS);
    String point = "shots " + title + ", seed " + own.seed();
    Evaluation evaluation = new Evaluation(services, sampler.blueprint(), own);
    JsonNode result =
        evaluation.json(
            evaluation.of(
                sampler,
                (stage, part, all) -> {
                  if (line.due()) {
                    long percent = 100 * part / Math.max(1, all);
                    line.show(clock.text(point + "  " + stage + " " + percent + " %"));
                  }
                  return !interrupted.get();
                }),
            sampler.epoch());
    line.println(
        point + ": " + DISTANCE + " " + Evaluation.number(value(result, DISTANCE, "value")));
    return result;
  }

  private EvaluationSettings settings(int count, long seed) {
    Map<String, String> sampling = new LinkedHashMap<>(settings.sampling());
    sampling.put(SHOTS, "" + count);
    return new EvaluationSettings(
        settings.samples(),
        settings.conditional(),
        settings.bins(),
        seed,
        settings.features(),
        settings.options(),
        sampling);
  }

  private static double value(JsonNode result, String measure, String field) {
    return result.path("measures").path(measure).path(field).asDouble(Double.NaN);
  }

  private static Statistics of(List<JsonNode> results, String measure, String field) {
    return Statistics.of(results.stream().map(r -> value(r, measure, field)).toList());
  }

  private static List<String> measures(Map<Integer, List<JsonNode>> results) {
    List<String> names = new ArrayList<>();
    results
        .values()
        .iterator()
        .next()
        .get(0)
        .path("measures")
        .fieldNames()
        .forEachRemaining(names::add);
    return names;
  }

  private String csv(Map<Integer, List<JsonNode>> results) {
    List<String> measures = measures(results);
    StringBuilder csv = new StringBuilder("shots,seed," + String.join(",", measures) + "\n");
    results.forEach(
        (count, found) -> {
          for (int i = 0; i < found.size(); i++) {
            JsonNode result = found.get(i);
            csv.append(name(count)).append(',').append(seeds.get(i));
            measures.forEach(m -> csv.append(',').append(value(result, m, "value")));
            csv.append('\n');
          }
        });
    return csv.toString();
  }

  private String distance(Map<Integer, List<JsonNode>> results) {
    return chart(
        results,
        "Fréchet distance of " + settings.samples() + " images",
        "Fréchet distance",
        List.of(DISTANCE));
  }

  private String shares(Map<Integer, List<JsonNode>> results) {
    return chart(results, "Shares of " + settings.samples() + " images", "share", SHARES);
  }

  /** Means over seeds against shots, and the exact values as dashed lines. */
  private String chart(
      Map<Integer, List<JsonNode>> results, String title, String y, List<String> measures) {
    List<LineChart.Series> series = new ArrayList<>();
    int most = shots.stream().mapToInt(Integer::intValue).max().orElse(1);
    int least = shots.stream().mapToInt(Integer::intValue).filter(s -> s > 0).min().orElse(1);
    for (String measure : measures) {
      List<LineChart.Point> points = new ArrayList<>();
      results.forEach(
          (count, found) -> {
            double mean = of(found, measure, "value").mean();
            if (count > 0) {
              points.add(new LineChart.Point(log2(count), mean));
            }
          });
      series.add(new LineChart.Series(measure, false, points));
      if (results.containsKey(0)) {
        double exact = of(results.get(0), measure, "value").mean();
        series.add(
            new LineChart.Series(
                measure + ", exact",
                true,
                List.of(
                    new LineChart.Point(log2(least), exact),
                    new LineChart.Point(log2(Math.max(1, most)), exact))));
      }
    }
    return new LineChart(title, "measurements in each basis, as powers of 2", y, false, series)
        .svg();
  }

  private static double log2(int count) {
    return Math.log(count) / Math.log(2);
  }

  private List<String> table(Map<Integer, List<JsonNode>> results) {
    List<String> measures = measures(results);
    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(
            Locale.ROOT,
            "Mean ± standard deviation over %d %s of sampling; %,d drawn images each, %,d of the"
                + " test split.",
            seeds.size(),
            seeds.size() == 1 ? "seed" : "seeds",
            settings.samples(),
            results.values().iterator().next().get(0).path("reference").asInt()));
    lines.add("");
    lines.add("| shots | " + String.join(" | ", measures) + " |");
    lines.add("| ---: |" + " --- |".repeat(measures.size()));
    results.forEach(
        (count, found) -> {
          StringBuilder row = new StringBuilder("| " + name(count));
          measures.forEach(m -> row.append(" | ").append(of(found, m, "value")));
          lines.add(row.append(" |").toString());
        });
    StringBuilder real = new StringBuilder("| real images");
    List<JsonNode> all = results.values().stream().flatMap(List::stream).toList();
    measures.forEach(m -> real.append(" | ").append(Evaluation.number(of(all, m, "real").mean())));
    lines.add(real.append(" |").toString());
    return lines;
  }

  /** Time left, from the points that were measured since the command began. */
  private static final class Clock {
    private final int total;
    private int begun = 1;
    private int measured;
    private long spent;
    private long begin = System.nanoTime();

    Clock(int total) {
      this.total = total;
    }

    void end(boolean counts) {
      if (counts) {
        measured++;
        spent += System.nanoTime() - begin;
      }
      begun++;
      begin = System.nanoTime();
    }

    String text(String what) {
      String text = "point " + begun + "/" + total + "  " + what;
      if (measured == 0) {
        return text;
      }
      long each = spent / measured;
      long left = each * (total - begun) + Math.max(0, each - (System.nanoTime() - begin));
      return text + "  " + TrainingLog.text(Duration.ofNanos(left)) + " left";
    }
  }
}
