package org.ketloom.runtime.internal;

import java.util.Collection;
import org.osgi.framework.Bundle;

/** Keeps the parts of bundles on trial out of the registry. */
interface PartGate {
  /** Beginning of the locations of bundles whose parts are kept out until they are admitted. */
  String TRIAL = "ketloom:plugin:";

  /**
   * Lets the parts of bundles in, and puts those of others last, in one change of the registry.
   *
   * @param newcomers bundles whose trial is over
   * @param leaving bundles that are going to be retired
   */
  void admit(Collection<Bundle> newcomers, Collection<Bundle> leaving);
}
