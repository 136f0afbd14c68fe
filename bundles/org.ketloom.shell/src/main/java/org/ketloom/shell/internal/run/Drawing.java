package org.ketloom.shell.internal.run;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.ketloom.api.data.ImageBatch;
import org.ketloom.api.model.Progress;
import org.ketloom.api.part.Options;
import org.ketloom.files.AtomicFile;
import org.ketloom.runtime.run.ImageGrid;
import org.ketloom.runtime.run.Sampler;
import org.ketloom.shell.internal.console.ResultFile;

/**
 * A picture that is drawn by a trained model, a row per label.
 *
 * @param rows the label of each row; -1 for any class
 * @param perClass images in a row
 * @param seed seed of the noise
 * @param changes options of sampling that aren't the defaults, as text
 */
record Drawing(List<Integer> rows, int perClass, long seed, Map<String, String> changes) {
  /** Rows that are all classes, and images in a row, that a name needn't tell. */
  static final String ALL = "all";

  static final int PER_CLASS = 8;

  /** Draws into the folder, under a name that tells what isn't usual; nothing is overwritten. */
  Path into(Path folder, String run, Sampler sampler, Progress progress) throws IOException {
    String description = description(run, sampler);
    Path beside = ResultFile.free(folder, stem(sampler), description, ".png");
    Path picture =
        beside.resolveSibling(beside.getFileName().toString().replaceFirst("json$", "png"));
    write(picture, description, sampler, progress);
    byte[] text = description.getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(beside, out -> out.write(text));
    return picture;
  }

  /** Draws into a file that the user has named. */
  void to(Path picture, String run, Sampler sampler, Progress progress) throws IOException {
    write(picture, description(run, sampler), sampler, progress);
  }

  private void write(Path picture, String description, Sampler sampler, Progress progress)
      throws IOException {
    int[] labels =
        rows.stream()
            .flatMapToInt(label -> IntStream.generate(() -> label).limit(perClass))
            .toArray();
    ImageBatch images = sampler.sample(labels, seed, changes, progress);
    ImageGrid.write(
        picture,
        images,
        perClass,
        Map.of("Software", "Ketloom", "Description", description.strip()));
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
    return name.toString();
  }

  private Map<String, Object> options(Sampler sampler) {
    return Options.values(Options.with(sampler.options(), "sampling", changes));
  }

  /** All that is needed to draw the picture again, as JSON. */
  private String description(String run, Sampler sampler) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("run", run).put("checkpoint", String.valueOf(sampler.checkpoint().getFileName()));
    node.put("epoch", sampler.epoch()).put("seed", seed).put("perClass", perClass);
    ArrayNode labels = node.putArray("labels");
    rows.forEach(label -> labels.add(label < 0 ? "any" : sampler.classes().get(label)));
    ObjectNode options = node.putObject("options");
    options(sampler).forEach((option, value) -> options.putPOJO(option, value));
    return node.toPrettyString() + "\n";
  }
}
