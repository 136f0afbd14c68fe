package org.ketloom.shell.internal.run;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.ketloom.api.data.ImageBatch;
import org.ketloom.api.model.Progress;
import org.ketloom.api.part.Options;
import org.ketloom.data.ImageFormat;
import org.ketloom.files.AtomicFile;
import org.ketloom.runtime.run.DrawingConditions;
import org.ketloom.runtime.run.ImageGrid;
import org.ketloom.runtime.run.Sampler;
import org.ketloom.shell.internal.console.Conditions;
import org.ketloom.shell.internal.console.ResultFile;

/**
 * Images that are drawn by a trained model: a picture with a row per label, or data.
 *
 * @param rows the label of each row; -1 for any class
 * @param perClass images in a row
 * @param seed seed of the noise
 * @param changes options of sampling that aren't the defaults, as text
 * @param conditions what the trained model draws under
 * @param extras what a picture shows besides
 */
record Drawing(
    List<Integer> rows,
    int perClass,
    long seed,
    Map<String, String> changes,
    DrawingConditions conditions,
    GridExtras extras) {
  /** Rows that are all classes, and images in a row, that a name needn't tell. */
  static final String ALL = "all";

  static final int PER_CLASS = 8;

  private static final String GIF = ".gif";

  /** Draws into the folder, under a name that tells what isn't usual; nothing is overwritten. */
  Path into(Path folder, String run, Sampler sampler, Progress progress) throws IOException {
    String description = description(run, sampler);
    Path beside = ResultFile.free(folder, stem(sampler), description, ".png", GIF);
    Path picture =
        beside.resolveSibling(beside.getFileName().toString().replaceFirst("\\.json$", ".png"));
    write(picture, run, description, sampler, progress);
    write(beside, description);
    return picture;
  }

  private static void write(Path beside, String description) throws IOException {
    byte[] text = description.getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(beside, out -> out.write(text));
  }

  /** Draws into a file that the user has named. */
  void to(Path picture, String run, Sampler sampler, Progress progress) throws IOException {
    write(picture, run, description(run, sampler), sampler, progress);
  }

  /** As {@link #into}, but the images as data. */
  Path dataInto(Path folder, ImageFormat format, String run, Sampler sampler, Progress progress)
      throws IOException {
    String stem = stem(sampler);
    if (format.isFolder()) {
      Path target = ResultFile.unused(folder, stem + "-" + format);
      dataTo(target, format, run, sampler, progress);
      return target;
    }
    String description = description(run, sampler);
    String ending = "." + format;
    Path beside = ResultFile.free(folder, stem, description, ending);
    Path target =
        beside.resolveSibling(beside.getFileName().toString().replaceFirst("\\.json$", ending));
    dataTo(target, format, run, sampler, progress);
    write(beside, description);
    return target;
  }

  /** Draws the images as data into a file or folder that the user has named. */
  void dataTo(Path target, ImageFormat format, String run, Sampler sampler, Progress progress)
      throws IOException {
    format.requireFit(sampler.shape(), labels());
    format.write(
        target,
        sampler.sample(labels(), seed, changes, progress),
        sampler.classes(),
        description(run, sampler));
  }

  private int[] labels() {
    return rows.stream()
        .flatMapToInt(label -> IntStream.generate(() -> label).limit(perClass))
        .toArray();
  }

  private void write(
      Path picture, String run, String description, Sampler sampler, Progress progress)
      throws IOException {
    List<ImageBatch> real = extras.realRows(rows, perClass);
    ImageBatch images = sampler.sample(labels(), seed, changes, progress);
    List<String> names =
        sampler.classes().size() > 1 && sampler.drawsClasses()
            ? rows.stream().map(row -> name(row, sampler)).toList()
            : List.of();
    new ImageGrid(
            extras.around(images, perClass, names, real),
            extras.caption() ? caption(run, sampler) : "")
        .write(picture, Map.of("Software", "Ketloom", "Description", description.strip()));
    Optional<Path> animation = animation(picture, sampler);
    if (animation.isPresent()) {
      new Animation(rows, PER_CLASS, names)
          .write(animation.get(), sampler, seed, changes, progress);
    }
  }

  /** Where the animation is written that goes with a picture of ways; empty for other pictures. */
  Optional<Path> animation(Path picture, Sampler sampler) {
    String name = picture.getFileName().toString();
    return "trajectory".equals(options(sampler).get("picture"))
        ? Optional.of(picture.resolveSibling(name.substring(0, name.lastIndexOf('.')) + GIF))
        : Optional.empty();
  }

  /** Images in each row of a picture that consists of such rows; empty for single images. */
  static OptionalInt rowLength(Map<String, String> changes, Sampler sampler) {
    Map<String, Object> options =
        Options.values(Options.with(sampler.options(), "sampling", changes));
    return options.get("length") instanceof Integer length
            && !"samples".equals(options.getOrDefault("picture", "samples"))
        ? OptionalInt.of(length)
        : OptionalInt.empty();
  }

  private String caption(String run, Sampler sampler) {
    StringBuilder text =
        new StringBuilder(
            "%s, epoch %d, step %d, seed %d".formatted(run, sampler.epoch(), sampler.step(), seed));
    options(sampler).forEach((option, value) -> text.append(", " + option + "=" + value));
    conditions.changes().forEach(change -> text.append(", " + change));
    extras.nearest().ifPresent(by -> text.append(", nearest by " + by));
    return text.toString();
  }

  private static String name(int label, Sampler sampler) {
    return label < 0 ? "any" : sampler.classes().get(label);
  }

  private String stem(Sampler sampler) {
    StringBuilder name = new StringBuilder("epoch-" + sampler.epoch() + "-seed-" + seed);
    if (!rows.equals(Labels.parse(ALL, sampler.classes()))) {
      name.append("-labels-").append(Labels.ranges(rows));
    }
    if (perClass != PER_CLASS) {
      name.append("-columns-").append(perClass);
    }
    Map<String, Object> defaults = Options.values(sampler.options());
    options(sampler)
        .forEach(
            (option, value) -> {
              if (!value.equals(defaults.get(option))) {
                name.append('-').append(option).append('-').append(value);
              }
            });
    return name.append(Conditions.stem(conditions)).append(extras.stem()).toString();
  }

  private Map<String, Object> options(Sampler sampler) {
    return Options.values(Options.with(sampler.options(), "sampling", changes));
  }

  /** All that is needed to draw the picture again, as JSON. */
  private String description(String run, Sampler sampler) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("run", run).put("checkpoint", String.valueOf(sampler.checkpoint().getFileName()));
    node.put("step", sampler.step()).put("epoch", sampler.epoch());
    node.put("seed", seed).put("perClass", perClass);
    ArrayNode labels = node.putArray("labels");
    rows.forEach(label -> labels.add(name(label, sampler)));
    ObjectNode options = node.putObject("options");
    options(sampler).forEach((option, value) -> options.putPOJO(option, value));
    if (!conditions.changes().isEmpty()) {
      conditions.changes().forEach(node.putArray("set")::add);
    }
    extras.describe(node);
    return node.toPrettyString() + "\n";
  }
}
