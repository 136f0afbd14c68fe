package org.ketloom.runtime.internal.parts;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import org.osgi.framework.Bundle;
import org.osgi.framework.ServiceReference;

/**
 * Keeps the services of plugins out of the registry until each has been on trial.
 *
 * <p>A service is a plugin's when the plugin registers it, or when another bundle does and the
 * object is of a class of the plugin.
 */
public interface PartGate {
  /** Beginning of the locations of bundles whose services are kept out until they are admitted. */
  String TRIAL = "ketloom:plugin:";

  /** Whether a bundle is a plugin. */
  static boolean isPlugin(Bundle bundle) {
    return bundle.getLocation().startsWith(TRIAL);
  }

  /** Told of services of plugins; called on the thread of whoever registers, it should be quick. */
  interface Candidates {

    /**
     * A service is kept out, or stays as it was before its properties changed, until it is admitted
     * or refused.
     *
     * @param origin the plugin
     * @param modified whether its properties changed
     */
    void appeared(ServiceReference<?> service, Bundle origin, boolean modified);
  }

  /** Whom to tell from now on. */
  void tell(Candidates candidates);

  /**
   * Lets services in, and puts the parts of bundles last, in one change of the registry. Services
   * that are in already stay as they are; a bundle that is current and leaving is one of the last.
   *
   * @param services those whose trial is over
   * @param current bundles that aren't last
   * @param leaving bundles that are going to be retired
   * @param limit most time for reading a part, which runs code of its bundle: a part that takes
   *     longer is left out
   */
  void admit(
      Collection<ServiceReference<?>> services,
      Collection<Bundle> current,
      Collection<Bundle> leaving,
      Duration limit);

  /** Lets a service in as it is now, in the place of what it was before. */
  void admit(ServiceReference<?> service, Duration limit);

  /** Leaves a service out, also what it was before, and tells why. */
  void refuse(ServiceReference<?> service, String reason);

  /** Sentences about services of a plugin that were left out or are no first choice. */
  List<String> remarks(Bundle plugin);

  /**
   * Sentences about parts that a plugin would bring and that would be no first choice.
   *
   * @param bundle symbolic name of the plugin
   * @param version its version
   * @param parts what it brings, as {@code ansatz ladder}
   */
  List<String> remarks(String bundle, String version, List<String> parts);

  /** Takes the parts of a bundle out of the registry, though the bundle is still there. */
  void hide(Bundle bundle);

  /** Puts the parts of a bundle that was hidden back to where they were. */
  void show(Bundle bundle);

  /** Nothing is left of a bundle: its id isn't given again. */
  void forget(Bundle bundle);
}
