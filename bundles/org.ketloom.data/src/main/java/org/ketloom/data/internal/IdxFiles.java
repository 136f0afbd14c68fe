package org.ketloom.data.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.ketloom.api.data.Dataset;
import org.ketloom.api.data.DatasetProvider;
import org.ketloom.api.part.Option;
import org.ketloom.api.part.Part;
import org.osgi.service.component.annotations.Component;

/**
 * Images and labels in IDX files, compressed with gzip or not. Without test files of their own, a
 * random tenth of the images (option testFraction, picked by the option seed) is held back as TEST;
 * the classes are 0 to the largest label of the training labels, unless the option names lists
 * them. Pixels are kept in 8 bits.
 *
 * @param images file of {@code [N][H][W]} or {@code [N][H][W][C]} values
 * @param labels file of {@code [N]} whole numbers from 0; empty for one class
 * @param testImages like images, for TEST; may be empty
 * @param testLabels like labels, for TEST; may be empty
 * @param names names of the classes; empty for their numbers
 * @param classes labels to keep, in the order of the new labels; empty for all
 * @param size rows and columns to resize to, from the central square; 0 for as they are
 * @param count the most images to use, the first ones; 0 for all
 * @param max the pixel value that is white; 0 for 255 of bytes, 1 of float and double, and the
 *     largest value of the other types
 * @param testFraction part of the images that is held back where there are no test files
 * @param seed what picks the images that are held back
 */
@Component(
    service = DatasetProvider.class,
    property = {Part.NAME + "=idx", Part.DESCRIPTION + "=images and labels in IDX files"})
public record IdxFiles(
    @Option("file of the images, gzip or not") String images,
    @Option("file of the labels; empty for one class") String labels,
    @Option("file of the test images; empty to hold some back") String testImages,
    @Option("file of the test labels") String testLabels,
    @Option("names of the classes; empty for their numbers") List<String> names,
    @Option(value = "labels to keep, in the order of the new labels; empty for all", range = "[0,)")
        List<Integer> classes,
    @Option(value = "rows and columns to resize to; 0 for as they are", range = "[0,1024]")
        int size,
    @Option(value = "the most images to use, the first ones; 0 for all", range = "[0,)") int count,
    @Option(
            value = "pixel value that is white; 0 for that of the type, as 255 of bytes",
            range = "[0,)")
        double max,
    @Option(value = "part held back for tests where there are no test files", range = "[0,1)")
        double testFraction,
    @Option("seed that picks what is held back") long seed)
    implements DatasetProvider {

  /** So many classes that no label of a real data set is refused, and a wrong file is. */
  private static final int MAX_CLASSES = 10_000;

  /** No files yet; all of their images as they are, a tenth held back. */
  public IdxFiles() {
    this("", "", "", "", List.of(), List.of(), 0, 0, 0, 0.1, 0);
  }

  /** Checks the ranges. */
  public IdxFiles {
    names = List.copyOf(names);
    classes = new Selection(classes, size, count).classes();
    Selection.checkFraction(testFraction);
    if (!(max >= 0 && max < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException("max is 0 (that of the type) or more, found " + max);
    }
    if (testImages.isBlank() != testLabels.isBlank() && !labels.isBlank()) {
      throw new IllegalArgumentException("testImages and testLabels are given both or none");
    }
    if (labels.isBlank() && !testLabels.isBlank()) {
      throw new IllegalArgumentException("testLabels are given, so labels must be given too");
    }
  }

  @Override
  public Dataset open(Split split) throws IOException {
    return open(split, Reading.CURRENT);
  }

  @Override
  public List<Former> former() {
    return testImages.isBlank() ? List.of(split -> open(split, Reading.FIRST)) : List.of();
  }

  private Dataset open(Split split, Reading reading) throws IOException {
    if (images.isBlank()) {
      throw new IllegalArgumentException(
          "data \"idx\" needs the option images: the path of an IDX file");
    }
    boolean own = !testImages.isBlank();
    List<String> known = classNames();
    LabelledImages all =
        split == Split.TEST && own
            ? load(testImages, testLabels, known)
            : load(images, labels, known);
    Selection selection = new Selection(classes, size, count);
    return own
        ? selection.from(all)
        : selection.from(all, Selection.places(all, split, testFraction, seed, reading));
  }

  private List<String> classNames() throws IOException {
    if (!names.isEmpty()) {
      return names;
    }
    if (labels.isBlank()) {
      return List.of("0");
    }
    int[] given = IdxFile.read(Path.of(labels)).labels(MAX_CLASSES);
    return IntStream.rangeClosed(0, Arrays.stream(given).max().orElse(0))
        .mapToObj(String::valueOf)
        .toList();
  }

  private LabelledImages load(String imageFile, String labelFile, List<String> known)
      throws IOException {
    IdxFile file = IdxFile.read(Path.of(imageFile));
    int[] given =
        labelFile.isBlank()
            ? new int[file.axes()[0]]
            : IdxFile.read(Path.of(labelFile)).labels(known.size());
    return new IdxImages(file, max, given, labelFile, known);
  }
}
