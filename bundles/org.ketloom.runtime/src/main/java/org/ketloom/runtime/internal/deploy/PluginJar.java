package org.ketloom.runtime.internal.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.zip.ZipException;
import org.osgi.framework.Constants;
import org.osgi.framework.Version;

/**
 * A jar as its manifest describes it. Nothing of it runs.
 *
 * @param bundle symbolic name
 * @param version version
 * @param activator class of the activator; empty if there is none
 */
record PluginJar(String bundle, Version version, String activator) {

  /**
   * Reads the manifest.
   *
   * @param jar a copy that doesn't change
   * @param name of the file, for messages
   */
  static PluginJar read(Path jar, String name) throws Refusal, IOException {
    Manifest manifest;
    try (JarFile file = new JarFile(jar.toFile(), false)) {
      manifest = file.getManifest();
    } catch (ZipException e) {
      throw refused(
          name
              + " is not a whole jar ("
              + e.getMessage()
              + "; "
              + Files.size(jar)
              + " bytes). If it is still being copied, it is tried again when the copy is complete;"
              + " otherwise build it again");
    }
    if (manifest == null) {
      throw refused(
          name
              + " has no META-INF/MANIFEST.MF, so it is no OSGi bundle. Build it with"
              + " bnd-maven-plugin, as a project of `ketloom plugin new` does");
    }
    Attributes headers = manifest.getMainAttributes();
    String symbolicName = headers.getValue(Constants.BUNDLE_SYMBOLICNAME);
    if (symbolicName == null || !"2".equals(headers.getValue(Constants.BUNDLE_MANIFESTVERSION))) {
      throw refused(
          name
              + " has a manifest, but not that of an OSGi bundle: Bundle-ManifestVersion is "
              + headers.getValue(Constants.BUNDLE_MANIFESTVERSION)
              + " (expected 2) and Bundle-SymbolicName is "
              + symbolicName
              + ". Build it with bnd-maven-plugin, as a project of `ketloom plugin new` does");
    }
    String bundle = symbolicName.replaceFirst(";.*", "").strip();
    String host = headers.getValue(Constants.FRAGMENT_HOST);
    if (host != null) {
      throw refused(
          name
              + " is a fragment of "
              + host.replaceFirst(";.*", "")
              + ": it would change a bundle that runs already. Fragments belong into a feature");
    }
    String version = headers.getValue(Constants.BUNDLE_VERSION);
    try {
      String activator = headers.getValue(Constants.BUNDLE_ACTIVATOR);
      return new PluginJar(
          bundle, Version.parseVersion(version), activator == null ? "" : activator.strip());
    } catch (IllegalArgumentException e) {
      throw refused(
          name
              + ": Bundle-Version "
              + version
              + " is no OSGi version; write for example 1.0.0 or 1.0.0.beta");
    }
  }

  private static Refusal refused(String message) {
    return new Refusal(Refusal.Until.CHANGED, message);
  }
}
