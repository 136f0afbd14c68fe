package org.ketloom.study.internal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.ketloom.api.part.Options;
import org.ketloom.files.LineChart;
import org.ketloom.files.StrictJson;
import org.ketloom.runtime.run.Runs;
import org.ketloom.runtime.run.Sampler;
import org.ketloom.study.EvaluationSettings;
import org.ketloom.study.ShotNoiseStudy;
import org.ketloom.study.Statistics;
import org.ketloom.study.StudyListener;
import org.ketloom.study.StudyResult;
import org.ketloom.study.StudyRun;

/** Measures the points of a study of shot noise, one after another. */
final class ShotNoiseRun implements StudyRun {
  private static final String DISTANCE = "frechet-distance";
  private static final List<String> SHARES = List.of("precision", "recall", "ndb");

  private final PlatformStudies studies;
  private final ShotNoiseStudy study;
  private final Path folder;
  private final StudyListener listener;
  private final Sampler sampler;
  private final WorkClock clock = new WorkClock();

  private ShotNoiseRun(
      PlatformStudies studies,
      ShotNoiseStudy study,
      Path folder,
      StudyListener listener,
      Sampler sampler) {
    this.studies = studies;
    this.study = study;
    this.folder = folder;
    this.listener = listener;
    this.sampler = sampler;
  }

  /**
   * Opens the trained run.
   *
   * @throws IllegalArgumentException if its model has no circuit that can be measured, or the
   *     metrics need more images
   */
  static ShotNoiseRun open(
      PlatformStudies studies, Runs runs, ShotNoiseStudy study, Path folder, StudyListener listener)
      throws IOException {
    Sampler sampler = runs.open(study.run(), study.epoch());
    try {
      if (!Options.values(sampler.options()).containsKey(ShotNoiseStudy.SHOTS)) {
        throw new IllegalArgumentException(
            study.run()
                + " holds a model of kind \""
                + sampler.blueprint().model().name()
                + "\", which has no sampling option shots; choose a run of hybrid-unet or last-qgan"
                + " with a circuit");
      }
      studies.evaluation(sampler.blueprint(), study.evaluation());
      return new ShotNoiseRun(studies, study, folder, listener, sampler);
    } catch (IOException | RuntimeException e) {
      sampler.close();
      throw e;
    }
  }

  private static String name(int count) {
    return count == ShotNoiseStudy.EXACT ? "exact" : "" + count;
  }

  @Override
  public List<String> plan() {
    return List.of(
        "shot noise of "
            + study.run()
            + " after epoch "
            + sampler.epoch()
            + ": "
            + study.shots().size()
            + " numbers of shots x "
            + study.seeds().size()
            + (study.seeds().size() == 1 ? " seed, " : " seeds, ")
            + study.evaluation().samples()
            + " images each, into "
            + folder);
  }

  @Override
  public StudyResult run(boolean retry) throws IOException {
    Map<Integer, List<JsonNode>> results = new LinkedHashMap<>();
    int points = study.shots().size() * study.seeds().size();
    int point = 0;
    for (int count : study.shots()) {
      for (long seed : study.seeds()) {
        point++;
        EvaluationSettings own = settings(count, seed);
        String what = sampler.checkpoint() + " " + own;
        Path file = folder.resolve("points").resolve(name(count) + "-seed-" + seed + ".json");
        JsonNode result = Files.exists(file) ? StrictJson.object(file) : null;
        if (result == null || !result.path("settings").asText().equals(what)) {
          clock.begin(points - point + 1);
          try {
            result = measure("shots " + name(count) + ", seed " + seed, own, point, points);
          } catch (CancellationException e) {
            return new StudyResult(StudyResult.State.STOPPED, folder, List.of(), List.of());
          }
          StudyFiles.write(file, ((ObjectNode) result).put("shots", count).put("settings", what));
          clock.end();
        }
        results.computeIfAbsent(count, c -> new ArrayList<>()).add(result);
      }
    }
    StudyFiles.write(folder.resolve("shot-noise.csv"), csv(results));
    StudyFiles.write(folder.resolve("shot-noise.svg"), distance(results));
    StudyFiles.write(folder.resolve("shot-noise-shares.svg"), shares(results));
    List<String> table = table(results);
    StudyFiles.write(folder.resolve("table.md"), String.join("\n", table) + "\n");
    return new StudyResult(StudyResult.State.FINISHED, folder, table, rows(results));
  }

  @Override
  public void close() {
    sampler.close();
  }

  private JsonNode measure(String name, EvaluationSettings own, int point, int points)
      throws IOException {
    DataEvaluation evaluation = studies.evaluation(sampler.blueprint(), own);
    JsonNode result =
        evaluation.tree(
            evaluation.of(
                sampler,
                (stage, part, all) -> {
                  listener.progress(
                      new StudyListener.Progress(
                          point,
                          points,
                          name,
                          stage + " " + 100 * part / Math.max(1, all) + " %",
                          0,
                          clock.left()));
                  return !listener.stopped();
                }),
            sampler.epoch());
    listener.note(
        name + ": " + DISTANCE + " " + Statistics.number(value(result, DISTANCE, "value")));
    return result;
  }

  private EvaluationSettings settings(int count, long seed) {
    EvaluationSettings settings = study.evaluation();
    Map<String, String> sampling = new LinkedHashMap<>(settings.sampling());
    sampling.put(ShotNoiseStudy.SHOTS, "" + count);
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
            csv.append(name(count)).append(',').append(study.seeds().get(i));
            measures.forEach(m -> csv.append(',').append(value(result, m, "value")));
            csv.append('\n');
          }
        });
    return csv.toString();
  }

  private String distance(Map<Integer, List<JsonNode>> results) {
    return chart(
        results,
        "Fréchet distance of " + study.evaluation().samples() + " images",
        "Fréchet distance",
        List.of(DISTANCE));
  }

  private String shares(Map<Integer, List<JsonNode>> results) {
    return chart(results, "Shares of " + study.evaluation().samples() + " images", "share", SHARES);
  }

  /** Means over seeds, with their standard deviation, against shots; exact values are dashed. */
  private String chart(
      Map<Integer, List<JsonNode>> results, String title, String y, List<String> measures) {
    List<LineChart.Series> series = new ArrayList<>();
    int most = study.shots().stream().mapToInt(Integer::intValue).max().orElse(1);
    int least =
        study.shots().stream().mapToInt(Integer::intValue).filter(s -> s > 0).min().orElse(1);
    for (String measure : measures) {
      List<LineChart.Point> points = new ArrayList<>();
      results.forEach(
          (count, found) -> {
            Statistics of = of(found, measure, "value");
            if (count > 0) {
              points.add(
                  new LineChart.Point(
                      log2(count),
                      of.mean(),
                      of.mean() - of.deviation(),
                      of.mean() + of.deviation()));
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
            study.seeds().size(),
            study.seeds().size() == 1 ? "seed" : "seeds",
            study.evaluation().samples(),
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
    measures.forEach(m -> real.append(" | ").append(Statistics.number(of(all, m, "real").mean())));
    lines.add(real.append(" |").toString());
    return lines;
  }

  private static List<StudyResult.Row> rows(Map<Integer, List<JsonNode>> results) {
    List<StudyResult.Row> rows = new ArrayList<>();
    results.forEach(
        (count, found) -> {
          Map<String, Statistics> values = new LinkedHashMap<>();
          measures(results).forEach(m -> values.put(m, of(found, m, "value")));
          rows.add(new StudyResult.Row(Map.of(ShotNoiseStudy.SHOTS, name(count)), values));
        });
    return rows;
  }
}
