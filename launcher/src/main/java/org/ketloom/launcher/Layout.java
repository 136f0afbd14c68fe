package org.ketloom.launcher;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Where things are.
 *
 * @param bundles folder of the bundles' jars, {@code artifact-version.jar}
 * @param features folder of the features
 * @param plugins folder of jars that the deployer takes beside the features' bundles; may not exist
 * @param conf folder of settings; may not exist
 * @param start names of the features to install; empty for all
 */
record Layout(Path bundles, Path features, Path plugins, Path conf, List<String> start) {

  /**
   * Reads system properties {@code ketloom.home} and, for folders that are elsewhere than in it,
   * {@code ketloom.bundles}, {@code ketloom.features}, {@code ketloom.plugins} and {@code
   * ketloom.conf}; and environment variables {@code KETLOOM_PLUGINS} and {@code KETLOOM_FEATURES}
   * (names, separated by commas).
   */
  static Layout ofEnvironment() {
    Path home = Path.of(System.getProperty("ketloom.home", ".")).toAbsolutePath().normalize();
    String plugins = System.getenv("KETLOOM_PLUGINS");
    return new Layout(
        folder(home, "bundles"),
        folder(home, "features"),
        plugins == null || plugins.isBlank() ? folder(home, "plugins") : Path.of(plugins),
        folder(home, "conf"),
        names(System.getenv("KETLOOM_FEATURES")));
  }

  private static Path folder(Path home, String name) {
    String set = System.getProperty("ketloom." + name);
    return set == null ? home.resolve(name) : Path.of(set);
  }

  private static List<String> names(String list) {
    return list == null || list.isBlank() ? List.of() : List.of(list.trim().split("\\s*,\\s*"));
  }

  /** This machine in the words of the native libraries, such as {@code linux-x86_64}. */
  static String platform() {
    String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    String arch = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
    String family =
        os.startsWith("mac")
            ? "macosx"
            : os.startsWith("windows") ? "windows" : os.replaceAll("\\s", "");
    return family
        + "-"
        + switch (arch) {
          case "amd64", "x86-64", "x64" -> "x86_64";
          case "aarch64" -> "arm64";
          default -> arch;
        };
  }
}
