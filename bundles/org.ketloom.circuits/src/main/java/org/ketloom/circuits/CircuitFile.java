package org.ketloom.circuits;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.engine.Evaluation;
import org.ketloom.api.engine.Inputs;
import org.ketloom.api.engine.Precision;
import org.ketloom.api.engine.QuantumEngine;
import org.ketloom.files.AtomicFile;
import org.ketloom.files.StrictJson;

/**
 * A circuit in JSON, with its inputs, the cotangents to differentiate its outputs by, and the
 * values and gradients that are expected of it. The format is described in this bundle's {@code
 * doc/README.md}. Fields that it doesn't know are kept. Immutable.
 */
public final class CircuitFile {
  private final String source;
  private final ObjectNode tree;
  private final Circuit circuit;
  private final Inputs inputs;
  private final Optional<double[]> cotangents;

  private CircuitFile(String source, ObjectNode tree) {
    this.source = source;
    this.tree = tree;
    try {
      CircuitReader reader = new CircuitReader(tree);
      this.circuit = reader.circuit();
      this.inputs = reader.inputs();
      this.cotangents = reader.cotangents(circuit.outputs());
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(source + ": " + e.getMessage(), e);
    }
  }

  /**
   * Reads and checks a file.
   *
   * @throws IOException naming the file that can't be read
   * @throws IllegalArgumentException naming the file, and the line or the field that is wrong
   */
  public static CircuitFile read(Path file) throws IOException {
    return new CircuitFile(file.toString(), StrictJson.object(file));
  }

  /**
   * Reads and checks a text.
   *
   * @param source where it comes from, with which messages begin
   * @throws IllegalArgumentException naming the line or the field that is wrong
   */
  public static CircuitFile parse(String json, String source) {
    return new CircuitFile(source, StrictJson.object(json, source));
  }

  /**
   * Puts a circuit and its inputs into JSON. Reading it back gives equal gates, angles, observables
   * and numbers; blocks of weights and features lose their shape, so that the fingerprint may be
   * another.
   *
   * @throws IllegalArgumentException if inputs have other lengths than the circuit reads, or a
   *     value is NaN or infinite
   */
  public static CircuitFile of(Circuit circuit, Inputs inputs) {
    return new CircuitFile("circuit", CircuitWriter.tree(circuit, inputs));
  }

  /** The circuit. */
  public Circuit circuit() {
    return circuit;
  }

  /** What the circuit reads; the arrays are not copies and must not be changed. */
  public Inputs inputs() {
    return inputs;
  }

  /**
   * What the outputs are weighted with before they are differentiated, row-major {@code
   * [batch][outputs]}; empty if the file has none. Not a copy.
   */
  public Optional<double[]> cotangents() {
    return cotangents;
  }

  /**
   * The same with other cotangents.
   *
   * @param values row-major {@code [batch][outputs]}
   * @throws IllegalArgumentException if they are more or fewer
   */
  public CircuitFile withCotangents(double[] values) {
    ObjectNode changed = tree.deepCopy();
    changed.set("cotangent", CircuitResults.rows(values, circuit.outputs()));
    return new CircuitFile(source, changed);
  }

  /**
   * Runs the circuit.
   *
   * @return the outputs, and the gradients if there are cotangents
   * @throws IllegalArgumentException naming the file and what the engine refuses of it
   */
  public CircuitResults evaluate(QuantumEngine engine, Precision precision) {
    try {
      Evaluation evaluation = engine.compile(circuit, precision).evaluate(inputs);
      return new CircuitResults(
          circuit, evaluation.outputs().clone(), cotangents.map(evaluation::vjp));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(source + ": " + e.getMessage(), e);
    }
  }

  /**
   * Compares results with the values that are expected.
   *
   * @return largest difference by field, for the fields that the file has; empty if it expects none
   * @throws IllegalArgumentException if the file expects values of another shape
   */
  public Map<String, Double> compare(CircuitResults results) {
    Map<String, Double> differences = new LinkedHashMap<>();
    results
        .tree()
        .properties()
        .forEach(
            field -> {
              if (tree.has(field.getKey())) {
                differences.put(
                    field.getKey(),
                    difference(field.getKey(), field.getValue(), tree.get(field.getKey())));
              }
            });
    return differences;
  }

  /** The same with results as the values that are expected; the rest is kept. */
  public CircuitFile expecting(CircuitResults results) {
    ObjectNode changed = tree.deepCopy();
    changed.setAll(results.tree());
    return new CircuitFile(source, changed);
  }

  /**
   * Writes a file, whole or not at all.
   *
   * @throws IOException naming the file; what was there before is unharmed
   */
  public void write(Path file) throws IOException {
    byte[] text = toJson().getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(file, out -> out.write(text));
  }

  /** JSON with a line per field. */
  public String toJson() {
    return format(tree);
  }

  static String format(ObjectNode tree) {
    List<String> lines = new ArrayList<>();
    tree.properties()
        .forEach(
            field ->
                lines.add(
                    "  "
                        + JsonNodeFactory.instance.textNode(field.getKey())
                        + ": "
                        + field.getValue()));
    return "{\n" + String.join(",\n", lines) + "\n}\n";
  }

  private double difference(String path, JsonNode found, JsonNode expected) {
    if (found.isNumber() && expected.isNumber()) {
      double difference = Math.abs(found.doubleValue() - expected.doubleValue());
      return Double.isNaN(difference) ? Double.POSITIVE_INFINITY : difference;
    }
    if (!found.isArray() || !expected.isArray() || found.size() != expected.size()) {
      throw new IllegalArgumentException(
          source
              + ": "
              + path
              + " should have the shape of the result, "
              + shape(found)
              + ", found "
              + shape(expected));
    }
    double largest = 0;
    for (int i = 0; i < found.size(); i++) {
      largest = Math.max(largest, difference(path + "[" + i + "]", found.get(i), expected.get(i)));
    }
    return largest;
  }

  private static String shape(JsonNode node) {
    return node.isArray() ? "an array of " + node.size() : "a " + node.getNodeType();
  }
}
