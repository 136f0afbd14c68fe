package org.ketloom.runtime.run;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import org.ketloom.api.model.Blueprint;
import org.ketloom.runtime.blueprint.Blueprints;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Service: runs in their folders. A run's folder holds
 *
 * <pre>
 * blueprint.json     the complete Blueprint
 * manifest.json      state and provenance: parts, swaps, seed, data, parameters, Java
 * checkpoints/       step-000000120.safetensors (the arrays) and .json (what they belong to)
 * loss.csv loss.svg  the quantities of every step
 * samples/           epoch-0005.png: a grid, one row per class
 * swaps/0001/        what a swap by hand replaced: Blueprint and checkpoint
 * times.json         when it was trained, and how long
 * notes.json         what people have written about it, see {@link RunRecords}
 * attempts/0001/     what a run had done before it began again with a new part
 * </pre>
 */
@ProviderType
public interface Runs {

  /**
   * Composes a new run; {@link Run#train} trains it. From then on it no longer needs its parts:
   * they may be replaced or uninstalled while it continues.
   *
   * @param blueprint complete or not
   * @param folder a folder that doesn't exist or is empty; nothing is left in it if this fails
   * @param settings how it behaves when newer parts come
   * @throws IOException if the folder isn't empty or can't be written, or the data can't be read
   * @throws IllegalStateException if a part is missing, or another process has the folder
   * @throws IllegalArgumentException if options, parts or shapes don't fit
   */
  Run start(Blueprint blueprint, Path folder, RunSettings settings, RunListener listener)
      throws IOException;

  /** A run that is pinned; else as {@link #start(Blueprint, Path, RunSettings, RunListener)}. */
  default Run start(Blueprint blueprint, Path folder, RunListener listener) throws IOException {
    return start(blueprint, folder, RunSettings.DEFAULT, listener);
  }

  /**
   * Composes a run again and puts its last checkpoint back; it continues bit for bit as if it had
   * not been interrupted, provided that its parts are the same. Of several versions that are there
   * it takes the very bundles that the checkpoint was made with. Where one is gone, a pinned run
   * has it back from what {@link org.ketloom.runtime.parts.PartArchive} keeps; where nothing is
   * kept, it continues with the current one, which it says in a note, if that makes the same
   * circuits, and is refused otherwise unless {@link Resumption#currentParts} allows it.
   *
   * @throws IOException if there is no run, or a file is damaged; the folder is as before
   * @throws IllegalStateException if a part is missing, or makes another circuit than the run was
   *     trained with; if the run is finished, or another process has the folder
   * @throws IllegalArgumentException if the checkpoint belongs to a different Blueprint, saying in
   *     what they differ, or the data isn't what the run began with
   */
  Run resume(Path folder, Resumption how, RunListener listener) throws IOException;

  /** With the settings and parts that it had; else as the other one. */
  default Run resume(Path folder, RunListener listener) throws IOException {
    return resume(folder, Resumption.AS_BEFORE, listener);
  }

  /**
   * Gives a run other parts. Every tensor whose name, type and shape are the same before and
   * afterwards is carried over (the classical weights, and the circuit's where its parameters are
   * equal); the others are initialised again. A transaction as {@link RunSettings.Policy#ADOPT}:
   * what fails leaves the run as it was. What it replaces is kept for {@link #undo}.
   *
   * <p>A run that is live, in this process or in another one on this machine, is asked by a file in
   * its folder and answers after its next step; its process has to have the part.
   *
   * @param assignments changes of the Blueprint's parts, as {@link Blueprints#set} takes them
   * @param moreEpochs epochs to add to the training, from 0; a finished run can then be resumed
   * @param timeout how long to wait for a live run to take the request; once it has taken it, its
   *     answer is waited for
   * @throws IOException if there is no run, a file is damaged, or a live run doesn't answer in time
   * @throws IllegalStateException if a part is missing
   * @throws IllegalArgumentException if the change or what comes out of it doesn't fit
   */
  Swap swap(Path folder, List<String> assignments, int moreEpochs, Duration timeout)
      throws IOException;

  /**
   * Takes the last swap by hand back: the run stands where it stood before it.
   *
   * @throws IllegalStateException if there is none, or the run is live
   * @throws IOException if a file can't be read or written
   */
  Swap undo(Path folder) throws IOException;

  /**
   * What a run's folder says of it.
   *
   * @throws IOException if there is no run, or a file is damaged
   */
  RunInfo info(Path folder) throws IOException;

  /** The runs that are open in this container, in the order in which they were opened. */
  List<Run> live();

  /**
   * Opens a checkpoint of a run for drawing images; the run itself may continue meanwhile. The data
   * set needn't be there. Parts that are gone come back as when the run is resumed.
   *
   * @param epoch number of epochs that the checkpoint has seen; empty for the last checkpoint
   * @throws IOException if there is no such checkpoint, or a file is damaged
   * @throws IllegalStateException if a part is missing, or makes another circuit than the
   *     checkpoint was trained with
   */
  default Sampler open(Path folder, OptionalInt epoch) throws IOException {
    return open(folder, epoch, DrawingConditions.OF_TRAINING);
  }

  /**
   * As {@link #open(Path, OptionalInt)}, but the circuits run with another noise model, or on
   * another engine, than in training. The run itself stays as it is.
   *
   * @throws IllegalArgumentException if a change doesn't fit
   */
  Sampler open(Path folder, OptionalInt epoch, DrawingConditions conditions) throws IOException;
}
