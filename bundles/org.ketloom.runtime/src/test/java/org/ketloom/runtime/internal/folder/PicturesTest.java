package org.ketloom.runtime.internal.folder;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.metadata.IIOMetadataFormatImpl;
import javax.imageio.metadata.IIOMetadataNode;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.ketloom.api.data.ImageBatch;
import org.ketloom.api.data.ImageShape;
import org.ketloom.runtime.run.ImageGrid;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;

class PicturesTest {

  private static BufferedImage read(byte[] png) throws IOException {
    return ImageIO.read(new ByteArrayInputStream(png));
  }

  @Test
  void greyImagesAreEnlargedAndSetApart() throws IOException {
    // 2x4 pixels, enlarged 28 times; 3 images in 2 columns.
    float[] pixels = new float[24];
    pixels[0] = -1;
    pixels[3] = 1;
    pixels[7] = 9;
    pixels[16] = -0.5f;
    BufferedImage grid =
        read(
            ImageGrid.png(
                new ImageBatch(new ImageShape(1, 2, 4), pixels, new int[] {0, 0, 0}), 2, Map.of()));
    assertEquals(2 + 2 * (112 + 2), grid.getWidth());
    assertEquals(2 + 2 * (56 + 2), grid.getHeight());
    assertEquals(1, grid.getRaster().getNumBands());
    assertEquals(0x50, grid.getRaster().getSample(1, 1, 0), "gap");
    assertEquals(0, grid.getRaster().getSample(2, 2, 0));
    assertEquals(0, grid.getRaster().getSample(29, 29, 0));
    assertEquals(128, grid.getRaster().getSample(30, 2, 0));
    assertEquals(255, grid.getRaster().getSample(113, 29, 0));
    assertEquals(255, grid.getRaster().getSample(113, 30, 0), "cut off at 1");
    assertEquals(64, grid.getRaster().getSample(2, 60, 0), "second row");
    assertEquals(0x50, grid.getRaster().getSample(116, 60, 0), "no fourth image");
  }

  @Test
  void colourImagesKeepTheirChannels() throws IOException {
    BufferedImage grid =
        read(
            ImageGrid.png(
                new ImageBatch(
                    new ImageShape(3, 1, 2), new float[] {1, -1, 0, -1, 0, 1}, new int[] {0}),
                8,
                Map.of()));
    assertEquals(116, grid.getWidth(), "no wider than the images that are there");
    assertEquals(0xFFFF0080, grid.getRGB(10, 10));
    assertEquals(0xFF0080FF, grid.getRGB(100, 10));
  }

  /** Text other than Latin-1 as well. */
  @Test
  void aPictureSaysWhatItShows() throws IOException {
    ImageBatch images = new ImageBatch(new ImageShape(1, 1, 1), new float[1], new int[1]);
    byte[] png =
        ImageGrid.png(images, 1, Map.of("Software", "Ketloom", "Description", "seed 5, λ = 0.1"));
    ImageReader reader = ImageIO.getImageReadersByFormatName("png").next();
    reader.setInput(ImageIO.createImageInputStream(new ByteArrayInputStream(png)));
    NodeList entries =
        ((IIOMetadataNode)
                reader
                    .getImageMetadata(0)
                    .getAsTree(IIOMetadataFormatImpl.standardMetadataFormatName))
            .getElementsByTagName("TextEntry");
    Map<String, String> found = new TreeMap<>();
    for (int i = 0; i < entries.getLength(); i++) {
      IIOMetadataNode entry = (IIOMetadataNode) entries.item(i);
      found.put(entry.getAttribute("keyword"), entry.getAttribute("value"));
    }
    assertEquals(Map.of("Software", "Ketloom", "Description", "seed 5, λ = 0.1"), found);
  }

  @Test
  void gridLabelsAreRowsOfClasses() {
    assertArrayEquals(new int[] {0, 0, 0, 1, 1, 1}, ImageGrid.labels(2, 3));
    ImageBatch none = new ImageBatch(new ImageShape(1, 1, 1), new float[0], new int[0]);
    assertThrows(IllegalArgumentException.class, () -> ImageGrid.png(none, 3, Map.of()));
  }

  private static ImageBatch greys(int count, int side) {
    return new ImageBatch(
        new ImageShape(1, side, side), new float[count * side * side], new int[count]);
  }

  /** The ink in a part of a picture, as text. */
  private static String ink(BufferedImage picture, int left, int top, int columns) {
    StringBuilder text = new StringBuilder();
    for (int y = 0; y < 14; y += 2) {
      for (int x = 0; x < 2 * columns; x += 2) {
        text.append(picture.getRaster().getSample(left + x, top + y, 0) == 255 ? '#' : '.');
      }
      text.append('\n');
    }
    return text.toString();
  }

  @Test
  void rowsBearTheirNames() throws IOException {
    ImageGrid grid = new ImageGrid(ImageGrid.rows(greys(3, 112), 2, List.of("7", "é")), "");
    BufferedImage picture = read(grid.png(Map.of()));
    // One letter of 10 pixels, and 8 at each side of it.
    assertEquals(26 + 2 + 2 * 114, picture.getWidth());
    assertEquals(2 + 2 * 114, picture.getHeight());
    int middle = (114 - 18) / 2;
    assertEquals(
        """
        #####
        ....#
        ...#.
        ..#..
        .#...
        .#...
        .#...
        """,
        ink(picture, 8, 2 + middle, 5));
    assertEquals(
        """
        .....
        .....
        .###.
        #...#
        #####
        #....
        .###.
        """,
        ink(picture, 8, 2 + 114 + middle, 5));
    assertEquals(128, picture.getRaster().getSample(28, 2, 0), "the first image");
  }

  @Test
  void kindsAndCaptionsStandBesideAndBeneath() throws IOException {
    ImageGrid.Row real = new ImageGrid.Row("3", "real", greys(1, 112));
    ImageGrid.Row drawn = new ImageGrid.Row("3", "drawn", greys(2, 112));
    ImageGrid.Row other = new ImageGrid.Row("4", "drawn", greys(2, 112));
    BufferedImage plain = read(new ImageGrid(List.of(real, drawn, other), "").png(Map.of()));
    assertEquals(5 * 12 - 2 + 16 + 2 + 2 * 114, plain.getWidth());
    assertEquals(2 + 3 * 114 + 8, plain.getHeight(), "classes stand apart");
    BufferedImage captioned =
        read(
            new ImageGrid(List.of(real, drawn, other), "seed 7, steps=50, guidance=2.5, epoch 12")
                .png(Map.of()));
    assertEquals(plain.getWidth(), captioned.getWidth());
    assertEquals(plain.getHeight() + 2 * 18 + 16, captioned.getHeight(), "in two lines");
    assertEquals(
        """
        .....
        .....
        .###.
        #....
        .###.
        ....#
        ####.
        """,
        ink(captioned, 8, plain.getHeight() + 8, 5));
    assertThrows(
        IllegalArgumentException.class,
        () -> new ImageGrid(List.of(drawn, new ImageGrid.Row("", "", greys(1, 8))), ""));
  }

  private static String chart(double... losses) throws Exception {
    List<LossLog.Row> rows = new ArrayList<>();
    for (int i = 0; i < losses.length; i++) {
      rows.add(new LossLog.Row(i + 1, 1, losses[i], new float[0]));
    }
    return parsed(LossChart.svg("<a> & b", rows, List.of(), Map.of()));
  }

  private static String parsed(String svg) throws Exception {
    Document document =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
    assertEquals("svg", document.getDocumentElement().getTagName());
    assertFalse(svg.contains(">-0<"), svg);
    assertFalse(svg.contains("NaN") || svg.contains("Infinity"), svg);
    return svg;
  }

  @Test
  void theChartIsLinearOrLogarithmicBySpan() throws Exception {
    assertFalse(chart(1, 0.5, 0.2).contains("logarithmic"));
    String decade = chart(1, 0.5, 0.03);
    assertTrue(decade.contains("logarithmic"));
    for (String tick : List.of("0.05", "0.1", "0.2", "0.5", "1")) {
      assertTrue(decade.contains(">" + tick + "<"), decade);
    }
    String log = chart(10, 1, 0.05);
    assertTrue(log.contains("logarithmic"));
    assertTrue(log.contains(">0.1<") && log.contains(">1<") && log.contains(">10<"), log);
    assertFalse(chart(10, -1, 0.05).contains("logarithmic"));
    // As many corners as values: ends of the smoothed line at step 1 and 3 of 3.
    assertTrue(log.contains("points=\"76.0,") && log.contains(" 780.0,"), log);
  }

  @Test
  void theChartBearsFewOrEqualOrManyValues() throws Exception {
    chart();
    chart(0.25);
    chart(0, 0, 0);
    double[] many = new double[100_000];
    for (int i = 0; i < many.length; i++) {
      many[i] = 1.0 / (1 + i) + 0.1;
    }
    assertTrue(chart(many).length() < 60_000);
  }

  private static List<String> titles(String svg) {
    return Pattern.compile("font-size=\"15\"[^>]*>([^<]*)<")
        .matcher(svg)
        .results()
        .map(found -> found.group(1))
        .toList();
  }

  @Test
  void everyQuantityHasItsCurveInThePhaseInWhichItWasRecorded() throws Exception {
    List<LossLog.Row> rows = new ArrayList<>();
    for (int step = 1; step <= 6; step++) {
      boolean first = step <= 2;
      // As a loss, an error of the first phase, and what only the second one or no phase has.
      float[] others = {
        first ? step : 0, first ? 0 : -step, 0, step == 6 ? Float.NaN : 0.5f * step
      };
      rows.add(new LossLog.Row(step, 1, step, others));
    }
    List<String> names = List.of("error", "distance", "unused", "rate");
    Map<String, Long> phases = new LinkedHashMap<>();
    phases.put("pre-training", 0L);
    phases.put("adversarial", 2L);
    phases.put("not begun", 6L);
    String apart = parsed(LossChart.svg("a model", rows, names, phases));
    assertEquals(
        List.of(
            "Loss of a model, pre-training",
            "rate",
            "Loss of a model, adversarial",
            "distance",
            "rate"),
        titles(apart));
    String together = parsed(LossChart.svg("a model", rows, names, Map.of()));
    assertEquals(List.of("Loss of a model", "error", "distance", "rate"), titles(together));
  }

  /** A mean of what came before would lie above a falling curve. */
  @Test
  void theAverageOfAStraightLineIsTheLine() {
    double[] line = new double[1000];
    for (int i = 0; i < line.length; i++) {
      line[i] = 5 - 0.25 * i;
    }
    assertArrayEquals(line, LossChart.smooth(line), 1e-9);
    double[] noise = new double[1000];
    for (int i = 0; i < noise.length; i++) {
      noise[i] = i % 2;
    }
    double[] smooth = LossChart.smooth(noise);
    for (int i = 10; i < 990; i++) {
      assertEquals(0.5, smooth[i], 0.025, "over 21 values");
    }
    assertArrayEquals(new double[] {3, 4}, LossChart.smooth(new double[] {3, 4}));
  }
}
