package org.ketloom.itests.swap;

import static org.ops4j.pax.exam.CoreOptions.composite;
import static org.ops4j.pax.exam.CoreOptions.systemProperty;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.ketloom.itests.container.Container;
import org.ketloom.itests.container.Plugin;
import org.ketloom.itests.plugin.Activator;
import org.ops4j.pax.exam.Option;
import org.osgi.framework.Constants;

/** The plugins of these tests: {@code name-version.jar} in one folder. Outside of the container. */
final class Jars {
  static final String FOLDER = "ketloom.itests.jars";
  private static final String CLASSES = "org.ketloom.itests.plugin.";

  private Jars() {}

  /** A container without models but the test's own. */
  static Option container(String... more) {
    String[] features = new String[4 + more.length];
    System.arraycopy(
        new String[] {"core", "encodings", "ansaetze", "observables"}, 0, features, 0, 4);
    System.arraycopy(more, 0, features, 4, more.length);
    return composite(
        Container.base(),
        Container.features(features),
        systemProperty(FOLDER).value(make().toString()));
  }

  static Path make() {
    try {
      Path folder = Files.createTempDirectory("jars");
      jar(folder, "tiny", "1.0.0", "model");
      jar(folder, "wave", "1.0.0", "rx");
      jar(folder, "wave", "1.0.1", "late");
      jar(folder, "wave", "1.1.0", "ry");
      jar(folder, "wave", "1.2.0", "long");
      jar(folder, "wave", "1.3.0", "poison-0");
      jar(folder, "wave", "1.4.0", "poison-1");
      jar(folder, "dim", "1.0.0", "noise-0.01");
      jar(folder, "dim", "1.1.0", "noise-0.3");
      jar(folder, "hostile", "1.0.0", "hostile");
      for (String name : new String[] {"chaos-a", "chaos-b", "chaos-c", "chaos-d"}) {
        jar(folder, name, "1.0.0", "rx");
        jar(folder, name, "1.1.0", "ry");
      }
      return folder;
    } catch (IOException | ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void jar(Path folder, String name, String version, String kind)
      throws IOException, ClassNotFoundException {
    Path jar =
        Plugin.jar(
            "test." + name,
            version,
            Map.of(
                Constants.IMPORT_PACKAGE,
                "*",
                Constants.BUNDLE_ACTIVATOR,
                Activator.class.getName(),
                Activator.NAME,
                name,
                Activator.KIND,
                kind),
            Activator.class,
            Class.forName(CLASSES + "Wave"),
            Class.forName(CLASSES + "Late"),
            Class.forName(CLASSES + "Dim"),
            Class.forName(CLASSES + "Tiny"),
            Class.forName(CLASSES + "Tiny$Sampling"),
            Class.forName(CLASSES + "TinyModel"),
            Class.forName(CLASSES + "Drawing"));
    Files.move(jar, folder.resolve(name + "-" + version + ".jar"));
  }

  /** Where the container finds a plugin. */
  static Path jar(String nameAndVersion) {
    Path jar = Path.of(System.getProperty(FOLDER), nameAndVersion + ".jar");
    if (!Files.exists(jar)) {
      throw new UncheckedIOException(new IOException("there is no " + jar));
    }
    return jar;
  }
}
