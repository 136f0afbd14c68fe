package org.ketloom.study.internal;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.ketloom.files.JsonObject;
import org.ketloom.runtime.blueprint.Blueprints;
import org.ketloom.study.EvaluationSettings;
import org.ketloom.study.GradientVarianceStudy;
import org.ketloom.study.GridStudy;
import org.ketloom.study.ShotNoiseStudy;
import org.ketloom.study.Study;

/** Takes studies out of JSON. */
final class StudyReader {
  private final Blueprints blueprints;

  StudyReader(Blueprints blueprints) {
    this.blueprints = blueprints;
  }

  Study read(JsonObject file) {
    String kind = file.text("kind", "grid");
    return switch (kind) {
      case "grid" -> grid(file);
      case "gradient-variance" -> gradientVariance(file);
      case "shot-noise" -> shotNoise(file);
      default ->
          throw file.wrong(
              "kind", "must be grid, gradient-variance or shot-noise, found \"" + kind + "\"");
    };
  }

  private GridStudy grid(JsonObject file) {
    file.only("kind", "title", "blueprint", "axes", "drawing", "seeds", "evaluation");
    Optional<String> title =
        file.has("title") ? Optional.of(file.text("title", "")) : Optional.empty();
    var blueprint =
        blueprints.parse(file.object("blueprint").node().toString(), file.where() + ", blueprint");
    Map<String, Map<String, List<String>>> axes = axes(file.objectOrEmpty("axes"));
    List<Long> seeds = seeds(file, List.of(1L));
    JsonObject evaluation =
        file.objectOrEmpty("evaluation")
            .only("samples", "conditional", "bins", "seed", "features", "options", "sampling");
    return new GridStudy(
        title,
        blueprint,
        axes,
        file.has("drawing") ? changes(file.object("drawing")) : Map.of(),
        seeds,
        settings(evaluation, 1000, true, evaluation.longNumber("seed", 0)));
  }

  private static Map<String, Map<String, List<String>>> axes(JsonObject given) {
    Map<String, Map<String, List<String>>> axes = new LinkedHashMap<>();
    for (String axis : given.names()) {
      JsonObject values = given.object(axis);
      if (values.names().isEmpty()) {
        throw given.wrong(axis, "has no values");
      }
      axes.put(axis, changes(values));
    }
    return axes;
  }

  /** Changes of a Blueprint by name. */
  private static Map<String, List<String>> changes(JsonObject values) {
    Map<String, List<String>> changes = new LinkedHashMap<>();
    for (String value : values.names()) {
      JsonNode list = values.node().get(value);
      changes.put(
          value,
          list.isArray() && list.isEmpty()
              ? List.of()
              : values.list(
                  value, n -> n.isTextual() ? n.textValue() : null, "texts like \"path=value\""));
    }
    return changes;
  }

  private static GradientVarianceStudy gradientVariance(JsonObject file) {
    file.only(
        "kind",
        "encoding",
        "encodingOptions",
        "ansatz",
        "options",
        "qubits",
        "depths",
        "widths",
        "samples",
        "seed");
    return new GradientVarianceStudy(
        Optional.of(file.text("encoding", "")).filter(name -> !name.isEmpty()),
        file.texts("encodingOptions"),
        file.text("ansatz", "hardware-efficient"),
        file.texts("options"),
        file.list(
            "qubits", n -> n.isInt() && n.intValue() >= 2 ? n.intValue() : null, "numbers from 2"),
        file.list("depths", StudyReader::depth, "\"linear\" and \"quadratic\""),
        file.list("widths", n -> width(n, file), "\"full\", \"scaled\" and numbers"),
        file.number("samples", 200, 2),
        file.longNumber("seed", 1));
  }

  private static GradientVarianceStudy.@Nullable Depth depth(JsonNode node) {
    for (GradientVarianceStudy.Depth depth : GradientVarianceStudy.Depth.values()) {
      if (depth.toString().equals(node.asText())) {
        return depth;
      }
    }
    return null;
  }

  private static GradientVarianceStudy.@Nullable Width width(JsonNode node, JsonObject file) {
    if (!node.isTextual() && !node.isNumber()) {
      return null;
    }
    String name = node.asText();
    if (name.equals(GradientVarianceStudy.Width.FULL.name())) {
      return GradientVarianceStudy.Width.FULL;
    }
    if (name.equals(GradientVarianceStudy.Width.SCALED.name())) {
      return GradientVarianceStudy.Width.SCALED;
    }
    double radians;
    try {
      radians = Double.parseDouble(name);
    } catch (NumberFormatException e) {
      throw file.wrong(
          "widths",
          "takes \"full\" (2 pi), \"scaled\" (1 / sqrt(n L)) and numbers, found \"" + name + "\"");
    }
    if (!(radians > 0) || Double.isInfinite(radians)) {
      throw file.wrong("widths", "takes positive numbers, found " + name);
    }
    return new GradientVarianceStudy.Width(name, radians);
  }

  private static ShotNoiseStudy shotNoise(JsonObject file) {
    file.only("kind", "run", "epoch", "shots", "seeds", "evaluation");
    String run = file.text("run", "");
    if (run.isBlank()) {
      throw file.wrong("run", "must be the folder of a trained run");
    }
    OptionalInt epoch =
        file.has("epoch") ? OptionalInt.of(file.number("epoch", 1, 1)) : OptionalInt.empty();
    List<Integer> shots =
        file.list("shots", StudyReader::shots, "whole numbers from 1, and \"exact\"");
    List<Long> seeds = seeds(file, List.of(1L, 2L, 3L));
    JsonObject evaluation =
        file.objectOrEmpty("evaluation")
            .only("samples", "conditional", "bins", "features", "options", "sampling");
    if (evaluation.texts("sampling").containsKey(ShotNoiseStudy.SHOTS)) {
      throw evaluation.wrong("sampling", "must not set shots: the study varies them");
    }
    return new ShotNoiseStudy(
        Path.of(run), epoch, shots, seeds, settings(evaluation, 2000, false, 0));
  }

  private static @Nullable Integer shots(JsonNode node) {
    if (node.asText().equals("exact")) {
      return ShotNoiseStudy.EXACT;
    }
    return node.isInt() && node.intValue() >= 1 ? node.intValue() : null;
  }

  private static List<Long> seeds(JsonObject file, List<Long> defaultValue) {
    return file.has("seeds")
        ? file.list(
            "seeds",
            n -> n.isIntegralNumber() && n.canConvertToLong() ? n.longValue() : null,
            "whole numbers")
        : defaultValue;
  }

  private static EvaluationSettings settings(
      JsonObject evaluation, int samples, boolean conditional, long seed) {
    return new EvaluationSettings(
        evaluation.number("samples", samples, 1),
        evaluation.flag("conditional", conditional),
        evaluation.number("bins", 100, 2),
        seed,
        evaluation.text("features", EvaluationSettings.FEATURES),
        evaluation.texts("options"),
        evaluation.texts("sampling"));
  }
}
