package org.ketloom.launcher;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;

/** Bundles and features for tests. */
final class Jars {
  private Jars() {}

  /** A bundle jar with these headers and classes. */
  static Path bundle(
      Path jar, String name, String version, Map<String, String> headers, Class<?>... classes)
      throws IOException {
    Manifest manifest = new Manifest();
    Attributes attributes = manifest.getMainAttributes();
    attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    attributes.putValue("Bundle-ManifestVersion", "2");
    attributes.putValue("Bundle-SymbolicName", name);
    attributes.putValue("Bundle-Version", version);
    headers.forEach(attributes::putValue);
    Files.createDirectories(jar.getParent());
    try (var out = new JarOutputStream(Files.newOutputStream(jar), manifest)) {
      for (Class<?> type : classes) {
        String entry = type.getName().replace('.', '/') + ".class";
        out.putNextEntry(new JarEntry(entry));
        try (InputStream in = type.getClassLoader().getResourceAsStream(entry)) {
          in.transferTo(out);
        }
      }
    }
    return jar;
  }

  /** A feature of bundles {@code test:name:1.0.0}; a name may be followed by more keys. */
  static void feature(Path folder, String name, String... bundles) throws IOException {
    StringBuilder json =
        new StringBuilder("{\"feature-resource-version\": \"1.0\", \"bundles\": [");
    String separator = "";
    for (String bundle : bundles) {
      String[] parts = bundle.split(",", 2);
      json.append(separator).append("{\"id\": \"test:").append(parts[0]).append(":1.0.0\"");
      json.append(parts.length > 1 ? "," + parts[1] : "").append('}');
      separator = ", ";
    }
    Files.createDirectories(folder);
    Files.writeString(folder.resolve(name + ".json"), json.append("]}"));
  }
}
