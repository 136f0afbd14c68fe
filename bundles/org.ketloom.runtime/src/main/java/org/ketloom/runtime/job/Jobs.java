package org.ketloom.runtime.job;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.ketloom.runtime.blueprint.Draft;
import org.ketloom.runtime.run.Resumption;
import org.ketloom.runtime.run.RunSettings;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Service: runs in the background, several at once on a bounded pool of threads.
 *
 * <p>What needs a part: starting and resuming (and, see {@link RunSettings.Policy}, adopting and
 * beginning again). A job whose parts are not all there is WAITING. It becomes READY when they have
 * been there for the debounce time without a break, and WAITING again when one of them has been
 * missing for that time before a thread took the job. A job that is RUNNING has its circuits and
 * continues whatever happens to the bundles that they came from.
 *
 * <p>When the container stops, every job is checkpointed and SUSPENDED.
 */
@ProviderType
public interface Jobs {

  /**
   * Configuration PID of the pool: {@code threads} (how many runs at once; 0, the default, for half
   * the processors), {@code debounceMillis} (1000; also how long parts must have been at rest
   * before a run adopts one of them) and {@code adoptMillis} (50; how long a run pauses at an
   * epoch's end for a newer part that is still being composed and tried out beside it; it then gets
   * its turn at the next epoch).
   */
  String PID = "org.ketloom.jobs";

  /**
   * Factory PID of job definitions, which the command line calls compositions: {@code blueprint}
   * (JSON as text), {@code run}, {@code policy}, {@code autoResume} as in a file, see {@link
   * #open}. The name is what follows {@code ~} in its PID.
   */
  String DEFINITION = "org.ketloom.composition";

  /**
   * Takes a new run.
   *
   * @param name its name, which no other job has
   * @param folder a folder that doesn't exist or is empty
   * @throws IllegalArgumentException if the name is taken
   */
  Job start(String name, Draft draft, Path folder, RunSettings settings);

  /**
   * Takes a run that is in its folder. A pinned one waits until exactly the bundles that its last
   * checkpoint was made with are there, or are kept, unless {@link Resumption#currentParts} allows
   * others.
   *
   * @throws IOException if there is no run
   * @throws IllegalArgumentException if the name is taken
   */
  Job resume(String name, Path folder, Resumption how) throws IOException;

  /** All jobs by name. */
  List<Job> jobs();

  /** Suspends a job, waits until it has its checkpoint, and forgets it. */
  void remove(Job job);

  /**
   * Begins to work: until then all jobs wait, so that a container that is there for one command
   * trains nothing. Runs in a folder that asked for it ({@link RunSettings#autoResume}) and were
   * neither finished nor FAILED become jobs, and so do the definitions in another folder: each file
   * {@code NAME.json} there becomes a configuration of factory PID {@link #DEFINITION}, and follows
   * the file when that is edited or deleted.
   *
   * <pre>{@code
   * {
   *   "blueprint": {"model": "hybrid-unet", "data": "digits"},
   *   "run": "runs/digits",
   *   "policy": "adopt",
   *   "autoResume": true
   * }
   * }</pre>
   *
   * <p>All but the Blueprint may be left out: {@code run} is {@code runs/NAME}, the policy {@code
   * pin}, {@code autoResume} true. The run's folder is {@code run} with a number: where the
   * Blueprint is edited, the run writes a checkpoint and stops, and another one begins in the next
   * folder.
   *
   * @param runs folder of runs' folders; needn't exist
   * @param definitions folder of job definitions; needn't exist
   * @return the jobs that were taken up again from {@code runs}
   */
  List<Job> open(Path runs, Path definitions);

  /** Whether it works. */
  boolean isOpen();

  /** Writes the checkpoints of all jobs and waits for them. */
  void close();
}
