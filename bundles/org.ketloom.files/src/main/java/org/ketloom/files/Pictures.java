package org.ketloom.files;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.metadata.IIOMetadata;
import javax.imageio.metadata.IIOMetadataFormatImpl;
import javax.imageio.metadata.IIOMetadataNode;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.ketloom.api.data.ImageBatch;
import org.ketloom.api.data.ImageShape;

/** Images as pictures that other programs show. */
public final class Pictures {
  private Pictures() {}

  /**
   * A pixel in 8 bits: -1 is 0, 1 is 255, what lies outside is cut off. {@code level / 127.5 - 1}
   * gives back what was read from a file of 8 bits.
   */
  public static int level(float value) {
    return Math.round((Math.max(-1, Math.min(1, value)) + 1) * 127.5f);
  }

  /**
   * One image of a batch: grey for one or two channels, of which the first is taken; of three or
   * more channels the first are red, green and blue.
   */
  public static BufferedImage picture(ImageBatch images, int place) {
    ImageShape shape = images.shape();
    boolean grey = shape.channels() < 3;
    BufferedImage picture =
        new BufferedImage(
            shape.width(),
            shape.height(),
            grey ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < shape.height(); y++) {
      for (int x = 0; x < shape.width(); x++) {
        int at = place * shape.size() + (y * shape.width() + x) * shape.channels();
        // Through the raster: setRGB would apply a gamma curve to grey.
        for (int band = 0; band < (grey ? 1 : 3); band++) {
          picture.getRaster().setSample(x, y, band, level(images.pixels()[at + band]));
        }
      }
    }
    return picture;
  }

  /**
   * A PNG file's bytes.
   *
   * @param text what the file says about itself, by the keywords of the PNG specification
   */
  public static byte[] png(BufferedImage picture, Map<String, String> text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageWriter writer = ImageIO.getImageWritersByFormatName("png").next();
    try (var stream = new MemoryCacheImageOutputStream(bytes)) {
      IIOMetadata metadata =
          writer.getDefaultImageMetadata(ImageTypeSpecifier.createFromRenderedImage(picture), null);
      metadata.mergeTree(IIOMetadataFormatImpl.standardMetadataFormatName, entries(text));
      writer.setOutput(stream);
      writer.write(new IIOImage(picture, null, metadata));
    } catch (IOException e) {
      throw new IllegalStateException("a picture in memory can't be written", e);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }

  /**
   * An animated GIF file's bytes, which repeats for ever.
   *
   * @param frames of one size, at least one
   * @param milliseconds that a frame stands, rounded to hundredths of a second
   * @param last the same for the last one
   */
  public static byte[] gif(List<BufferedImage> frames, int milliseconds, int last) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageWriter writer = ImageIO.getImageWritersByFormatName("gif").next();
    try (var stream = new MemoryCacheImageOutputStream(bytes)) {
      writer.setOutput(stream);
      writer.prepareWriteSequence(null);
      ImageWriteParam how = writer.getDefaultWriteParam();
      // Java puts the lines of a small interlaced image into the wrong order.
      how.setProgressiveMode(ImageWriteParam.MODE_DISABLED);
      for (int i = 0; i < frames.size(); i++) {
        BufferedImage frame = frames.get(i);
        IIOMetadata metadata =
            writer.getDefaultImageMetadata(ImageTypeSpecifier.createFromRenderedImage(frame), how);
        int stands = i + 1 < frames.size() ? milliseconds : last;
        String format = metadata.getNativeMetadataFormatName();
        metadata.mergeTree(format, animation(format, Math.max(1, Math.round(stands / 10f))));
        writer.writeToSequence(new IIOImage(frame, null, metadata), how);
      }
      writer.endWriteSequence();
    } catch (IOException e) {
      throw new IllegalStateException("a picture in memory can't be written", e);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }

  private static IIOMetadataNode animation(String format, int hundredths) {
    IIOMetadataNode control = new IIOMetadataNode("GraphicControlExtension");
    control.setAttribute("disposalMethod", "none");
    control.setAttribute("userInputFlag", "FALSE");
    control.setAttribute("transparentColorFlag", "FALSE");
    control.setAttribute("delayTime", "" + hundredths);
    control.setAttribute("transparentColorIndex", "0");
    IIOMetadataNode loop = new IIOMetadataNode("ApplicationExtension");
    loop.setAttribute("applicationID", "NETSCAPE");
    loop.setAttribute("authenticationCode", "2.0");
    // Sub-block 1, repeated 0 times: without end.
    loop.setUserObject(new byte[] {1, 0, 0});
    IIOMetadataNode extensions = new IIOMetadataNode("ApplicationExtensions");
    extensions.appendChild(loop);
    IIOMetadataNode root = new IIOMetadataNode(format);
    root.appendChild(control);
    root.appendChild(extensions);
    return root;
  }

  private static IIOMetadataNode entries(Map<String, String> text) {
    IIOMetadataNode all = new IIOMetadataNode("Text");
    new TreeMap<>(text)
        .forEach(
            (keyword, value) -> {
              IIOMetadataNode entry = new IIOMetadataNode("TextEntry");
              entry.setAttribute("keyword", keyword);
              entry.setAttribute("value", value);
              all.appendChild(entry);
            });
    IIOMetadataNode root = new IIOMetadataNode(IIOMetadataFormatImpl.standardMetadataFormatName);
    root.appendChild(all);
    return root;
  }
}
