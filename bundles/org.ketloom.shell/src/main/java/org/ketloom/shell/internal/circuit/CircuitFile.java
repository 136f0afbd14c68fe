package org.ketloom.shell.internal.circuit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.Observable;
import org.ketloom.api.engine.Evaluation;
import org.ketloom.api.engine.Gradients;
import org.ketloom.api.engine.Inputs;
import org.ketloom.api.engine.Precision;
import org.ketloom.api.engine.QuantumEngine;

/**
 * A JSON file with a circuit, its inputs, and the values and gradients that are expected of it. The
 * format is described in {@code CIRCUITS.md} of this bundle.
 */
public final class CircuitFile {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final Path file;
  private final ObjectNode tree;
  private final Circuit circuit;
  private final Inputs inputs;
  private final Optional<double[]> cotangents;

  private CircuitFile(Path file, ObjectNode tree) {
    this.file = file;
    this.tree = tree;
    CircuitReader reader = new CircuitReader(tree);
    this.circuit = reader.circuit();
    this.inputs = reader.inputs();
    this.cotangents = reader.cotangents(circuit.outputs());
  }

  /**
   * Reads and checks a file.
   *
   * @throws IOException naming the file that can't be read
   * @throws IllegalArgumentException naming the file, and the line or the field that is wrong
   */
  public static CircuitFile read(Path file) throws IOException {
    String text;
    try {
      text = Files.readString(file);
    } catch (NoSuchFileException e) {
      throw new IOException(file + ": there is no such file", e);
    } catch (IOException e) {
      throw new IOException(file + " can't be read: " + e.getMessage(), e);
    }
    try {
      if (JSON.readTree(text) instanceof ObjectNode tree) {
        return new CircuitFile(file, tree);
      }
      throw new IllegalArgumentException("a JSON object is expected");
    } catch (JsonProcessingException e) {
      String where =
          e.getLocation() == null
              ? ""
              : ", line "
                  + e.getLocation().getLineNr()
                  + " column "
                  + e.getLocation().getColumnNr();
      throw new IllegalArgumentException(
          file + where + ": not valid JSON: " + reason(e.getOriginalMessage()), e);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
    }
  }

  /** Without the parser's advice to its programmer. */
  private static String reason(String message) {
    return message.startsWith("Non-standard token")
        ? "numbers must be finite, found"
            + message.substring("Non-standard token".length()).split(":")[0]
        : message;
  }

  /** The circuit. */
  public Circuit circuit() {
    return circuit;
  }

  /**
   * Runs the circuit.
   *
   * @return {@code outputs}, and, if the file has cotangents, {@code grad_x}, {@code grad_theta},
   *     {@code grad_sample} and {@code grad_H_*} for what the circuit has of these
   */
  public ObjectNode evaluate(QuantumEngine engine, Precision precision) {
    try {
      Evaluation evaluation = engine.compile(circuit, precision).evaluate(inputs);
      ObjectNode results = JsonNodeFactory.instance.objectNode();
      results.set("outputs", rows(evaluation.outputs(), circuit.outputs()));
      cotangents.map(evaluation::vjp).ifPresent(gradients -> put(results, gradients));
      return results;
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
    }
  }

  /**
   * Compares results with the values that the file expects.
   *
   * @return largest difference by field, for the fields that the file has
   * @throws IllegalArgumentException if the file has none of them, or of another shape
   */
  public Map<String, Double> compare(ObjectNode results) {
    Map<String, Double> differences = new LinkedHashMap<>();
    results
        .properties()
        .forEach(
            field -> {
              if (tree.has(field.getKey())) {
                differences.put(
                    field.getKey(),
                    difference(field.getKey(), field.getValue(), tree.get(field.getKey())));
              }
            });
    if (differences.isEmpty()) {
      throw new IllegalArgumentException(
          file
              + " expects no values: it has none of "
              + String.join(", ", results.properties().stream().map(Map.Entry::getKey).toList())
              + "; write them with --write-expected");
    }
    return differences;
  }

  /**
   * Puts results into the file as the values that it expects, and keeps the rest of it.
   *
   * @throws IOException if the file can't be written; it is then as before
   */
  public void writeExpected(ObjectNode results) throws IOException {
    ObjectNode changed = tree.deepCopy();
    changed.setAll(results);
    Path target = file.toRealPath();
    Path temporary = target.resolveSibling(target.getFileName() + ".tmp");
    try {
      Files.writeString(temporary, format(changed));
      Files.move(
          temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      Files.deleteIfExists(temporary);
      throw new IOException(file + " can't be written and is as before: " + e.getMessage(), e);
    }
  }

  /** JSON with a line per field. */
  public static String format(ObjectNode tree) {
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

  private void put(ObjectNode results, Gradients gradients) {
    if (circuit.features() > 0) {
      results.set("grad_x", rows(gradients.features(), circuit.features()));
    }
    if (circuit.weights() > 0) {
      results.set("grad_theta", row(gradients.weights(), 0, circuit.weights()));
    }
    if (circuit.sampleAngles() > 0) {
      results.set("grad_sample", rows(gradients.sampleAngles(), circuit.sampleAngles()));
    }
    if (circuit.hermitianEntries() > 0) {
      ArrayNode diagonal = results.putArray("grad_H_diag");
      ArrayNode real = results.putArray("grad_H_upper_re");
      ArrayNode imaginary = results.putArray("grad_H_upper_im");
      for (Observable observable : circuit.observables()) {
        if (observable instanceof Observable.Hermitian hermitian) {
          int d = hermitian.dimension();
          int first = hermitian.firstEntry();
          double[] entries = gradients.hermitianEntries();
          diagonal.add(row(entries, first, d));
          real.add(upperTriangle(entries, first + d, d));
          imaginary.add(upperTriangle(entries, first + d + d * (d - 1) / 2, d));
        }
      }
    }
  }

  private static ArrayNode upperTriangle(double[] entries, int first, int dimension) {
    ArrayNode matrix = JsonNodeFactory.instance.arrayNode();
    int next = first;
    for (int i = 0; i < dimension; i++) {
      ArrayNode line = matrix.addArray();
      for (int j = 0; j < dimension; j++) {
        line.add(j > i ? entries[next++] : 0.0);
      }
    }
    return matrix;
  }

  private static ArrayNode rows(double[] values, int length) {
    ArrayNode rows = JsonNodeFactory.instance.arrayNode();
    for (int first = 0; first < values.length; first += length) {
      rows.add(row(values, first, length));
    }
    return rows;
  }

  private static ArrayNode row(double[] values, int first, int length) {
    ArrayNode row = JsonNodeFactory.instance.arrayNode();
    for (int i = first; i < first + length; i++) {
      row.add(values[i]);
    }
    return row;
  }

  private double difference(String path, JsonNode found, JsonNode expected) {
    if (found.isNumber() && expected.isNumber()) {
      double difference = Math.abs(found.doubleValue() - expected.doubleValue());
      return Double.isNaN(difference) ? Double.POSITIVE_INFINITY : difference;
    }
    if (!found.isArray() || !expected.isArray() || found.size() != expected.size()) {
      throw new IllegalArgumentException(
          file
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
