package org.ketloom.latent;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.ketloom.api.data.ImageShape;
import org.ketloom.api.model.Tensor;

class StoredImagesTest {

  /** Checkpoints hold the examples with channels first, as those of stored runs do. */
  @Test
  void examplesAreStoredByChannel() {
    ImageShape shape = new ImageShape(3, 1, 2);
    float[] pixels = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
    Tensor stored = StoredImages.tensor(shape, pixels);
    assertEquals(List.of(2, 3, 1, 2), stored.shape());
    assertArrayEquals(new float[] {1, 4, 2, 5, 3, 6, 7, 10, 8, 11, 9, 12}, stored.floats());
    assertArrayEquals(pixels, StoredImages.pixels(shape, stored));
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> StoredImages.pixels(shape, Tensor.of(new float[7])));
    assertEquals("tensor examples is float[7], no images of 3x1x2", e.getMessage());
  }
}
