package org.ketloom.study.internal;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.ketloom.files.AtomicFile;

/** Files of a study. */
final class StudyFiles {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private StudyFiles() {}

  /** Writes text in UTF-8, whole or not at all. */
  static void write(Path file, String content) throws IOException {
    AtomicFile.write(file, out -> out.write(content.getBytes(StandardCharsets.UTF_8)));
  }

  /** Writes JSON, whole or not at all. */
  static void write(Path file, ObjectNode node) throws IOException {
    write(file, text(node));
  }

  /** JSON with a line per value. */
  static String text(ObjectNode node) {
    try {
      return JSON.writeValueAsString(node) + "\n";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Deletes a folder with all that is in it, if it is there. */
  static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
