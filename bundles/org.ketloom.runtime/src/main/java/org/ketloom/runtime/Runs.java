package org.ketloom.runtime;

import java.io.IOException;
import java.nio.file.Path;
import java.util.OptionalInt;
import org.ketloom.api.model.Blueprint;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Service: runs in their folders. A run's folder holds
 *
 * <pre>
 * blueprint.json     the complete Blueprint
 * manifest.json      state and provenance: generations, seed, data, parameters, Java
 * checkpoints/       step-000000120.safetensors (the arrays) and .json (what they belong to)
 * loss.csv loss.svg  the quantities of every step
 * samples/           epoch-0005.png: a grid, one row per class
 * </pre>
 */
@ProviderType
public interface Runs {

  /**
   * Composes a new run; {@link Run#train} trains it.
   *
   * @param blueprint complete or not
   * @param folder a folder that doesn't exist or is empty; nothing is left in it if this fails
   * @throws IOException if the folder isn't empty or can't be written, or the data can't be read
   * @throws IllegalStateException if a part is missing, or another process has the folder
   * @throws IllegalArgumentException if options, parts or shapes don't fit
   */
  Run start(Blueprint blueprint, Path folder, RunListener listener) throws IOException;

  /**
   * Composes a run again and puts its last checkpoint back; it goes on bit for bit as if it had not
   * been interrupted, provided that its parts are the same.
   *
   * @throws IOException if there is no run, or a file is damaged; the folder is as before
   * @throws IllegalStateException if a part is missing, the run is finished, or another process has
   *     the folder
   * @throws IllegalArgumentException if the checkpoint belongs to another Blueprint, saying in what
   *     they differ, or the data isn't what the run began with
   */
  Run resume(Path folder, RunListener listener) throws IOException;

  /**
   * Opens a checkpoint of a run for drawing images; the run itself may go on meanwhile. The data
   * set needn't be there.
   *
   * @param epoch number of epochs that the checkpoint has seen; empty for the last checkpoint
   * @throws IOException if there is no such checkpoint, or a file is damaged
   * @throws IllegalStateException if a part is missing
   */
  Sampler open(Path folder, OptionalInt epoch) throws IOException;
}
