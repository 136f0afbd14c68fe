package org.ketloom.data;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.ketloom.api.data.ImageBatch;
import org.ketloom.api.data.ImageShape;
import org.ketloom.api.model.Tensor;
import org.ketloom.files.AtomicFile;
import org.ketloom.files.AtomicFolder;
import org.ketloom.files.JsonObject;
import org.ketloom.files.Pictures;
import org.ketloom.files.Safetensors;
import org.ketloom.files.Untrusted;

/**
 * Labelled images that are written as data.
 *
 * @param images with values that are all finite
 * @param classes names of the classes
 * @param description what the images are, a JSON object
 */
record ImageExport(ImageBatch images, List<String> classes, String description) {
  private static final String IMAGES = "images";
  private static final String LABELS = "labels";
  private static final String ANY = "any";

  /** A header of NPY, with what comes before it, is a multiple of so many bytes. */
  private static final int NPY_ALIGNMENT = 64;

  /** Types of values in IDX files. */
  private static final byte UBYTE = 0x08;

  private static final byte INT = 0x0C;

  /** One byte can't hold more classes. */
  private static final int BYTE_CLASSES = 256;

  /**
   * Checks the values.
   *
   * @throws ArithmeticException naming the image that holds a value which isn't finite
   */
  ImageExport {
    classes = List.copyOf(classes);
    for (int i = 0; i < images.pixels().length; i++) {
      if (!Float.isFinite(images.pixels()[i])) {
        throw new ArithmeticException(
            "image "
                + i / images.shape().size()
                + " holds a value that is not finite: "
                + images.pixels()[i]);
      }
    }
  }

  /** Writes them, whole or not at all. */
  void write(ImageFormat format, Path target) throws IOException {
    switch (format) {
      case SAFETENSORS -> AtomicFile.write(target, this::writeSafetensors);
      case NPY -> writeFolder(target, this::writeNpy);
      case IDX -> writeFolder(target, this::writeIdx);
      case PNG_FOLDER -> writeFolder(target, this::writePngs);
    }
  }

  private void writeFolder(Path target, AtomicFolder.Content content) throws IOException {
    AtomicFolder.write(
        target,
        folder -> {
          content.writeTo(folder);
          Files.writeString(folder.resolve("description.json"), description);
        });
  }

  private void writeSafetensors(OutputStream out) throws IOException {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put(IMAGES, new Tensor(shape(true), images.pixels()));
    tensors.put(
        LABELS,
        new Tensor(
            List.of(images.size()), Arrays.stream(images.labels()).asLongStream().toArray()));
    Map<String, String> metadata = new LinkedHashMap<>();
    JsonObject.parse(description, "description")
        .node()
        .fields()
        .forEachRemaining(
            field ->
                metadata.put(
                    field.getKey(),
                    field.getValue().isTextual()
                        ? field.getValue().textValue()
                        : field.getValue().toString()));
    Safetensors.write(tensors, metadata, out);
  }

  private List<Integer> shape(boolean channels) {
    ImageShape shape = images.shape();
    return channels
        ? List.of(images.size(), shape.height(), shape.width(), shape.channels())
        : List.of(images.size(), shape.height(), shape.width());
  }

  private void writeNpy(Path folder) throws IOException {
    try (OutputStream out = open(folder.resolve(IMAGES + ".npy"))) {
      out.write(npyHeader("<f4", shape(true)));
      ByteBuffer image =
          ByteBuffer.allocate(Float.BYTES * images.shape().size()).order(ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; i < images.size(); i++) {
        image
            .asFloatBuffer()
            .put(images.pixels(), i * images.shape().size(), images.shape().size());
        out.write(image.array());
      }
    }
    try (OutputStream out = open(folder.resolve(LABELS + ".npy"))) {
      out.write(npyHeader("<i8", List.of(images.size())));
      ByteBuffer labels =
          ByteBuffer.allocate(Long.BYTES * images.size()).order(ByteOrder.LITTLE_ENDIAN);
      Arrays.stream(images.labels()).forEach(labels::putLong);
      out.write(labels.array());
    }
  }

  /**
   * Version 1.0 of the format, see <a
   * href="https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html">its
   * description</a>: a literal of Python that ends in a line feed.
   */
  private static byte[] npyHeader(String type, List<Integer> shape) {
    String sizes =
        shape.stream().map(String::valueOf).collect(Collectors.joining(", "))
            + (shape.size() == 1 ? "," : "");
    String text = "{'descr': '" + type + "', 'fortran_order': False, 'shape': (" + sizes + "), }";
    int before = 10;
    int padding = Math.floorMod(-(before + text.length() + 1), NPY_ALIGNMENT);
    byte[] literal = (text + " ".repeat(padding) + "\n").getBytes(StandardCharsets.US_ASCII);
    return ByteBuffer.allocate(before + literal.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0})
        .putShort((short) literal.length)
        .put(literal)
        .array();
  }

  private void writeIdx(Path folder) throws IOException {
    try (OutputStream out = open(folder.resolve(IMAGES + ".idx"))) {
      out.write(idxHeader(UBYTE, shape(images.shape().channels() > 1)));
      for (float value : images.pixels()) {
        out.write(Pictures.level(value));
      }
    }
    boolean bytes = classes.size() <= BYTE_CLASSES;
    try (OutputStream out = open(folder.resolve(LABELS + ".idx"))) {
      out.write(idxHeader(bytes ? UBYTE : INT, List.of(images.size())));
      for (int label : images.labels()) {
        out.write(
            bytes
                ? new byte[] {(byte) label}
                : ByteBuffer.allocate(Integer.BYTES).putInt(label).array());
      }
    }
  }

  private static byte[] idxHeader(byte type, List<Integer> axes) {
    ByteBuffer header = ByteBuffer.allocate(Integer.BYTES * (1 + axes.size()));
    header.put(new byte[] {0, 0, type, (byte) axes.size()});
    axes.forEach(header::putInt);
    return header.array();
  }

  private void writePngs(Path folder) throws IOException {
    Map<Integer, String> names = folderNames();
    int digits = Math.max(4, String.valueOf(images.size() - 1).length());
    for (int i = 0; i < images.size(); i++) {
      Path parent =
          Files.createDirectories(folder.resolve(names.getOrDefault(images.labels()[i], ANY)));
      String file = String.format(Locale.ROOT, "%0" + digits + "d.png", i);
      Files.write(
          parent.resolve(file),
          Pictures.png(Pictures.picture(images, i), Map.of("Software", "Ketloom")));
    }
  }

  /**
   * The names of the sub-folders by class: those of the classes as far as files may bear them, the
   * number before it where two would be the same (to file systems that ignore case, too).
   */
  private Map<Integer, String> folderNames() {
    List<String> plain = new ArrayList<>();
    for (String name : classes) {
      String safe =
          name.strip().replaceAll("[^\\p{L}\\p{N} _.+=,()-]", "_").replaceAll("^\\.", "_");
      plain.add(Untrusted.isPlainName(safe) ? safe : "class");
    }
    Map<String, Long> counts =
        plain.stream()
            .collect(
                Collectors.groupingBy(
                    name -> name.toLowerCase(Locale.ROOT), TreeMap::new, Collectors.counting()));
    return IntStream.range(0, plain.size())
        .boxed()
        .collect(
            Collectors.toMap(
                label -> label,
                label -> {
                  String name = plain.get(label);
                  boolean alone =
                      counts.getOrDefault(name.toLowerCase(Locale.ROOT), 0L) == 1
                          && !name.equalsIgnoreCase(ANY);
                  return alone ? name : label + "-" + name;
                }));
  }

  private static OutputStream open(Path file) throws IOException {
    return new BufferedOutputStream(Files.newOutputStream(file), 1 << 16);
  }
}
