package org.ketloom.shell.internal.run;

import org.ketloom.api.model.Blueprint;
import org.ketloom.shell.internal.console.Services;
import org.ketloom.shell.internal.measure.StudyProgress;
import org.ketloom.study.Evaluation;
import org.ketloom.study.EvaluationSettings;
import org.ketloom.study.Studies;

/**
 * What evaluates a run while it continues. It stands apart from the options, whose class is loaded
 * with every command, also where studies aren't installed.
 */
final class StudyFollowing {
  private static final int MAX_BINS = 100;

  private StudyFollowing() {}

  /** Evaluates after every so many epochs with so many images. */
  static TrainingSession.Following of(
      Services services, Blueprint blueprint, int every, int samples) {
    Studies studies = services.get(Studies.class);
    int bins = Math.max(2, Math.min(MAX_BINS, samples / 10));
    return (line, interrupted) -> {
      line.begin("reading the images to evaluate with");
      Evaluation evaluation = studies.evaluation(blueprint, EvaluationSettings.of(samples, bins));
      return studies.follow(evaluation, every, new StudyProgress(line, interrupted));
    };
  }
}
