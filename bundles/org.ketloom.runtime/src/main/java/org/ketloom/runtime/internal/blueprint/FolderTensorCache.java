package org.ketloom.runtime.internal.blueprint;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.ketloom.api.model.Tensor;
import org.ketloom.api.model.TensorCache;
import org.ketloom.files.AtomicFile;
import org.ketloom.files.CacheFolder;
import org.ketloom.files.Causes;
import org.ketloom.files.Safetensors;

/** Keeps tensors in safetensors files, {@code <folder>/<kind>/<fingerprint>.safetensors}. */
final class FolderTensorCache implements TensorCache {
  private static final Logger LOG = System.getLogger("org.ketloom.runtime");

  private final Path folder;

  FolderTensorCache(Path folder) {
    this.folder = folder;
  }

  /** In the cache of this process. */
  static FolderTensorCache ofEnvironment() {
    return new FolderTensorCache(CacheFolder.get());
  }

  @Override
  public Optional<Map<String, Tensor>> get(String kind, String fingerprint) {
    Path file = file(kind, fingerprint);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(Safetensors.read(file));
    } catch (IOException e) {
      LOG.log(Level.WARNING, "{0} can''t be used: {1}", file, Causes.of(e));
      return Optional.empty();
    }
  }

  @Override
  public void put(String kind, String fingerprint, Map<String, Tensor> tensors) {
    Path file = file(kind, fingerprint);
    try {
      Safetensors.check(tensors);
      AtomicFile.write(file, out -> Safetensors.write(tensors, out));
    } catch (IOException | ArithmeticException e) {
      LOG.log(Level.WARNING, "{0} isn''t kept: {1}", file, e.getMessage());
    }
  }

  @Override
  public List<String> fingerprints(String kind) {
    Path of = folder.resolve(kind);
    if (!Files.isDirectory(of)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(of)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.matches("[0-9a-f]+\\.safetensors"))
          .map(name -> name.substring(0, name.indexOf('.')))
          .sorted()
          .toList();
    } catch (IOException e) {
      LOG.log(Level.WARNING, "{0} can''t be listed: {1}", of, Causes.of(e));
      return List.of();
    }
  }

  private Path file(String kind, String fingerprint) {
    if (!kind.matches("[a-z]+") || !fingerprint.matches("[0-9a-f]+")) {
      throw new IllegalArgumentException(
          "a fingerprint is made of the digits 0 to 9 and a to f, found \"" + fingerprint + "\"");
    }
    return folder.resolve(kind).resolve(fingerprint + ".safetensors");
  }
}
