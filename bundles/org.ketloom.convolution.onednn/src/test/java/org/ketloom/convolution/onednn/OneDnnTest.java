package org.ketloom.convolution.onednn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.ketloom.api.convolution.Convolution;
import org.ketloom.api.convolution.ConvolutionShape;
import org.ketloom.engine.statevector.StateVectorEngine;
import org.ketloom.tck.Conformance;

class OneDnnTest {
  private final OneDnnEngine engine = new OneDnnEngine();

  @Test
  void conforms() {
    assertEquals(Optional.empty(), engine.fault());
    new Conformance(new StateVectorEngine()).require(engine);
  }

  @Test
  void whatIsTooShortIsRefusedBeforeItIsWrittenTo() {
    try (Convolution convolution =
        engine.prepare(new ConvolutionShape(1, 4, 4, 1, 1, 3, 3, 1, 1))) {
      FloatBuffer heap = FloatBuffer.allocate(16);
      IllegalArgumentException e =
          assertThrows(
              IllegalArgumentException.class, () -> convolution.forward(heap, heap, null, heap));
      assertTrue(
          e.getMessage().contains("input has to be a direct buffer of at least 16 numbers"),
          e.getMessage());
    }
  }

  @Test
  void aDamagedFileOfTheCacheIsReplaced(@TempDir Path cache) throws Exception {
    Path library = NativeLibraries.unpack(cache);
    long length = Files.size(library);
    Files.write(library, new byte[7]);
    assertEquals(library, NativeLibraries.unpack(cache));
    assertEquals(length, Files.size(library));
  }
}
