package org.ketloom.files;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Sha256Test {
  /** Of FIPS 180-4's examples. */
  private static final String ABC =
      "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

  @Test
  void textsAndFilesHaveTheHashOfTheStandard(@TempDir Path folder) throws IOException {
    assertEquals(ABC, Sha256.of("abc"));
    assertEquals(ABC, Sha256.of(Files.writeString(folder.resolve("abc"), "abc")));
  }
}
