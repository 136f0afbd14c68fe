package org.ketloom.tck;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.ketloom.api.data.Dataset;
import org.ketloom.api.data.DatasetProvider;
import org.ketloom.api.data.DatasetProvider.Split;
import org.ketloom.api.data.ImageBatch;
import org.ketloom.tck.Calls.Violation;
import org.ketloom.tck.Finding.Check;

/** What runs rely on in the data of a provider: both splits, their images, and their batches. */
final class DatasetCheck {
  /** Of a larger data set, these many images of its beginning and its end are looked at. */
  private static final int LOOKED_AT = 256;

  private static final long SEED = 7;

  private final DatasetProvider provider;
  private final Calls calls;

  DatasetCheck(DatasetProvider provider, Calls calls) {
    this.provider = provider;
    this.calls = calls;
  }

  void require() throws Violation {
    Dataset train = open(Split.TRAIN);
    Dataset test = open(Split.TEST);
    requireSame("shapes of TRAIN and TEST", train.shape(), test.shape());
    requireSame("classes of TRAIN and TEST", train.classes(), test.classes());
    if (fingerprint(train, "TRAIN").equals(fingerprint(test, "TEST"))) {
      throw new Violation(
          Check.SHAPE,
          "TRAIN and TEST are the same images: models would be measured on what they learnt");
    }
    if (!train.fingerprint().equals(fingerprint(open(Split.TRAIN), "TRAIN"))) {
      throw new Violation(
          Check.REPEATABLE, "the fingerprint of TRAIN changes when it is opened again");
    }
    requireImages(train, "TRAIN");
    requireImages(test, "TEST");
    requirePlaces(train);
    requireBatches(train);
  }

  private Dataset open(Split split) throws Violation {
    Dataset data =
        calls.call(
            "opening " + split,
            () -> {
              try {
                return provider.open(split);
              } catch (IOException e) {
                throw new IllegalArgumentException(
                    split + " can't be opened, which the check needs: " + e.getMessage(), e);
              }
            });
    if (data == null) {
      throw new Violation(Check.SHAPE, "opening " + split + " gave null, expected a data set");
    }
    if (data.size() < 1 || data.classes().isEmpty()) {
      throw new Violation(
          Check.SHAPE,
          split
              + " has "
              + data.size()
              + " images of "
              + data.classes().size()
              + " classes, expected at least one of each");
    }
    return data;
  }

  private String fingerprint(Dataset data, String name) throws Violation {
    String found = calls.call("the fingerprint of " + name, data::fingerprint);
    if (found == null || !found.matches("[0-9a-f]{64}")) {
      throw new Violation(
          Check.REPEATABLE,
          "the fingerprint of " + name + " is " + found + ", expected 64 hexadecimal digits");
    }
    return found;
  }

  private void requireImages(Dataset data, String name) throws Violation {
    int[] places = places(data.size());
    ImageBatch images = calls.call("the images of " + name, () -> data.get(places));
    requireSame("shape of the images of " + name, data.shape(), images.shape());
    requireSame("number of images got from " + name, places.length, images.size());
    for (int i = 0; i < places.length; i++) {
      int label = images.labels()[i];
      if (label < 0 || label >= data.classes().size()) {
        throw new Violation(
            Check.SHAPE,
            "image %d of %s has label %d, but there are %d classes"
                .formatted(places[i], name, label, data.classes().size()));
      }
    }
    int size = data.shape().size();
    for (int k = 0; k < images.pixels().length; k++) {
      float value = images.pixels()[k];
      if (!(value >= -1 && value <= 1)) {
        throw new Violation(
            Check.FINITE,
            "image %d of %s has value %s at place %d, expected -1 to 1"
                .formatted(places[k / size], name, value, k % size));
      }
    }
    ImageBatch again = calls.call("the images of " + name, () -> data.get(places));
    if (!same(images, again)) {
      throw new Violation(
          Check.REPEATABLE, "the images of " + name + " differ when they are asked for again");
    }
  }

  private static int[] places(int size) {
    int[] all = new int[Math.min(size, LOOKED_AT)];
    Arrays.setAll(all, i -> i < all.length / 2 ? i : size - all.length + i);
    return all;
  }

  private void requirePlaces(Dataset data) throws Violation {
    for (int place : List.of(-1, data.size())) {
      boolean refused =
          calls.call(
              "get(" + place + ")",
              () -> {
                try {
                  data.get(place);
                  return false;
                } catch (IndexOutOfBoundsException e) {
                  return true;
                }
              });
      if (!refused) {
        throw new Violation(
            Check.EXCEPTION,
            "get(%d) of a data set of %d images gave an image, expected an"
                    .formatted(place, data.size())
                + " IndexOutOfBoundsException");
      }
    }
  }

  private void requireBatches(Dataset data) throws Violation {
    int size = Math.max(1, Math.min(data.size() / 3, 16));
    int count = data.batchesPerEpoch(size);
    int looked = Math.min(count, 8);
    List<ImageBatch> first = batches(data, size, 0, 0, looked);
    requireSame("number of batches of " + size, looked, first.size());
    for (ImageBatch batch : first) {
      requireSame("images in a batch", size, batch.size());
      requireSame("shape of the images of a batch", data.shape(), batch.shape());
    }
    requireAlike(
        first,
        batches(data, size, 0, 0, looked),
        "the batches of an epoch, asked for twice, differ");
    if (looked > 1) {
      requireAlike(
          first.subList(1, looked),
          batches(data, size, 0, 1, looked - 1),
          "a resumed epoch isn't the rest of the epoch: batches from number 1 differ");
      if (data.size() >= 8 && alike(first, batches(data, size, 1, 0, looked))) {
        throw new Violation(
            Check.REPEATABLE, "epochs 0 and 1 have the same order, expected another one");
      }
    }
    List<ImageBatch> none = batches(data, size, 0, count, 1);
    requireSame("batches after the last one", 0, none.size());
  }

  private List<ImageBatch> batches(Dataset data, int size, int epoch, int from, int most)
      throws Violation {
    return calls.call(
        "batches of " + size + " images",
        () -> {
          List<ImageBatch> all = new ArrayList<>();
          try (Dataset.Batches batches = data.batches(size, SEED, epoch, from)) {
            while (all.size() < most && batches.hasNext()) {
              all.add(batches.next());
            }
          }
          return all;
        });
  }

  private static void requireAlike(List<ImageBatch> a, List<ImageBatch> b, String otherwise)
      throws Violation {
    if (!alike(a, b)) {
      throw new Violation(Check.REPEATABLE, otherwise);
    }
  }

  private static boolean alike(List<ImageBatch> a, List<ImageBatch> b) {
    if (a.size() != b.size()) {
      return false;
    }
    for (int i = 0; i < a.size(); i++) {
      if (!same(a.get(i), b.get(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean same(ImageBatch a, ImageBatch b) {
    return Arrays.equals(a.labels(), b.labels()) && Arrays.equals(a.pixels(), b.pixels());
  }

  private static void requireSame(String what, Object expected, Object found) throws Violation {
    if (!expected.equals(found)) {
      throw new Violation(Check.SHAPE, what + ": " + expected + " expected, found " + found);
    }
  }
}
