package org.ketloom.files;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CacheFolderTest {
  @Test
  void isWhatTheVariableNamesOrInTheHome() {
    assertEquals(Path.of("c"), CacheFolder.of(Map.of("KETLOOM_CACHE", "c"), "home"));
    assertEquals(
        Path.of("home", ".cache", "ketloom"), CacheFolder.of(Map.of("KETLOOM_CACHE", " "), "home"));
    assertEquals(Path.of("home", ".cache", "ketloom"), CacheFolder.of(Map.of(), "home"));
  }
}
