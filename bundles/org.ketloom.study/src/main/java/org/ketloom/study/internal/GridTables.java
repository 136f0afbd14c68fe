package org.ketloom.study.internal;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.ketloom.files.LineChart;
import org.ketloom.study.GridStudy;
import org.ketloom.study.Statistics;
import org.ketloom.study.StudyResult;

/**
 * The tables of a grid study.
 *
 * @param title of the study
 * @param seeds runs per cell
 * @param conditions names of what the runs draw under, in order; may be empty
 * @param rows a row for each cell and condition, in order
 */
record GridTables(String title, int seeds, List<String> conditions, List<Row> rows) {
  private static final Pattern NUMBER = Pattern.compile("\\d+(\\.\\d+)?");

  /** Heading of the pictures in {@code table.md}. */
  private static final String PICTURES = "## Drawn images";

  /**
   * A cell with what became of its runs.
   *
   * @param seeds of the runs that are done
   * @param results what was measured in them
   * @param failures messages by seed
   */
  record Row(
      GridStudy.Cell cell, List<Long> seeds, List<JsonNode> results, Map<Long, String> failures) {

    Statistics of(String measure, String field) {
      return Statistics.of(
          results.stream()
              .map(r -> r.path("measures").path(measure).path(field).asDouble(Double.NaN))
              .toList());
    }

    Statistics minutes() {
      return Statistics.of(results.stream().map(r -> r.path("seconds").asDouble() / 60).toList());
    }

    /** Trainable parameters; -1 if no run is done. */
    long parameters() {
      return results.isEmpty()
          ? -1
          : StreamSupport.stream(results.get(0).path("parameters").spliterator(), false)
              .mapToLong(JsonNode::asLong)
              .sum();
    }
  }

  /**
   * Writes {@code table.md}, {@code table.csv} and {@code runs.csv}.
   *
   * @return the table for people, without pictures
   */
  List<String> write(Path folder) throws IOException {
    String table = markdown(folder);
    StudyFiles.write(folder.resolve("table.md"), table);
    StudyFiles.write(folder.resolve("table.csv"), csv());
    StudyFiles.write(folder.resolve("runs.csv"), runs());
    Optional<String> chart = chart();
    if (chart.isPresent()) {
      StudyFiles.write(folder.resolve("drawing.svg"), chart.get());
    }
    return table.lines().takeWhile(line -> !line.equals(PICTURES)).toList();
  }

  /** The values of the table. */
  List<StudyResult.Row> values() {
    List<StudyResult.Row> values = new ArrayList<>();
    for (Row row : rows) {
      Map<String, Statistics> measured = new LinkedHashMap<>();
      measures().forEach(measure -> measured.put(measure, row.of(measure, "value")));
      values.add(new StudyResult.Row(row.cell().choices(), measured));
    }
    return values;
  }

  /**
   * The first measure by condition of drawing, where at least two of them are numbers: a curve for
   * each cell, with the standard deviation over the seeds, and that of real images dashed.
   */
  private Optional<String> chart() {
    List<String> strengths =
        conditions.stream().filter(name -> NUMBER.matcher(name).matches()).toList();
    if (strengths.size() < 2 || measures().isEmpty()) {
      return Optional.empty();
    }
    String measure = measures().get(0);
    Map<String, List<LineChart.Point>> curves = new LinkedHashMap<>();
    List<Double> real = new ArrayList<>();
    for (Row row : rows) {
      String strength = row.cell().choices().get(GridStudy.DRAWING);
      if (!strengths.contains(strength) || row.results().isEmpty()) {
        continue;
      }
      Map<String, String> choices = new LinkedHashMap<>(row.cell().choices());
      choices.remove(GridStudy.DRAWING);
      Statistics of = row.of(measure, "value");
      double spread = Double.isFinite(of.deviation()) ? of.deviation() : 0;
      curves
          .computeIfAbsent(new GridStudy.Cell(choices, List.of()).name(), name -> new ArrayList<>())
          .add(
              new LineChart.Point(
                  Double.parseDouble(strength), of.mean(), of.mean() - spread, of.mean() + spread));
      real.add(row.of(measure, "real").mean());
    }
    if (curves.isEmpty()) {
      return Optional.empty();
    }
    List<LineChart.Series> series = new ArrayList<>();
    curves.forEach(
        (name, points) ->
            series.add(
                new LineChart.Series(
                    name,
                    false,
                    points.stream()
                        .sorted(Comparator.comparingDouble(LineChart.Point::x))
                        .toList())));
    double floor = Statistics.of(real).mean();
    series.add(
        new LineChart.Series(
            "real images",
            true,
            strengths.stream()
                .map(Double::parseDouble)
                .sorted()
                .map(x -> new LineChart.Point(x, floor))
                .toList()));
    return Optional.of(
        new LineChart(title, "strength while drawing", measure, false, series).svg());
  }

  private List<String> measures() {
    return rows.stream()
        .flatMap(r -> r.results().stream())
        .flatMap(
            r -> {
              List<String> names = new ArrayList<>();
              r.path("measures").fieldNames().forEachRemaining(names::add);
              return names.stream();
            })
        .distinct()
        .toList();
  }

  private String markdown(Path folder) {
    List<String> measures = measures();
    StringBuilder text = new StringBuilder("# " + title + "\n\n");
    rows.stream()
        .flatMap(r -> r.results().stream())
        .findFirst()
        .ifPresent(
            r ->
                text.append(
                    String.format(
                        Locale.ROOT,
                        "Mean ± standard deviation over seeds; %,d drawn images each, %,d of the"
                            + " test split; features: %s.%n%n",
                        r.path("samples").asInt(),
                        r.path("reference").asInt(),
                        r.path("features").asText())));
    text.append("| cell | runs | parameters | ")
        .append(String.join(" | ", measures))
        .append(" | minutes |\n| --- | --- | --- |")
        .append(" --- |".repeat(measures.size() + 1))
        .append('\n');
    for (Row row : rows) {
      text.append("| ").append(row.cell().name());
      text.append(" | ").append(row.results().size()).append(" of ").append(seeds);
      text.append(" | ")
          .append(row.parameters() < 0 ? "-" : String.format(Locale.ROOT, "%,d", row.parameters()));
      measures.forEach(m -> text.append(" | ").append(row.of(m, "value")));
      text.append(" | ")
          .append(
              row.results().isEmpty()
                  ? "-"
                  : String.format(Locale.ROOT, "%.1f", row.minutes().mean()))
          .append(" |\n");
    }
    text.append("| real images | | |");
    for (String measure : measures) {
      List<Double> real = new ArrayList<>();
      rows.stream()
          .flatMap(r -> r.results().stream())
          .forEach(
              r -> real.add(r.path("measures").path(measure).path("real").asDouble(Double.NaN)));
      text.append(' ').append(Statistics.number(Statistics.of(real).mean())).append(" |");
    }
    text.append(" |\n");
    List<String> failures = new ArrayList<>();
    for (Row row : rows) {
      row.failures()
          .forEach(
              (seed, message) ->
                  failures.add("- " + row.cell().name() + ", seed " + seed + ": " + message));
    }
    if (!failures.isEmpty()) {
      text.append("\nFailed:\n\n").append(String.join("\n", failures)).append('\n');
    }
    text.append('\n').append(PICTURES).append('\n');
    for (Row row : rows) {
      String picture = "grids/" + row.cell().slug() + ".png";
      if (Files.exists(folder.resolve(picture))) {
        text.append("\n")
            .append(row.cell().name())
            .append(":\n\n![")
            .append(row.cell().name())
            .append("](")
            .append(picture)
            .append(")\n");
      }
    }
    return text.toString().replace(System.lineSeparator(), "\n");
  }

  private String csv() {
    List<String> axes = axes();
    List<String> header = new ArrayList<>(axes);
    header.addAll(List.of("runs", "parameters"));
    for (String measure : measures()) {
      header.addAll(List.of(measure + ".mean", measure + ".deviation", measure + ".real"));
    }
    header.add("minutes");
    StringBuilder text = new StringBuilder(line(header));
    for (Row row : rows) {
      List<String> cells = new ArrayList<>(row.cell().choices().values());
      cells.add("" + row.results().size());
      cells.add(row.parameters() < 0 ? "" : "" + row.parameters());
      for (String measure : measures()) {
        Statistics value = row.of(measure, "value");
        cells.add(plain(value.mean()));
        cells.add(plain(value.deviation()));
        cells.add(plain(row.of(measure, "real").mean()));
      }
      cells.add(plain(row.minutes().mean()));
      text.append(line(cells));
    }
    return text.toString();
  }

  private String runs() {
    List<String> header = new ArrayList<>(axes());
    header.add("seed");
    header.addAll(measures());
    header.add("failure");
    StringBuilder text = new StringBuilder(line(header));
    for (Row row : rows) {
      for (long seed : new TreeSet<>(row.seeds())) {
        JsonNode result = row.results().get(row.seeds().indexOf(seed));
        List<String> cells = new ArrayList<>(row.cell().choices().values());
        cells.add("" + seed);
        measures().forEach(m -> cells.add(result.path("measures").path(m).path("value").asText()));
        cells.add("");
        text.append(line(cells));
      }
      row.failures()
          .forEach(
              (seed, message) -> {
                List<String> cells = new ArrayList<>(row.cell().choices().values());
                cells.add("" + seed);
                measures().forEach(m -> cells.add(""));
                cells.add(message);
                text.append(line(cells));
              });
    }
    return text.toString();
  }

  private List<String> axes() {
    return List.copyOf(rows.get(0).cell().choices().keySet());
  }

  private static String plain(double value) {
    return Double.isFinite(value) ? "" + value : "";
  }

  private static String line(List<String> cells) {
    return String.join(
            ",",
            cells.stream()
                .map(c -> c.matches("[^,\"\\n]*") ? c : '"' + c.replace("\"", "\"\"") + '"')
                .toList())
        + "\n";
  }
}
