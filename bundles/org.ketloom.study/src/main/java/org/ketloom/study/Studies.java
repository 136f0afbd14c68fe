package org.ketloom.study;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.ketloom.api.model.Blueprint;
import org.ketloom.runtime.run.RunListener;
import org.ketloom.runtime.run.Sampler;
import org.osgi.annotation.versioning.ProviderType;

/** Service: reads and runs studies, and evaluates trained models. */
@ProviderType
public interface Studies {

  /**
   * Reads a study in JSON, whose {@code kind} is {@code grid} (the default), {@code
   * gradient-variance} or {@code shot-noise}.
   *
   * @throws IOException naming the file that can't be read
   * @throws IllegalArgumentException naming the line, or the path of the value, that is wrong
   */
  Study read(Path file) throws IOException;

  /**
   * Reads a study as {@link #read} does.
   *
   * @param source where the text comes from, with which messages begin
   * @throws IllegalArgumentException naming the line, or the path of the value, that is wrong
   */
  Study parse(String json, String source);

  /**
   * Checks all that can be checked before a study runs. Nothing is written.
   *
   * @param folder where its results are, or will be
   * @param listener is told how far the check, and then the study, has come
   * @throws IllegalArgumentException naming what is impossible, or was begun otherwise
   * @throws IOException if data or a run can't be read
   */
  StudyRun open(Study study, Path folder, StudyListener listener) throws IOException;

  /**
   * Prepares evaluations on the data of a Blueprint.
   *
   * @throws IllegalArgumentException if the metrics need more images
   * @throws IOException if the data can't be read
   */
  Evaluation evaluation(Blueprint blueprint, EvaluationSettings settings) throws IOException;

  /**
   * Opens the data of a run, to be looked at beside what its model draws.
   *
   * @param features name of the {@link org.ketloom.metrics.FeatureNetworkProvider} by whose
   *     features images are compared; empty for the pixels
   * @param options changes of its options
   * @throws IllegalArgumentException if they aren't what the run has learned from any more, or
   *     can't be had in the size that it draws; if there are no such features
   * @throws IOException if the data can't be read
   */
  RealImages realImages(Sampler sampler, Optional<String> features, Map<String, ?> options)
      throws IOException;

  /**
   * Evaluates a run now and then while it continues: in its folder {@code evaluation.csv} has a
   * line for each, {@code evaluation-distance.svg} and {@code evaluation-shares.svg} show them.
   * What goes wrong is noted, and does no harm to the run.
   *
   * @param every epochs between two evaluations; a multiple of those between checkpoints
   * @param listener is told how far an evaluation has come, and what came out
   * @return to be given to the run
   */
  RunListener follow(Evaluation evaluation, int every, StudyListener listener);
}
