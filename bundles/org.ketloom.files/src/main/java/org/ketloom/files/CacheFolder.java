package org.ketloom.files;

import java.nio.file.Path;
import java.util.Map;

/** Where what can be made or fetched again is kept: downloads, trained features, tensors. */
public final class CacheFolder {
  /** Environment variable that names the folder. */
  public static final String VARIABLE = "KETLOOM_CACHE";

  private CacheFolder() {}

  /** The folder of this process, whether it is there or not. */
  public static Path get() {
    return of(System.getenv(), System.getProperty("user.home"));
  }

  /**
   * The folder that {@link #VARIABLE} names, else {@code .cache/ketloom} in the user's home.
   *
   * @param environment the environment's variables
   * @param home the user's home
   */
  public static Path of(Map<String, String> environment, String home) {
    String chosen = environment.getOrDefault(VARIABLE, "");
    return chosen.isBlank() ? Path.of(home, ".cache", "ketloom") : Path.of(chosen);
  }
}
