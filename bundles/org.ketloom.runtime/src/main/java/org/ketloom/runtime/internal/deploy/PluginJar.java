package org.ketloom.runtime.internal.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import org.apache.felix.utils.manifest.Clause;
import org.apache.felix.utils.manifest.Parser;
import org.ketloom.api.error.Remedy;
import org.ketloom.files.Untrusted;
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
  /** Room for the hashes of all entries of a large jar that is signed. */
  private static final long LARGEST_MANIFEST = 8 << 20;

  private static final String RESERVED = "org.ketloom.";

  /**
   * Reads the manifest.
   *
   * @param jar a copy that doesn't change
   * @param name of the file, for messages
   */
  static PluginJar read(Path jar, String name) throws Refusal, IOException {
    Manifest manifest;
    try (JarFile file = new JarFile(jar.toFile(), false)) {
      ZipEntry entry = file.getEntry(JarFile.MANIFEST_NAME);
      if (entry != null && entry.getSize() > LARGEST_MANIFEST) {
        throw refused(
            name
                + " has a META-INF/MANIFEST.MF of "
                + entry.getSize()
                + " bytes; no more than "
                + LARGEST_MANIFEST
                + " are read");
      }
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
              + " bnd-maven-plugin",
          new Remedy.NewPlugin());
    }
    Attributes headers = manifest.getMainAttributes();
    for (Map.Entry<Object, Object> header : headers.entrySet()) {
      String value = header.getValue().toString();
      if (!Untrusted.printable(value).equals(value)) {
        throw refused(
            name
                + ": "
                + header.getKey()
                + " in its manifest has control characters: "
                + Grammar.shown(value)
                + ". Write text without them");
      }
    }
    String symbolicName = headers.getValue(Constants.BUNDLE_SYMBOLICNAME);
    if (symbolicName == null || !"2".equals(headers.getValue(Constants.BUNDLE_MANIFESTVERSION))) {
      throw refused(
          name
              + " has a manifest, but not that of an OSGi bundle: Bundle-ManifestVersion is "
              + headers.getValue(Constants.BUNDLE_MANIFESTVERSION)
              + " (expected 2) and Bundle-SymbolicName is "
              + symbolicName
              + ". Build it with bnd-maven-plugin",
          new Remedy.NewPlugin());
    }
    String bundle = beginning(symbolicName);
    if (!Grammar.isSymbolicName(bundle)) {
      throw refused(
          name
              + ": Bundle-SymbolicName \""
              + Grammar.shown(bundle)
              + "\" is no symbolic name of OSGi; write at most 200 letters, digits, _ and -, in words"
              + " with dots between them, for example example.ladder");
    }
    String host = headers.getValue(Constants.FRAGMENT_HOST);
    if (host != null) {
      throw refused(
          name
              + " is a fragment of "
              + Grammar.shown(beginning(host))
              + ": it would change a bundle that runs already. Fragments belong in a feature");
    }
    requireNoDynamicApi(headers.getValue(Constants.DYNAMICIMPORT_PACKAGE), bundle, name);
    String version = headers.getValue(Constants.BUNDLE_VERSION);
    try {
      String activator = headers.getValue(Constants.BUNDLE_ACTIVATOR);
      return new PluginJar(
          bundle, Grammar.version(version), activator == null ? "" : activator.strip());
    } catch (IllegalArgumentException e) {
      throw refused(
          name
              + ": Bundle-Version "
              + Grammar.shown(version)
              + " is no OSGi version; write for example 1.0.0 or 1.0.0.beta");
    }
  }

  /**
   * The resolver compares the versions of what is in Import-Package before anything runs; what is
   * imported dynamically would fail in the middle of a training.
   */
  private static void requireNoDynamicApi(String header, String bundle, String name)
      throws Refusal {
    if (header == null || isReserved(bundle)) {
      return;
    }
    for (Clause clause : Parser.parseHeader(header)) {
      String pattern = clause.getName().strip();
      String beginning = pattern.substring(0, pattern.length() - (pattern.endsWith("*") ? 1 : 0));
      if (isReserved(beginning) || pattern.endsWith("*") && RESERVED.startsWith(beginning)) {
        throw refused(
            name
                + ": DynamicImport-Package "
                + Grammar.shown(pattern)
                + " in its manifest takes in packages of Ketloom, org.ketloom.*, whose version"
                + " nobody checks beforehand. Import those by Import-Package, as bnd does by itself,"
                + " and name in DynamicImport-Package only packages of others, for example"
                + " org.example.*");
      }
    }
  }

  /** Whether a name, of a bundle or of a package, is one that only Ketloom gives. */
  static boolean isReserved(String name) {
    return name != null && (name.equals("org.ketloom") || name.startsWith(RESERVED));
  }

  /** Symbolic name and version. */
  String name() {
    return bundle + " " + version;
  }

  private static String beginning(String header) {
    int end = header.indexOf(';');
    return (end < 0 ? header : header.substring(0, end)).strip();
  }

  private static Refusal refused(String message, Remedy... remedies) {
    return new Refusal(Refusal.Until.CHANGED, message, remedies);
  }
}
