package org.ketloom.data.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.ketloom.api.data.Dataset;
import org.ketloom.api.data.DatasetProvider.Split;
import org.ketloom.api.error.FileProblemException;
import org.ketloom.api.error.Remedy;
import org.ketloom.data.DataDownloads;

/** The four files in which MNIST and the sets made after it are published. */
final class StandardFiles {
  private StandardFiles() {}

  /**
   * Opens a set.
   *
   * @param set its name, as in {@code ketloom data get}
   * @param dir folder of the files, or one that holds a folder of the set's name with them; blank
   *     for the cache
   * @throws IOException naming the file that is missing, and where to get it
   */
  static Dataset open(
      String set, List<String> classes, String dir, Selection selection, Split split)
      throws IOException {
    Path folder = dir.isBlank() ? DataDownloads.inCache().folder(set) : Path.of(dir);
    if (Files.isDirectory(folder.resolve(set))) {
      folder = folder.resolve(set);
    }
    String part = split == Split.TRAIN ? "train" : "t10k";
    Path imageFile = find(set, folder, part + "-images", "idx3-ubyte");
    Path labelFile = find(set, folder, part + "-labels", "idx1-ubyte");
    return selection.from(
        new IdxImages(
            IdxFile.read(imageFile),
            0,
            IdxFile.read(labelFile).labels(classes.size()),
            labelFile,
            classes));
  }

  private static Path find(String set, Path folder, String name, String format) throws IOException {
    return Stream.of("-" + format + ".gz", "-" + format, "." + format + ".gz", "." + format)
        .map(end -> folder.resolve(name + end))
        .filter(Files::exists)
        .findFirst()
        .orElseThrow(
            () ->
                new FileProblemException(
                    "data \"" + set + "\": " + name + "-" + format + ".gz is not in " + folder,
                    new Remedy.Download(set),
                    new Remedy.NameDataFolder()));
  }
}
