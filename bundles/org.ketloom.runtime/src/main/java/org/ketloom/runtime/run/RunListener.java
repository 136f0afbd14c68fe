package org.ketloom.runtime.run;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.ketloom.api.model.StepResult;
import org.ketloom.runtime.parts.PartIdentity;
import org.osgi.annotation.versioning.ConsumerType;

/** Is told what happens in a run, on the run's thread. */
@ConsumerType
public interface RunListener {

  /** A listener that does nothing. */
  RunListener NONE = new RunListener() {};

  /**
   * Where a run begins or continues.
   *
   * @param folder the run's folder
   * @param firstStep first step that will be made, from 0; greater than 0 if it was resumed
   * @param steps steps of the whole training
   * @param stepsPerEpoch steps of an epoch
   * @param epochs epochs of the whole training
   * @param images images in the data set
   * @param parameters trainable parameters by group
   * @param circuits one line per circuit: name, wires, gates, depth
   * @param identities the bundles of the parts by path
   * @param notes what is worth knowing, one line each: a part that isn't the one that the run began
   *     with, a resumed run without a checkpoint
   */
  record Started(
      Path folder,
      long firstStep,
      long steps,
      int stepsPerEpoch,
      int epochs,
      int images,
      Map<String, Long> parameters,
      List<String> circuits,
      Map<String, PartIdentity> identities,
      List<String> notes) {}

  /**
   * A step that was made.
   *
   * @param epoch number of the epoch, from 1
   * @param epochs epochs of the whole training
   * @param stepInEpoch number of the step in its epoch, from 1
   * @param stepsPerEpoch steps of an epoch
   * @param step number of the step in the whole training, from 1
   * @param result what the model reported
   * @param imagesPerSecond speed since the run was started or resumed; training steps only
   * @param left estimated time until the end
   */
  record Step(
      int epoch,
      int epochs,
      int stepInEpoch,
      int stepsPerEpoch,
      long step,
      StepResult result,
      double imagesPerSecond,
      Duration left) {}

  /**
   * An epoch that was done.
   *
   * @param epoch its number, from 1
   * @param epochs epochs of the whole training
   * @param meanLoss mean of the loss over the epoch's steps
   * @param time time that training has taken since it was started or resumed
   */
  record Epoch(int epoch, int epochs, double meanLoss, Duration time) {}

  /**
   * Something begins that may take a while, and makes no step: data are read, the model is
   * composed, a checkpoint is written. Before {@link #started} it comes from whoever opens the run.
   *
   * @param what in words, for instance {@code composing the model hybrid-unet}
   */
  default void busy(String what) {}

  /** The run begins or continues. */
  default void started(Started event) {}

  /** A step was made. */
  default void step(Step event) {}

  /** An epoch is done. */
  default void epoch(Epoch event) {}

  /**
   * A checkpoint was written.
   *
   * @param file the checkpoint's manifest
   * @param step steps that are in it
   */
  default void checkpoint(Path file, long step) {}

  /**
   * The run's parts were changed, or weren't.
   *
   * @param swap what happened
   */
  default void swapped(Swap swap) {}

  /**
   * A grid of samples is being drawn.
   *
   * @param epoch number of the epoch, from 1
   * @param done pieces of work done
   * @param total all pieces
   */
  default void sampling(int epoch, long done, long total) {}

  /**
   * A grid of samples was written.
   *
   * @param file the picture
   * @param epoch number of the epoch, from 1
   */
  default void grid(Path file, int epoch) {}

  /**
   * The run has stopped before its end.
   *
   * @param checkpoint from where it can be resumed
   */
  default void stopped(Path checkpoint) {}

  /**
   * The run has come to its end.
   *
   * @param checkpoint the last checkpoint
   * @param time time that training has taken since it was started or resumed
   */
  default void finished(Path checkpoint, Duration time) {}

  /**
   * The run has failed; {@link Run#train} throws the cause right afterwards.
   *
   * @param message what happened, and which checkpoint is left
   */
  default void failed(String message) {}
}
