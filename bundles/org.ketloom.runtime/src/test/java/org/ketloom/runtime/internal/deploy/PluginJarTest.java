package org.ketloom.runtime.internal.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.osgi.framework.Constants;

/** What a manifest may say. */
class PluginJarTest {
  @TempDir private Path folder;

  private PluginJar read(String bundle, String dynamic) throws IOException, Refusal {
    Manifest manifest = new Manifest();
    Attributes headers = manifest.getMainAttributes();
    headers.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    headers.putValue(Constants.BUNDLE_MANIFESTVERSION, "2");
    headers.putValue(Constants.BUNDLE_SYMBOLICNAME, bundle);
    headers.putValue(Constants.BUNDLE_VERSION, "1.0.0");
    headers.putValue(Constants.DYNAMICIMPORT_PACKAGE, dynamic);
    Path jar = folder.resolve("it.jar");
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar), manifest)) {
      out.finish();
    }
    return PluginJar.read(jar, "it.jar");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "*",
        "org.*",
        "org.ketloom.*",
        "org.ketloom.api.*",
        "org.ketloom.api.part",
        "org.example,org.ketloom.api.part;version=\"[2,3)\"",
        "org.example;org.ketloom.api.part;version=\"[2,3)\"",
      })
  void packagesOfKetloomAreNotImportedDynamically(String header) {
    String why = assertThrows(Refusal.class, () -> read("test", header)).getMessage();
    assertTrue(why.contains("DynamicImport-Package "), why);
    assertTrue(why.contains("org.ketloom.*"), why);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"org.example.*", "org.ketloomish.*", "org.ketloomish", "com.*", "org.k.*", "org"})
  void otherPackagesAre(String header) throws IOException, Refusal {
    assertEquals("test 1.0.0", read("test", header).name());
  }

  @Test
  void bundlesOfKetloomMayImportTheirOwnDynamically() throws IOException, Refusal {
    assertEquals("org.ketloom.test 1.0.0", read("org.ketloom.test", "*").name());
  }
}
