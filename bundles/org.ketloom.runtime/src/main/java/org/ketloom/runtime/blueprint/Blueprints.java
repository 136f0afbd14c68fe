package org.ketloom.runtime.blueprint;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.ketloom.api.model.Blueprint;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Service: Blueprints and their JSON form.
 *
 * <pre>{@code
 * {
 *   "model": "hybrid-unet",
 *   "parts": {
 *     "encoding": {"name": "angle", "version": "[0.1,1)", "options": {"axis": "y"}},
 *     "ansatz": "cluster-state"
 *   },
 *   "data": "digits",
 *   "training": {"epochs": 20, "batchSize": 64, "checkpointEvery": 1, "sampleEvery": 5},
 *   "seed": 42
 * }
 * }</pre>
 *
 * <p>Only {@code model} must be there. A part is its name, or an object with {@code name}, {@code
 * version} and {@code options}; in {@code parts} and {@code data} an object without a name changes
 * the default part. Keys and slots that don't exist, keys that occur twice, comments and values of
 * a wrong type are refused.
 */
@ProviderType
public interface Blueprints {

  /**
   * Reads a Blueprint, and checks all that can be checked without its parts.
   *
   * @param json the text
   * @param source where it comes from, for messages
   * @throws IllegalArgumentException naming the source, the line of a syntax error or the path of
   *     the wrong value, and what is allowed there
   */
  Draft parse(String json, String source);

  /**
   * Reads a file as {@link #parse} does.
   *
   * @throws IOException naming the file that can't be read
   */
  Draft read(Path file) throws IOException;

  /** A draft that names a model and leaves all else to defaults. */
  Draft ofModel(String name);

  /** A draft that says all that a Blueprint says. */
  Draft draft(Blueprint blueprint);

  /**
   * Changes single values.
   *
   * @param assignments {@code path=value}, for example {@code parts.ansatz=cluster-state}, {@code
   *     model.options.layers=3}, {@code training.epochs=5}, {@code data.options.size=16}, {@code
   *     seed=7}. Naming another part drops the version and options of the one before; naming the
   *     same keeps them.
   * @throws IllegalArgumentException naming the assignment and what is wrong with it
   */
  Draft set(Draft draft, List<String> assignments);

  /**
   * Fills in every default: parts, all options of all parts, training, data set ({@code digits})
   * and seed (42).
   *
   * @throws IllegalStateException if a part is missing, saying which; see {@link Composer#state}
   * @throws IllegalArgumentException naming the source, the path and what is allowed there: unknown
   *     slot or option, value of a wrong type or out of range
   */
  Blueprint complete(Draft draft);

  /** The JSON form, indented, with a line feed at the end. */
  String json(Blueprint blueprint);

  /**
   * SHA-256 in hexadecimal of the Blueprint's content: equal for equal content, whatever the order
   * of the keys. Only complete Blueprints should be compared.
   */
  String fingerprint(Blueprint blueprint);

  /** One line per value that differs: {@code training.epochs: 5 here, 20 there}. */
  List<String> differences(Blueprint here, Blueprint there);
}
