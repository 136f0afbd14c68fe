package org.ketloom.api.model;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Keeps what takes long to train and is the same for several runs, by a fingerprint of all that it
 * depends on. What is kept may be gone at any time: a run's checkpoints hold all that the run
 * needs.
 */
@ProviderType
public interface TensorCache {

  /** A cache that keeps nothing. */
  TensorCache NONE =
      new TensorCache() {
        @Override
        public Optional<Map<String, Tensor>> get(String kind, String fingerprint) {
          return Optional.empty();
        }

        @Override
        public void put(String kind, String fingerprint, Map<String, Tensor> tensors) {
          // Nothing is kept.
        }

        @Override
        public List<String> fingerprints(String kind) {
          return List.of();
        }
      };

  /**
   * What was kept; empty if nothing was, or if it can't be read any more.
   *
   * @param kind what it is, a word of lower-case letters, for instance {@code autoencoder}
   * @param fingerprint lower-case hexadecimal digits
   */
  Optional<Map<String, Tensor>> get(String kind, String fingerprint);

  /**
   * Keeps tensors under a fingerprint. Failing to is no error: it is logged.
   *
   * @param kind as in {@link #get}
   * @param fingerprint as in {@link #get}
   */
  void put(String kind, String fingerprint, Map<String, Tensor> tensors);

  /**
   * What is kept of a kind.
   *
   * @param kind as in {@link #get}
   * @return fingerprints, in order of the alphabet
   */
  List<String> fingerprints(String kind);
}
