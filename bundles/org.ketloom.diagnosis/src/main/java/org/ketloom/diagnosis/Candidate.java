package org.ketloom.diagnosis;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import org.apache.felix.utils.resource.ResourceBuilder;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.resource.Capability;

/**
 * A jar that isn't installed, but could be.
 *
 * @param name what messages call it
 * @param capabilities what its manifest offers
 */
public record Candidate(String name, List<Capability> capabilities) {
  /** Copies the list. */
  public Candidate {
    capabilities = List.copyOf(capabilities);
  }

  /**
   * Reads a jar's manifest.
   *
   * @param naming makes the name out of the bundle's symbolic name and version, such as {@code
   *     "library 1.0.0"}
   * @return empty for what is no regular file, can't be read, or is no bundle: it offers nothing
   */
  public static Optional<Candidate> read(Path jar, UnaryOperator<String> naming) {
    if (!Files.isRegularFile(jar)) {
      return Optional.empty();
    }
    try (JarFile file = new JarFile(jar.toFile(), false)) {
      Manifest manifest = file.getManifest();
      if (manifest == null) {
        return Optional.empty();
      }
      Map<String, String> headers = new HashMap<>();
      manifest
          .getMainAttributes()
          .forEach((key, value) -> headers.put(key.toString(), value.toString()));
      String symbolicName = headers.get(Constants.BUNDLE_SYMBOLICNAME);
      if (symbolicName == null) {
        return Optional.empty();
      }
      String bundle =
          symbolicName.replaceFirst(";.*", "").strip()
              + " "
              + headers.getOrDefault(Constants.BUNDLE_VERSION, "0.0.0");
      return Optional.of(
          new Candidate(
              naming.apply(bundle),
              ResourceBuilder.build(jar.toString(), headers).getCapabilities(null)));
    } catch (IOException | BundleException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
