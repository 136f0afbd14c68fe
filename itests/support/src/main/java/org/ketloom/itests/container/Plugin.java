package org.ketloom.itests.container;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import org.ops4j.pax.tinybundles.TinyBundle;
import org.ops4j.pax.tinybundles.TinyBundles;
import org.osgi.framework.Constants;

/** Bundles that a test makes out of its own classes, as a plugin's author makes one. */
public final class Plugin {
  private Plugin() {}

  /**
   * Writes a bundle; its components are found by their annotations.
   *
   * @param symbolicName of the bundle
   * @param imports value of Import-Package; {@code *} for what the classes need
   * @param classes the classes in it
   * @return the jar, in a temporary folder
   */
  public static Path jar(String symbolicName, String imports, Class<?>... classes) {
    return jar(symbolicName, "1.0.0", Map.of(Constants.IMPORT_PACKAGE, imports), classes);
  }

  /**
   * Writes a bundle; its components are found by their annotations.
   *
   * @param headers more headers of the manifest, in the way of bnd
   * @return the jar, in a temporary folder
   */
  public static Path jar(
      String symbolicName, String version, Map<String, String> headers, Class<?>... classes) {
    TinyBundle bundle =
        TinyBundles.bundle()
            .setHeader(Constants.BUNDLE_SYMBOLICNAME, symbolicName)
            .setHeader(Constants.BUNDLE_VERSION, version);
    headers.forEach(bundle::setHeader);
    for (Class<?> type : classes) {
      bundle.addClass(type);
    }
    try (InputStream in = bundle.build(TinyBundles.bndBuilder())) {
      Path jar = Files.createTempFile(symbolicName, ".jar");
      jar.toFile().deleteOnExit();
      Files.copy(in, jar, StandardCopyOption.REPLACE_EXISTING);
      return jar;
    } catch (IOException e) {
      throw new UncheckedIOException("bundle " + symbolicName + " can't be made", e);
    }
  }
}
