package org.ketloom.study.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.ketloom.api.engine.QuantumEngine;
import org.ketloom.api.model.Blueprint;
import org.ketloom.files.JsonObject;
import org.ketloom.metrics.Evaluator;
import org.ketloom.runtime.blueprint.Blueprints;
import org.ketloom.runtime.blueprint.Composer;
import org.ketloom.runtime.parts.PartRegistry;
import org.ketloom.runtime.run.RunListener;
import org.ketloom.runtime.run.Runs;
import org.ketloom.runtime.run.Sampler;
import org.ketloom.study.Evaluation;
import org.ketloom.study.EvaluationSettings;
import org.ketloom.study.GradientVarianceStudy;
import org.ketloom.study.GridStudy;
import org.ketloom.study.RealImages;
import org.ketloom.study.ShotNoiseStudy;
import org.ketloom.study.Studies;
import org.ketloom.study.Study;
import org.ketloom.study.StudyListener;
import org.ketloom.study.StudyRun;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Studies on the services of the platform. */
@Component(service = Studies.class)
public final class PlatformStudies implements Studies {
  private final PartRegistry registry;
  private final Blueprints blueprints;
  private final Composer composer;
  private final Runs runs;
  private final Evaluator evaluator;
  private final QuantumEngine engine;

  /** On these services. */
  @Activate
  public PlatformStudies(
      @Reference PartRegistry registry,
      @Reference Blueprints blueprints,
      @Reference Composer composer,
      @Reference Runs runs,
      @Reference Evaluator evaluator,
      @Reference QuantumEngine engine) {
    this.registry = registry;
    this.blueprints = blueprints;
    this.composer = composer;
    this.runs = runs;
    this.evaluator = evaluator;
    this.engine = engine;
  }

  @Override
  public Study read(Path file) throws IOException {
    return new StudyReader(blueprints).read(JsonObject.read(file));
  }

  @Override
  public Study parse(String json, String source) {
    return new StudyReader(blueprints).read(JsonObject.parse(json, source));
  }

  @Override
  public StudyRun open(Study study, Path folder, StudyListener listener) throws IOException {
    if (study instanceof GridStudy grid) {
      return GridRun.open(this, blueprints, composer, runs, grid, folder, listener);
    }
    if (study instanceof ShotNoiseStudy shots) {
      return ShotNoiseRun.open(this, runs, shots, folder, listener);
    }
    return new GradientVarianceRun(
        engine, registry, (GradientVarianceStudy) study, folder, listener);
  }

  @Override
  public DataEvaluation evaluation(Blueprint blueprint, EvaluationSettings settings)
      throws IOException {
    return new DataEvaluation(evaluator, composer, blueprints, blueprint, settings);
  }

  @Override
  public RealImages realImages(Sampler sampler, Optional<String> features, Map<String, ?> options)
      throws IOException {
    return RunImages.open(evaluator, composer, blueprints, sampler, features, options);
  }

  @Override
  public RunListener follow(Evaluation evaluation, int every, StudyListener listener) {
    return new Follower(runs, evaluation, every, listener);
  }
}
