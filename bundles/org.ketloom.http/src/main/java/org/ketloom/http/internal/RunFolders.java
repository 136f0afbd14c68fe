package org.ketloom.http.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The folders of runs under one root. No path is made of what a request says: a folder or file is
 * one of those that are there, chosen by its name.
 */
final class RunFolders {
  private static final String NEW_NAME = "[A-Za-z0-9][A-Za-z0-9._-]{0,63}";

  private final Path root;

  RunFolders(Path root) {
    this.root = root;
  }

  Path root() {
    return root;
  }

  /** All runs by name; links are none. */
  List<Path> all() throws IOException {
    try (Stream<Path> entries = Files.list(root)) {
      return entries
          .filter(f -> Files.isDirectory(f, LinkOption.NOFOLLOW_LINKS))
          .filter(f -> Files.exists(f.resolve("manifest.json")))
          .sorted()
          .toList();
    }
  }

  /**
   * The run of a name.
   *
   * @throws Problem if there is none
   */
  Path find(String name) throws IOException {
    return all().stream()
        .filter(f -> f.getFileName().toString().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new Problem(
                    404,
                    "path.run",
                    "there is no run \"" + name + "\"",
                    Router.ROOT + "/runs lists them"));
  }

  /**
   * The folder of a new run.
   *
   * @throws Problem if a folder can't have the name, or one has it
   */
  Path create(String name) {
    if (!name.matches(NEW_NAME)) {
      throw new Problem(
          422,
          "body.name",
          "a run's name has up to 64 letters, digits, dots, dashes and underscores, and begins with"
              + " a letter or digit; found \""
              + name
              + "\"");
    }
    Path folder = root.resolve(name);
    if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
      throw new Problem(
          409, "body.name", "there is a run \"" + name + "\" already", "choose another name");
    }
    return folder;
  }

  /** The grids of a run by name. */
  List<Path> grids(Path run) throws IOException {
    Path samples = run.resolve("samples");
    if (!Files.isDirectory(samples, LinkOption.NOFOLLOW_LINKS)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(samples)) {
      return files
          .filter(f -> f.getFileName().toString().endsWith(".png"))
          .filter(f -> Files.isRegularFile(f, LinkOption.NOFOLLOW_LINKS))
          .sorted()
          .toList();
    }
  }
}
