package org.ketloom.runtime.internal.swap;

import java.io.IOException;
import org.ketloom.api.model.GenerativeModel;
import org.ketloom.runtime.blueprint.Composition;
import org.ketloom.runtime.internal.folder.Checkpoints;
import org.ketloom.runtime.internal.folder.RunFiles;
import org.ketloom.runtime.internal.folder.RunManifest;
import org.ketloom.runtime.run.Run;
import org.ketloom.runtime.run.Swap;

/** A run in training as a swap of its parts sees it, on the run's thread. */
public interface SwappedRun {

  RunFiles files();

  /** What it trains at the moment. */
  Composition composition();

  RunManifest manifest();

  Run.State state();

  /** Steps that were made. */
  long step();

  /** Steps of the whole training. */
  long steps();

  int stepsPerEpoch();

  /** The checkpoint of the step at which it stands; written if it isn't there. */
  Checkpoints.Checkpoint save() throws IOException;

  /** Trains something else from now on; what it trained is the caller's to close. */
  void take(Composition next, long steps);

  /**
   * Begins again with something else. What was done until then is kept in a folder of its own, and
   * what it trained is closed.
   */
  void beginAgain(Composition next, Swap swap) throws IOException;

  /** Has another manifest from now on, and writes it. */
  void write(RunManifest next) throws IOException;

  /** Has another manifest and checkpoint from now on, which are written. */
  void written(RunManifest next) throws IOException;

  /** Closes a model, and gives the system its memory back. */
  void release(GenerativeModel<?> model);

  /** Tells the run's listener. */
  void tell(Swap swap);
}
