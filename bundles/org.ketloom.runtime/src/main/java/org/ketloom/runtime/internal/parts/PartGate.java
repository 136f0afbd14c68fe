package org.ketloom.runtime.internal.parts;

import java.time.Duration;
import java.util.Collection;
import org.osgi.framework.Bundle;

/** Keeps the parts of bundles on trial out of the registry. */
public interface PartGate {
  /** Beginning of the locations of bundles whose parts are kept out until they are admitted. */
  String TRIAL = "ketloom:plugin:";

  /**
   * Lets the parts of bundles in, and puts those of others last, in one change of the registry. A
   * bundle that is both comes in as one of the last.
   *
   * @param newcomers bundles whose trial is over
   * @param leaving bundles that are going to be retired
   * @param limit most time for reading a part, which runs code of its bundle: a part that takes
   *     longer is left out
   */
  void admit(Collection<Bundle> newcomers, Collection<Bundle> leaving, Duration limit);

  /** Takes the parts of a bundle out of the registry, though the bundle is still there. */
  void hide(Bundle bundle);

  /** Puts the parts of a bundle that was hidden back to where they were. */
  void show(Bundle bundle);
}
