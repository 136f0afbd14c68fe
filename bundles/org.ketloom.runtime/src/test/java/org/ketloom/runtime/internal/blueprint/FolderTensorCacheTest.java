package org.ketloom.runtime.internal.blueprint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ketloom.api.model.Tensor;

class FolderTensorCacheTest {
  private static final Map<String, Tensor> TENSORS =
      Map.of("a/b", Tensor.of(new float[] {1, 2}), "n", Tensor.of(7));

  @TempDir private Path folder;

  @Test
  void whatIsKeptComesBack() throws IOException {
    FolderTensorCache cache = new FolderTensorCache(folder.resolve("new"));
    assertEquals(Optional.empty(), cache.get("autoencoder", "01ab"));
    cache.put("autoencoder", "01ab", TENSORS);
    assertEquals(Optional.of(TENSORS), cache.get("autoencoder", "01ab"));
    assertEquals(Optional.empty(), cache.get("other", "01ab"));
    assertTrue(Files.exists(folder.resolve("new/autoencoder/01ab.safetensors")));
    assertEquals(List.of(), cache.fingerprints("other"));
    cache.put("autoencoder", "00", TENSORS);
    Files.writeString(folder.resolve("new/autoencoder/notes.txt"), "not one of the cache's");
    assertEquals(List.of("00", "01ab"), cache.fingerprints("autoencoder"));
  }

  @Test
  void whatCantBeReadOrKeptIsAsIfItWereNotThere() throws IOException {
    FolderTensorCache cache = new FolderTensorCache(folder);
    Files.createDirectories(folder.resolve("autoencoder"));
    Files.writeString(folder.resolve("autoencoder/0f.safetensors"), "broken");
    assertEquals(Optional.empty(), cache.get("autoencoder", "0f"));
    cache.put("autoencoder", "1f", Map.of("x", Tensor.of(new double[] {Double.NaN})));
    assertEquals(Optional.empty(), cache.get("autoencoder", "1f"));
    Files.writeString(folder.resolve("kind"), "a file in the way");
    cache.put("kind", "2f", TENSORS);
    assertEquals(Optional.empty(), cache.get("kind", "2f"));
  }

  @Test
  void noPathIsMadeOfAFingerprint() {
    FolderTensorCache cache = new FolderTensorCache(folder);
    assertThrows(IllegalArgumentException.class, () -> cache.get("autoencoder", "../x"));
  }
}
