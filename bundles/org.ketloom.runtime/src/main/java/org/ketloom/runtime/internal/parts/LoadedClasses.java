package org.ketloom.runtime.internal.parts;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Arrays;
import java.util.Objects;
import org.osgi.framework.Bundle;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.wiring.BundleWiring;

/**
 * Loads all classes of a bundle. An object that outlives its bundle works as long as every class
 * that it comes to is loaded already: the first one that isn't can't be found any more once the
 * bundle is updated or uninstalled.
 */
public final class LoadedClasses {
  private static final Logger LOG = System.getLogger("org.ketloom.runtime");

  private LoadedClasses() {}

  /** Loads the classes of the bundles that some objects come from; none for those without one. */
  public static void loadAll(Object... objects) {
    Arrays.stream(objects)
        .map(object -> FrameworkUtil.getBundle(object.getClass()))
        .filter(Objects::nonNull)
        .distinct()
        .forEach(LoadedClasses::load);
  }

  private static void load(Bundle bundle) {
    BundleWiring wiring = bundle.adapt(BundleWiring.class);
    if (wiring == null) {
      return;
    }
    for (String file :
        wiring.listResources(
            "/",
            "*.class",
            BundleWiring.LISTRESOURCES_LOCAL | BundleWiring.LISTRESOURCES_RECURSE)) {
      String name = file.substring(0, file.length() - ".class".length()).replace('/', '.');
      try {
        Class.forName(name, false, wiring.getClassLoader());
      } catch (ClassNotFoundException | LinkageError e) {
        // Made for something that isn't here, and therefore never used: an optional import, a
        // newer Java.
        LOG.log(Level.DEBUG, bundle + ": " + name + " can't be loaded", e);
      }
    }
  }
}
