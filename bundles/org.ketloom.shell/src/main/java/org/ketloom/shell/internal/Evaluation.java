package org.ketloom.shell.internal;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.ketloom.api.data.Dataset;
import org.ketloom.api.data.DatasetProvider;
import org.ketloom.api.data.ImageShape;
import org.ketloom.api.model.Blueprint;
import org.ketloom.api.model.Figure;
import org.ketloom.files.AtomicFile;
import org.ketloom.metrics.Evaluator;
import org.ketloom.runtime.blueprint.Blueprints;
import org.ketloom.runtime.blueprint.Composer;
import org.ketloom.runtime.run.Sampler;

/** Evaluations of trained models on the images of a data set. */
final class Evaluation {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private final Services services;
  private final Evaluator evaluator;
  private final EvaluationSettings settings;

  /** The test split in the size that the model is trained with. */
  private final Dataset learned;

  private Blueprint blueprint;
  private Evaluator.Request request;

  /**
   * Opens the data.
   *
   * @param blueprint its data set is what is compared with
   * @throws IllegalArgumentException if the metrics need more images
   */
  Evaluation(Services services, Blueprint blueprint, EvaluationSettings settings)
      throws IOException {
    this.services = services;
    this.evaluator = services.get(Evaluator.class);
    this.blueprint = blueprint;
    this.settings = settings;
    request = request(blueprint);
    learned = request.test();
    evaluator.check(request);
  }

  private Evaluator.Request request(Blueprint of) throws IOException {
    Composer composer = services.get(Composer.class);
    Dataset training = composer.open(of, DatasetProvider.Split.TRAIN);
    Dataset test = composer.open(of, DatasetProvider.Split.TEST);
    return new Evaluator.Request(
        training,
        test,
        settings.samples(),
        settings.conditional(),
        settings.bins(),
        settings.seed(),
        settings.features(),
        settings.options());
  }

  /** Shape of the images that are compared with. */
  String shape() {
    return request.test().shape().toString();
  }

  /**
   * Takes real images of the size that a model draws, which may be another than that of the images
   * that it is trained with.
   */
  private void resize(ImageShape drawn) throws IOException {
    ImageShape real = request.test().shape();
    if (drawn.equals(real)
        || drawn.channels() != real.channels()
        || drawn.height() != drawn.width()) {
      return;
    }
    Blueprints blueprints = services.get(Blueprints.class);
    Blueprint resized;
    try {
      resized =
          blueprints.complete(
              blueprints.set(
                  blueprints.draft(blueprint), List.of("data.options.size=" + drawn.height())));
    } catch (IllegalArgumentException e) {
      // A data set without that option: its shape is told, with the model's.
      return;
    }
    request = request(resized);
    blueprint = resized;
  }

  /**
   * Measures a model. Real images are resized to what it draws where their data set can do that.
   *
   * @throws IllegalArgumentException if it draws other images than it is compared with
   */
  Evaluator.Report of(Sampler sampler, Evaluator.Stages stages) throws IOException {
    resize(sampler.shape());
    if (!sampler.shape().equals(request.test().shape())
        || sampler.classes().size() != request.test().classes().size()) {
      throw new IllegalArgumentException(
          "the model draws images of "
              + sampler.shape()
              + " in "
              + sampler.classes().size()
              + " classes, data \""
              + blueprint.data().name()
              + "\" has "
              + request.test().shape()
              + " in "
              + request.test().classes().size());
    }
    return evaluator.evaluate(
        request,
        (labels, seed, progress) -> sampler.sample(labels, seed, settings.sampling(), progress),
        stages);
  }

  /**
   * What the model measures of itself on the whole test split.
   *
   * @throws IllegalArgumentException if the images have another shape than it was trained with
   */
  List<Figure> figures(Sampler sampler, Evaluator.Stages stages) throws IOException {
    return sampler.figures(
        learned, (done, total) -> stages.update("measuring the model", done, total));
  }

  /** The report with all that is needed to get it again. */
  ObjectNode json(Evaluator.Report report, int epoch) {
    ObjectNode node = JSON.createObjectNode();
    node.put("epoch", epoch).put("seed", settings.seed());
    node.put("samples", report.samples()).put("reference", report.reference());
    node.put("conditional", settings.conditional()).put("bins", settings.bins());
    node.put("features", report.features()).put("classifier", report.classifier());
    ObjectNode sampling = node.putObject("sampling");
    new TreeMap<>(settings.sampling()).forEach(sampling::put);
    node.putObject("data")
        .put("name", blueprint.data().name())
        .put("shape", shape())
        .put("training", request.training().fingerprint())
        .put("test", request.test().fingerprint());
    ObjectNode measures = node.putObject("measures");
    for (Figure m : report.measures()) {
      ObjectNode of = measures.putObject(m.name()).put("value", m.value());
      of.put("real", m.real().orElse(Double.NaN));
      m.deviation().ifPresent(deviation -> of.put("deviation", deviation));
      of.put("samples", m.images())
          .put("reference", m.reference().orElse(0))
          .put("better", m.better().toString());
    }
    return node;
  }

  /** Writes JSON, whole or not at all. */
  static void write(Path file, ObjectNode node) throws IOException {
    String text = JSON.writeValueAsString(node) + "\n";
    AtomicFile.write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** The report for people. */
  static List<String> table(Evaluator.Report report) {
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

  /** Adds what a model measures of itself to a report. */
  static ObjectNode add(List<Figure> figures, ObjectNode report) {
    ObjectNode node = report.putObject("figures");
    for (Figure f : figures) {
      node.putObject(f.name())
          .put("value", f.value())
          .put("images", f.images())
          .put("better", f.better().toString());
    }
    return report;
  }

  /** What a model measures of itself, for people. */
  static List<String> table(Collection<Figure> figures) {
    return figures.stream().map(Evaluation::row).toList();
  }

  private static String row(Figure figure) {
    return String.format(
        Locale.ROOT,
        "%-20s %12s %12s  %-8s %,d",
        figure.name(),
        number(figure.value()),
        number(figure.real().orElse(Double.NaN)),
        figure.better(),
        figure.images());
  }

  /** A value with four digits that count. */
  static String number(double value) {
    return !Double.isFinite(value)
        ? "-"
        : Math.abs(value) >= 1e-3 || value == 0
            ? String.format(
                Locale.ROOT,
                "%."
                    + Math.max(0, 4 - (int) Math.floor(Math.log10(Math.max(1, Math.abs(value)))))
                    + "f",
                value)
            : String.format(Locale.ROOT, "%.2e", value);
  }

  /** The values by name. */
  static Map<String, Double> values(Evaluator.Report report) {
    Map<String, Double> values = new java.util.LinkedHashMap<>();
    report.measures().forEach(m -> values.put(m.name(), m.value()));
    return values;
  }
}
