package org.ketloom.files;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PicturesTest {
  @ParameterizedTest
  @ValueSource(ints = {BufferedImage.TYPE_BYTE_GRAY, BufferedImage.TYPE_INT_RGB})
  void anAnimationHoldsItsFramesAndTheirTimes(int type) throws Exception {
    List<BufferedImage> frames = new ArrayList<>();
    for (int k = 0; k < 3; k++) {
      BufferedImage frame = new BufferedImage(5, 4, type);
      for (int i = 0; i < 20; i++) {
        for (int band = 0; band < frame.getRaster().getNumBands(); band++) {
          frame.getRaster().setSample(i % 5, i / 5, band, (k * 80 + i * 4 + band * 31) % 256);
        }
      }
      frames.add(frame);
    }
    byte[] gif = Pictures.gif(frames, 80, 2000);
    ImageReader reader = ImageIO.getImageReadersByFormatName("gif").next();
    reader.setInput(ImageIO.createImageInputStream(new ByteArrayInputStream(gif)));
    assertEquals(3, reader.getNumImages(true));
    for (int k = 0; k < 3; k++) {
      BufferedImage read = reader.read(k);
      assertArrayEquals(colours(frames.get(k)), colours(read), "frame " + k);
      IIOMetadata metadata = reader.getImageMetadata(k);
      IIOMetadataNode root =
          (IIOMetadataNode) metadata.getAsTree(metadata.getNativeMetadataFormatName());
      IIOMetadataNode control =
          (IIOMetadataNode) root.getElementsByTagName("GraphicControlExtension").item(0);
      assertEquals(k < 2 ? "8" : "200", control.getAttribute("delayTime"));
      IIOMetadataNode loop =
          (IIOMetadataNode) root.getElementsByTagName("ApplicationExtension").item(0);
      if (k == 0) {
        assertEquals("NETSCAPE", loop.getAttribute("applicationID"));
      }
    }
    reader.dispose();
  }

  /** Red, green and blue of all pixels, grey without the gamma curve of getRGB. */
  private static int[] colours(BufferedImage image) {
    int[] colours = new int[20];
    for (int i = 0; i < 20; i++) {
      int x = i % 5;
      int y = i / 5;
      colours[i] =
          image.getType() == BufferedImage.TYPE_BYTE_GRAY
              ? image.getRaster().getSample(x, y, 0) * 0x10101
              : image.getRGB(x, y) & 0xFFFFFF;
    }
    return colours;
  }

  @Test
  void levelsAreThoseOfEightBits() {
    for (int level = 0; level < 256; level++) {
      assertEquals(level, Pictures.level(level / 127.5f - 1));
    }
    assertEquals(0, Pictures.level(-7));
    assertEquals(255, Pictures.level(7));
  }
}
