package org.ketloom.circuits;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.List;
import org.ketloom.files.StrictJson;

/** Takes values of a known type out of JSON; errors begin with the path of the field. */
final class JsonFields {
  private JsonFields() {}

  static double[][] square(JsonNode node, String path, int size) {
    double[][] rows = matrix(node, path);
    if (rows.length != size || Arrays.stream(rows).anyMatch(row -> row.length != size)) {
      throw new IllegalArgumentException(
          path + " should be " + size + "x" + size + ", a row and column per basis state");
    }
    return rows;
  }

  static double[][] matrix(ObjectNode tree, String field) {
    return tree.has(field) ? matrix(tree.get(field), field) : new double[0][];
  }

  static double[][] matrix(JsonNode node, String path) {
    double[][] rows = new double[array(node, path).size()][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = numbers(node.get(i), path + "[" + i + "]");
    }
    return rows;
  }

  static double[] numbers(JsonNode node, String path) {
    double[] values = new double[array(node, path).size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = number(node.get(i), path + "[" + i + "]");
    }
    return values;
  }

  static int[] integers(JsonNode node, String path) {
    int[] values = new int[array(node, path).size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = integer(node.get(i), path + "[" + i + "]");
    }
    return values;
  }

  static double number(JsonNode node, String path) {
    if (!node.isNumber() || !Double.isFinite(node.doubleValue())) {
      throw new IllegalArgumentException(
          path + " should be a finite number, found " + StrictJson.quote(node));
    }
    return node.doubleValue();
  }

  static boolean flag(JsonNode node, String path) {
    if (!node.isBoolean()) {
      throw new IllegalArgumentException(
          path + " should be true or false, found " + StrictJson.quote(node));
    }
    return node.booleanValue();
  }

  static int integer(JsonNode node, String path) {
    if (!node.isIntegralNumber() || !node.canConvertToInt()) {
      throw new IllegalArgumentException(
          path + " should be a whole number, found " + StrictJson.quote(node));
    }
    return node.intValue();
  }

  static long wholeNumber(JsonNode node, String path) {
    if (!node.isIntegralNumber() || !node.canConvertToLong()) {
      throw new IllegalArgumentException(
          path + " should be a whole number, found " + StrictJson.quote(node));
    }
    return node.longValue();
  }

  static JsonNode array(JsonNode node, String path) {
    if (!node.isArray()) {
      throw new IllegalArgumentException(
          path + " should be a list, found " + StrictJson.quote(node));
    }
    return node;
  }

  static JsonNode required(JsonNode node, String field, String path) {
    if (!node.has(field)) {
      throw new IllegalArgumentException(
          (path.isEmpty() ? "" : path + ": ") + "\"" + field + "\" is missing");
    }
    return node.get(field);
  }

  /** An error of something that doesn't know the file, with the path in front. */
  static IllegalArgumentException at(String path, IllegalArgumentException e) {
    return e.getMessage() != null && e.getMessage().startsWith(path)
        ? e
        : new IllegalArgumentException(path + ": " + e.getMessage(), e);
  }

  /** Refuses what is no object, or has other fields. */
  static void known(JsonNode node, String path, String... fields) {
    if (!node.isObject()) {
      throw new IllegalArgumentException(
          path
              + " should be an object with "
              + String.join(", ", fields)
              + ", found "
              + StrictJson.quote(node));
    }
    node.fieldNames()
        .forEachRemaining(
            name -> {
              if (!List.of(fields).contains(name)) {
                throw new IllegalArgumentException(
                    path + " has no field \"" + name + "\"; it has " + String.join(", ", fields));
              }
            });
  }

  static int[] range(int end) {
    int[] values = new int[end];
    Arrays.setAll(values, i -> i);
    return values;
  }

  static double[] flat(double[][] rows) {
    return Arrays.stream(rows).flatMapToDouble(Arrays::stream).toArray();
  }
}
