package org.ketloom.shell.internal.measure;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import org.ketloom.api.model.Figure;
import org.ketloom.metrics.Evaluator;
import org.ketloom.study.Statistics;

/** What was measured, as lines of a terminal. */
final class EvaluationTable {
  private EvaluationTable() {}

  /** The report for people. */
  static List<String> of(Evaluator.Report report) {
    List<String> lines = new ArrayList<>();
    lines.add(
        String.format(
            Locale.ROOT,
            "%,d drawn images, %,d of the test split",
            report.samples(),
            report.reference()));
    lines.add("features: " + report.features());
    if (!report.classifier().isEmpty() && !report.classifier().equals(report.features())) {
      lines.add("classes:  " + report.classifier());
    }
    lines.add(
        String.format(
            Locale.ROOT,
            "%-20s %12s %12s  %-8s %s",
            "metric",
            "drawn",
            "real",
            "better",
            "images"));
    for (Figure m : report.measures()) {
      String reference =
          m.reference().isEmpty()
              ? ""
              : String.format(Locale.ROOT, " to %,d", m.reference().getAsInt());
      lines.add(row(m) + reference);
    }
    return lines;
  }

  /** What a model measures of itself, for people. */
  static List<String> of(Collection<Figure> figures) {
    return figures.stream().map(EvaluationTable::row).toList();
  }

  private static String row(Figure figure) {
    return String.format(
        Locale.ROOT,
        "%-20s %12s %12s  %-8s %,d",
        figure.name(),
        Statistics.number(figure.value()),
        Statistics.number(figure.real().orElse(Double.NaN)),
        figure.better(),
        figure.images());
  }
}
