package org.ketloom.itests.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Measurements as a Markdown table beside the peers' figures, padded so that it reads as text. */
final class Table {
  private static final double LARGE_BYTES = 1 << 22;

  private final List<Measurement> measurements;
  private final Peers peers;

  Table(List<Measurement> measurements, Peers peers) {
    this.measurements = measurements;
    this.peers = peers;
  }

  /** What tells rows apart. */
  private record Row(String workload, String task, int threads) {}

  /** Renders it: a row per workload, task and number of threads, a column per Java. */
  String render() {
    Set<String> runs = new LinkedHashSet<>();
    Map<Row, Map<String, Measurement>> rows = new LinkedHashMap<>();
    for (Workload workload : Workload.all()) {
      for (Task task : Task.values()) {
        Map<Integer, Map<String, Measurement>> byThreads = new TreeMap<>();
        for (Measurement m : measurements) {
          if (m.workload().equals(workload.name()) && m.task().equals(task.toString())) {
            byThreads.computeIfAbsent(m.threads(), t -> new LinkedHashMap<>()).put(run(m), m);
          }
        }
        byThreads.forEach(
            (t, found) -> rows.put(new Row(workload.name(), task.toString(), t), found));
      }
    }
    measurements.stream().map(Table::run).sorted(Table::inOrder).forEach(runs::add);
    List<Peers.Peer> shown =
        peers.peers().stream()
            .filter(p -> rows.keySet().stream().anyMatch(r -> figure(p, r).isPresent()))
            .toList();
    List<List<String>> cells = new ArrayList<>();
    List<String> head = new ArrayList<>(List.of("circuit", "", "threads"));
    runs.forEach(r -> head.add(r + ", ms"));
    head.addAll(List.of("of peak", "of memory", "allocated"));
    shown.forEach(p -> head.add(p.name()));
    cells.add(head);
    Set<String> notes = new LinkedHashSet<>();
    rows.forEach((row, found) -> cells.add(cells(row, found, runs, shown, notes)));
    StringBuilder text = new StringBuilder(markdown(cells)).append('\n');
    text.append(noise(rows)).append(legend(shown));
    notes.forEach(n -> text.append("\n\\* without ").append(n));
    return text.append('\n').toString();
  }

  private List<String> cells(
      Row row,
      Map<String, Measurement> found,
      Set<String> runs,
      List<Peers.Peer> shown,
      Set<String> notes) {
    List<String> cells = new ArrayList<>();
    cells.add(Workload.named(row.workload).title());
    cells.add(Task.named(row.task).title());
    cells.add(Integer.toString(row.threads));
    runs.forEach(
        r -> cells.add(Optional.ofNullable(found.get(r)).map(m -> ms(m.median())).orElse("")));
    Measurement first =
        runs.stream().map(found::get).filter(m -> m != null).findFirst().orElseThrow();
    Workload workload = Workload.named(row.workload);
    boolean pure = workload.engine() == Workload.Engine.STATE_VECTOR;
    cells.add(pure ? percent(first.shareOfPeak()) : "");
    boolean large =
        pure
            && workload.circuits().stream()
                .anyMatch(c -> Math.pow(2, c.wires()) * 16 >= LARGE_BYTES);
    cells.add(large ? percent(first.shareOfMemory()) : "");
    cells.add(bytes(first.allocated()));
    for (Peers.Peer peer : shown) {
      Optional<Peers.Figure> figure = figure(peer, row);
      figure.flatMap(Peers.Figure::lacks).ifPresent(notes::add);
      cells.add(figure.map(f -> ms(f.ms()) + (f.lacks().isPresent() ? "\\*" : "")).orElse(""));
    }
    return cells;
  }

  /** What the rows of noise have to reach, as ratios of what was measured by the same Java. */
  private static String noise(Map<Row, Map<String, Measurement>> rows) {
    StringBuilder text = new StringBuilder();
    rows.forEach(
        (row, found) ->
            found.forEach(
                (run, m) -> {
                  Workload workload = Workload.named(row.workload);
                  if (workload.engine() == Workload.Engine.STATE_VECTOR) {
                    return;
                  }
                  Map<String, Measurement> pure =
                      rows.getOrDefault(
                          new Row(row.workload + "-pure", row.task, row.threads), Map.of());
                  Map<String, Measurement> values =
                      rows.getOrDefault(
                          new Row(row.workload, Task.VALUES.toString(), row.threads), Map.of());
                  List<String> told = new ArrayList<>();
                  if (pure.containsKey(run)) {
                    told.add(times(m, pure.get(run)) + " times the row beside it");
                  }
                  if (!row.task.equals(Task.VALUES.toString()) && values.containsKey(run)) {
                    told.add(times(m, values.get(run)) + " times its own values");
                  }
                  if (!told.isEmpty()) {
                    text.append("- ")
                        .append(workload.title())
                        .append(", ")
                        .append(Task.named(row.task).title())
                        .append(", ")
                        .append(run)
                        .append(", ")
                        .append(row.threads)
                        .append(row.threads == 1 ? " thread: " : " threads: ")
                        .append(String.join(", ", told))
                        .append('\n');
                  }
                }));
    return text.isEmpty() ? "" : "Noise:\n" + text.append('\n');
  }

  private static String times(Measurement m, Measurement by) {
    return String.format(Locale.ROOT, "%.2f", m.median() / by.median());
  }

  private String legend(List<Peers.Peer> shown) {
    StringBuilder text = new StringBuilder();
    text.append("Medians of the iterations. Of peak: the plain algorithm's operations (one-qubit")
        .append(" runs fused, permutations and signs free) against the multiply-add peak in the")
        .append(" same process; of memory: the bytes that it would move with a pass per matrix,")
        .append(" against a pass in place (above 100 %: gates share passes). Allocated: per call,")
        .append(" with results written into arrays that are there.\n")
        .append("\nWhat the machine gave meanwhile:");
    for (String run : new LinkedHashSet<>(measurements.stream().map(Table::run).toList())) {
      Map<Integer, List<Measurement>> byThreads =
          measurements.stream()
              .filter(m -> run(m).equals(run))
              .collect(
                  Collectors.groupingBy(Measurement::threads, TreeMap::new, Collectors.toList()));
      byThreads.forEach(
          (threads, all) ->
              text.append("\n- ")
                  .append(all.get(0).processor())
                  .append(", ")
                  .append(run)
                  .append(", ")
                  .append(threads)
                  .append(threads == 1 ? " thread: " : " threads: ")
                  .append(range(all.stream().map(m -> m.peakFlops() * 1e-9), "GFLOP/s"))
                  .append(", ")
                  .append(range(all.stream().map(m -> m.passBytes() * 1e-9), "GB/s")));
    }
    if (!shown.isEmpty()) {
      text.append("\n\nOthers, on another machine unless they say otherwise: ")
          .append(peers.source())
          .append("; ")
          .append(peers.machine());
      shown.forEach(p -> text.append("\n- ").append(p.name()).append(": ").append(p.is()));
      text.append('\n');
    }
    return text.toString();
  }

  private static Optional<Peers.Figure> figure(Peers.Peer peer, Row row) {
    return peer.figure(row.workload, row.task, row.threads);
  }

  /** Heading of a column: the release of Java, and the kernels if they aren't the fast ones. */
  private static String run(Measurement m) {
    String release = m.java().split("[.+-]")[0];
    String unusual = m.kernels().replace("vector", "").strip();
    return ("JDK " + release + " " + unusual).strip();
  }

  /** The latest release first, and of each release what is usual. */
  private static int inOrder(String a, String b) {
    String first = a.split(" ")[1];
    String second = b.split(" ")[1];
    return first.equals(second) ? a.compareTo(b) : second.compareTo(first);
  }

  private static String range(Stream<Double> values, String unit) {
    List<Double> sorted = values.sorted().toList();
    return String.format(
        Locale.ROOT,
        "%.1f to %.1f, median %.1f %s",
        sorted.get(0),
        sorted.get(sorted.size() - 1),
        Measurement.median(sorted),
        unit);
  }

  /** Three significant digits. */
  static String ms(double value) {
    int decimals = value >= 100 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : 3;
    String text = String.format(Locale.ROOT, "%." + decimals + "f", value);
    return text.contains(".") ? text.replaceAll("0+$", "").replaceAll("\\.$", "") : text;
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.0f %%", 100 * share);
  }

  static String bytes(double bytes) {
    return bytes < 1e3
        ? String.format(Locale.ROOT, "%.0f B", Math.max(0, bytes))
        : bytes < 1e6
            ? String.format(Locale.ROOT, "%.1f kB", bytes / 1e3)
            : String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
  }

  private static String markdown(List<List<String>> cells) {
    int columns = cells.get(0).size();
    int[] widths = new int[columns];
    for (List<String> row : cells) {
      for (int c = 0; c < columns; c++) {
        widths[c] = Math.max(widths[c], Math.max(4, row.get(c).length()));
      }
    }
    StringBuilder text = new StringBuilder();
    for (int r = 0; r < cells.size(); r++) {
      for (int c = 0; c < columns; c++) {
        String pad = " ".repeat(widths[c] - cells.get(r).get(c).length());
        text.append("| ");
        text.append(c < 2 ? cells.get(r).get(c) + pad : pad + cells.get(r).get(c)).append(' ');
      }
      text.append("|\n");
      if (r == 0) {
        for (int c = 0; c < columns; c++) {
          text.append("| ").append("-".repeat(widths[c] - 1)).append(c < 2 ? '-' : ':').append(' ');
        }
        text.append("|\n");
      }
    }
    return text.toString();
  }
}
