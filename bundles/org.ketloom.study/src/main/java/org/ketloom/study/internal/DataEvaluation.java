package org.ketloom.study.internal;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import java.util.TreeMap;
import org.ketloom.api.data.Dataset;
import org.ketloom.api.data.DatasetProvider;
import org.ketloom.api.data.ImageShape;
import org.ketloom.api.model.Blueprint;
import org.ketloom.api.model.Figure;
import org.ketloom.api.model.PartSelection;
import org.ketloom.api.part.NoiseModel;
import org.ketloom.api.part.Options;
import org.ketloom.metrics.Evaluator;
import org.ketloom.runtime.blueprint.Blueprints;
import org.ketloom.runtime.blueprint.Composer;
import org.ketloom.runtime.blueprint.ResolvedBlueprint;
import org.ketloom.runtime.run.Sampler;
import org.ketloom.study.Evaluation;
import org.ketloom.study.EvaluationSettings;

/** Evaluations on the data of a Blueprint. */
final class DataEvaluation implements Evaluation {
  private static final String RECONSTRUCTIONS = "reconstructions";

  private final Evaluator evaluator;
  private final Composer composer;
  private final Blueprints blueprints;
  private final EvaluationSettings settings;

  /** Whether reconstructions are measured in place of what is drawn. */
  private final boolean reconstructs;

  /** The test split in the size that the model is trained with. */
  private Dataset learned;

  private Blueprint blueprint;
  private Evaluator.Request request;

  /** How the run that is evaluated has read its data, see {@link ResolvedBlueprint.Learned}. */
  private int reading;

  /** Fingerprint of the data of which that is known. */
  private String known;

  DataEvaluation(
      Evaluator evaluator,
      Composer composer,
      Blueprints blueprints,
      Blueprint blueprint,
      EvaluationSettings settings)
      throws IOException {
    this.evaluator = evaluator;
    this.composer = composer;
    this.blueprints = blueprints;
    this.blueprint = blueprint;
    this.settings = settings;
    reconstructs = false;
    request = request(blueprint);
    learned = request.test();
    known = request.training().fingerprint();
    evaluator.check(request);
  }

  private DataEvaluation(DataEvaluation of) {
    evaluator = of.evaluator;
    composer = of.composer;
    blueprints = of.blueprints;
    settings = of.settings;
    learned = of.learned;
    blueprint = of.blueprint;
    request = of.request;
    reading = of.reading;
    known = of.known;
    reconstructs = true;
  }

  @Override
  public Evaluation ofReconstructions() {
    return new DataEvaluation(this);
  }

  private Evaluator.Request request(Blueprint of) throws IOException {
    ResolvedBlueprint resolved = composer.resolve(of);
    Dataset training = resolved.open(DatasetProvider.Split.TRAIN, reading);
    Dataset test = resolved.open(DatasetProvider.Split.TEST, reading);
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
   * Reads the data as the run has: otherwise images that it has learned from could be among those
   * that it is measured on.
   */
  private void readAsIn(Sampler sampler) throws IOException {
    if (known.equals(sampler.data())) {
      return;
    }
    known = sampler.data();
    int found;
    try {
      found = composer.resolve(sampler.blueprint()).learned(sampler.data()).reading();
    } catch (IOException e) {
      // What it has learned from isn't there any more: the data are others anyway.
      return;
    }
    if (found != reading) {
      reading = found;
      request = request(blueprint);
      learned = request.test();
    }
  }

  @Override
  public Evaluator.Report of(Sampler sampler, Evaluator.Stages stages) throws IOException {
    readAsIn(sampler);
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
    // What is wrong is told before a classifier is trained.
    Options.with(sampler.options(), "sampling", settings.sampling());
    return evaluator.evaluate(
        request,
        reconstructs
            ? new ReconstructedImages(request.training(), sampler, settings.seed())
            : (labels, seed, progress) ->
                sampler.sample(labels, seed, settings.sampling(), progress),
        stages);
  }

  @Override
  public List<Figure> figures(Sampler sampler, Evaluator.Stages stages) throws IOException {
    return sampler.figures(
        learned, (done, total) -> stages.update("measuring the model", done, total));
  }

  @Override
  public String json(Evaluator.Report report, List<Figure> figures, int epoch) {
    ObjectNode node = tree(report, epoch);
    ObjectNode own = node.putObject("figures");
    for (Figure f : figures) {
      own.putObject(f.name())
          .put("value", f.value())
          .put("images", f.images())
          .put("better", f.better().toString());
    }
    return StudyFiles.text(node);
  }

  /** The report with all that is needed to get it again. */
  ObjectNode tree(Evaluator.Report report, int epoch) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("epoch", epoch).put("seed", settings.seed());
    node.put("samples", report.samples()).put("reference", report.reference());
    node.put("conditional", settings.conditional()).put("bins", settings.bins());
    node.put("features", report.features()).put("classifier", report.classifier());
    if (reconstructs) {
      node.put(RECONSTRUCTIONS, true);
    }
    ObjectNode sampling = node.putObject("sampling");
    new TreeMap<>(settings.sampling()).forEach(sampling::put);
    PartSelection noise = blueprint.parts().get(NoiseModel.KIND.name());
    if (noise != null) {
      ObjectNode of = node.putObject("noise").put("name", noise.name());
      new TreeMap<>(noise.options()).forEach((option, value) -> of.put(option, "" + value));
    }
    node.putObject("data")
        .put("name", blueprint.data().name())
        .put("shape", request.test().shape().toString())
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
}
