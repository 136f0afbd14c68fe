package org.ketloom.api.data;

import java.util.Iterator;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/** A fixed sequence of labelled images of one shape, safe for use by several threads. */
@ProviderType
public interface Dataset {

  /** Number of images. */
  int size();

  /** Shape of every image. */
  ImageShape shape();

  /** Names of the classes; a label is an index into them. */
  List<String> classes();

  /**
   * SHA-256 of shape, pixels and labels in hexadecimal: two data sets with one fingerprint train
   * alike.
   */
  String fingerprint();

  /**
   * The images at some places.
   *
   * @param indices places from 0 to size - 1
   * @throws IndexOutOfBoundsException if a place is outside of the data set
   */
  ImageBatch get(int... indices);

  /**
   * The batches of one epoch, shuffled by a seed, each prepared ahead of the moment in which it is
   * asked for. Images that don't fill a last batch are left out, unless there is only that one.
   *
   * @param batchSize images per batch, at least 1
   * @param seed seed of the run; the order depends on it and on the epoch alone
   * @param epoch number of the epoch, from 0
   * @param firstBatch number of batches to skip, from 0: a resumed run continues in mid-epoch
   */
  Batches batches(int batchSize, long seed, int epoch, int firstBatch);

  /**
   * Number of batches in an epoch of {@link #batches}.
   *
   * @param batchSize images per batch, at least 1
   */
  default int batchesPerEpoch(int batchSize) {
    return Math.max(1, size() / batchSize);
  }

  /** The batches of an epoch; closing it early releases what was prepared. */
  @ProviderType
  interface Batches extends Iterator<ImageBatch>, AutoCloseable {
    @Override
    void close();
  }
}
