package org.ketloom.data.internal;

import java.io.IOException;
import java.util.List;
import org.ketloom.api.data.Dataset;
import org.ketloom.api.data.DatasetProvider;
import org.ketloom.api.part.Option;
import org.ketloom.api.part.Part;
import org.osgi.service.component.annotations.Component;

/**
 * Fashion-MNIST (Xiao, Rasul, Vollgraf 2017): 60,000 pieces of clothing to learn from, 10,000 for
 * tests.
 *
 * @param dir folder of the four files; empty for the cache that {@code ketloom data get} fills
 * @param classes labels to keep, in the order of the new labels; empty for all
 * @param size rows and columns to resize to; 0 for 28
 * @param count the most images to use, the first ones; 0 for all
 */
@Component(
    service = DatasetProvider.class,
    property = {
      Part.NAME + "=fashion-mnist",
      Part.DESCRIPTION + "=clothing, 28x28 grey, 60,000 and 10,000 for tests"
    })
public record FashionMnist(
    @Option("folder of the four files; empty for the cache of downloads") String dir,
    @Option(value = "labels to keep, in the order of the new labels; empty for all", range = "[0,)")
        List<Integer> classes,
    @Option(value = "rows and columns to resize to; 0 for as they are, 28", range = "[0,1024]")
        int size,
    @Option(value = "the most images to use, the first ones; 0 for all", range = "[0,)") int count)
    implements DatasetProvider {
  private static final List<String> NAMES =
      List.of(
          "T-shirt/top",
          "Trouser",
          "Pullover",
          "Dress",
          "Coat",
          "Sandal",
          "Shirt",
          "Sneaker",
          "Bag",
          "Ankle boot");

  /** All images, as they are, from the cache. */
  public FashionMnist() {
    this("", List.of(), 0, 0);
  }

  /** Checks the ranges. */
  public FashionMnist {
    classes = new Selection(classes, size, count).classes();
  }

  @Override
  public Dataset open(Split split) throws IOException {
    return StandardFiles.open(
        "fashion-mnist", NAMES, dir, new Selection(classes, size, count), split);
  }
}
