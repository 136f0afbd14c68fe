package org.ketloom.data.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.ketloom.api.data.Dataset;
import org.ketloom.api.data.DatasetProvider;
import org.ketloom.api.part.Option;
import org.ketloom.api.part.Part;
import org.osgi.service.component.annotations.Component;

/**
 * PNG and JPEG files in a folder: its sub-folders, in the order of their names, are the classes;
 * without sub-folders all images are of one class, named like the folder. Without a test folder a
 * random tenth of the images (option testFraction, picked by the option seed) is held back as TEST.
 * Other files and what starts with a dot are passed over.
 *
 * <p>Images are turned as their EXIF orientation says, and what is transparent is put on black.
 * JPEGs of four channels (CMYK, YCCK) are refused. So is a file that its decoder finds damaged;
 * JPEG has no checksums, so damage that decodes to a whole image can't be found.
 *
 * @param dir the folder
 * @param testDir a folder of the same classes, for TEST; may be empty
 * @param colour whether images are made grey or RGB
 * @param classes labels to keep, in the order of the new labels; empty for all
 * @param size rows and columns to resize to, from the central square; 0 for as they are
 * @param count the most images to use, the first ones of each class in turn; 0 for all
 * @param testFraction part of the images that is held back where there is no test folder
 * @param seed what picks the images that are held back
 */
@Component(
    service = DatasetProvider.class,
    property = {
      Part.NAME + "=images",
      Part.DESCRIPTION + "=PNG and JPEG files in a folder, sub-folders are the classes"
    })
public record ImageFolder(
    @Option("folder of the images; its sub-folders are the classes") String dir,
    @Option("folder of the test images; empty to hold some back") String testDir,
    @Option("what images are made, whatever they are in the files") Colour colour,
    @Option(value = "labels to keep, in the order of the new labels; empty for all", range = "[0,)")
        List<Integer> classes,
    @Option(
            value = "rows and columns to resize to; 0 for as they are, all alike",
            range = "[0,1024]")
        int size,
    @Option(
            value = "the most images to use, the first ones of each class in turn; 0 for all",
            range = "[0,)")
        int count,
    @Option(value = "part held back for tests where there is no test folder", range = "[0,1)")
        double testFraction,
    @Option("seed that picks what is held back") long seed)
    implements DatasetProvider {

  /** Channels of the images. */
  public enum Colour {
    /** One channel. */
    GREY,
    /** Three channels. */
    RGB
  }

  /** No folder yet; all of its images in colour as they are, a tenth held back. */
  public ImageFolder() {
    this("", "", Colour.RGB, List.of(), 0, 0, 0.1, 0);
  }

  /** Checks the ranges. */
  public ImageFolder {
    classes = new Selection(classes, size, count).classes();
    Selection.checkFraction(testFraction);
  }

  @Override
  public Dataset open(Split split) throws IOException {
    return open(split, Reading.CURRENT);
  }

  @Override
  public List<Former> former() {
    return List.of(split -> open(split, Reading.FIRST));
  }

  private Dataset open(Split split, Reading reading) throws IOException {
    if (dir.isBlank()) {
      throw new IllegalArgumentException(
          "data \"images\" needs the option dir: a folder of PNG or JPEG files");
    }
    Selection selection = new Selection(classes, size, count);
    Images all = list(Path.of(dir), reading);
    if (testDir.isBlank()) {
      int[] places = Selection.places(all, split, testFraction, seed, reading);
      return selection.from(all, inTurn(all, places));
    }
    Images asked = split == Split.TRAIN ? all : list(Path.of(testDir), reading).with(all.classes);
    return selection.from(asked, inTurn(asked, IntStream.range(0, asked.labels.length).toArray()));
  }

  /** Where not all images are used: the first of each class, the second of each, and so on. */
  private int[] inTurn(Images images, int[] places) {
    if (count == 0) {
      return places;
    }
    int[] seen = new int[images.classes.size()];
    Map<Integer, Integer> turns = new HashMap<>();
    for (int place : places) {
      turns.put(place, seen[images.labels[place]]++);
    }
    return Arrays.stream(places)
        .boxed()
        .sorted(Comparator.comparing(turns::get))
        .mapToInt(Integer::intValue)
        .toArray();
  }

  private Images list(Path folder, Reading reading) throws IOException {
    if (!Files.isDirectory(folder)) {
      throw new IOException(
          folder + (Files.exists(folder) ? " is not a folder" : " does not exist"));
    }
    List<Path> loose = entries(folder, ImageFolder::isImage);
    List<Path> inside = entries(folder, Files::isDirectory);
    if (!loose.isEmpty() && !inside.isEmpty()) {
      throw new IOException(
          folder
              + " holds both images ("
              + loose.get(0).getFileName()
              + ") and sub-folders ("
              + inside.get(0).getFileName()
              + "); put every image into the sub-folder of its class");
    }
    List<Path> files = new ArrayList<>(loose);
    List<Integer> labels = new ArrayList<>(loose.stream().map(f -> 0).toList());
    for (int label = 0; label < inside.size(); label++) {
      List<Path> members = entries(inside.get(label), ImageFolder::isImage);
      if (members.isEmpty()) {
        throw new IOException(
            inside.get(label)
                + " holds no PNG or JPEG file, but is a class; put images into it or remove it");
      }
      files.addAll(members);
      for (int i = 0; i < members.size(); i++) {
        labels.add(label);
      }
    }
    if (files.isEmpty()) {
      throw new IOException(
          folder + " holds no PNG or JPEG file and no sub-folders with such files");
    }
    return new Images(
        folder,
        files,
        labels.stream().mapToInt(Integer::intValue).toArray(),
        (inside.isEmpty() ? List.of(folder.toAbsolutePath().normalize()) : inside)
            .stream().map(ImageFolder::name).toList(),
        colour,
        reading);
  }

  private static List<Path> entries(Path folder, Predicate<Path> wanted) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(p -> !name(p).startsWith("."))
          .filter(wanted)
          .sorted((a, b) -> name(a).compareTo(name(b)))
          .toList();
    }
  }

  private static String name(Path path) {
    return String.valueOf(path.getFileName());
  }

  private static boolean isImage(Path path) {
    String name = name(path).toLowerCase(Locale.ROOT);
    // What is no regular file but bears such a name is refused when it is read, not passed over.
    return !Files.isDirectory(path)
        && (name.endsWith(".png") || name.endsWith(".jpg") || name.endsWith(".jpeg"));
  }

  /** The files of a folder; equal only to itself. */
  private static final class Images implements LabelledImages {
    private final Path folder;
    private final List<Path> files;
    private final int[] labels;
    private final List<String> classes;
    private final Colour colour;
    private final Reading reading;

    Images(
        Path folder,
        List<Path> files,
        int[] labels,
        List<String> classes,
        Colour colour,
        Reading reading) {
      this.folder = folder;
      this.files = files;
      this.labels = labels;
      this.classes = classes;
      this.colour = colour;
      this.reading = reading;
    }

    /** The same files with the labels that another folder gives to their classes. */
    Images with(List<String> names) throws IOException {
      if (names.size() == 1 && classes.size() == 1) {
        return new Images(folder, files, labels, names, colour, reading);
      }
      for (String name : classes) {
        if (!names.contains(name)) {
          throw new IOException(
              folder
                  + " has the class \""
                  + name
                  + "\", which is not among those to learn from: "
                  + String.join(", ", names));
        }
      }
      int[] others = new int[labels.length];
      for (int i = 0; i < others.length; i++) {
        others[i] = names.indexOf(classes.get(labels[i]));
      }
      return new Images(folder, files, others, names, colour, reading);
    }

    @Override
    public String source() {
      return folder.toString();
    }

    @Override
    public List<String> classes() {
      return classes;
    }

    @Override
    public int[] labels() {
      return labels;
    }

    @Override
    public String name(int place) {
      return files.get(place).toString();
    }

    @Override
    public Picture read(int place) throws IOException {
      return ImageFile.read(files.get(place), colour == Colour.RGB, reading);
    }
  }
}
