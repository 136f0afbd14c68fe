package org.ketloom.circuits;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.ketloom.api.circuit.Angle;
import org.ketloom.api.circuit.Angles;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.circuit.Gate;
import org.ketloom.api.circuit.Pauli;
import org.ketloom.api.circuit.PauliTerm;
import org.ketloom.api.circuit.UnitaryMatrix;
import org.ketloom.api.engine.Inputs;
import org.ketloom.files.StrictJson;

/** Takes a circuit and its inputs out of the JSON of a {@link CircuitFile}. */
final class CircuitReader {
  private static final Pattern PAULI_STRING = Pattern.compile("(?:[XYZ]\\d+)(?:\\s+[XYZ]\\d+)*|I");
  private static final Pattern PAULI = Pattern.compile("([XYZ])(\\d+)");
  private static final String ALL_Z = "Z_i for i=0..n-1";

  /** Of what an entry may differ from the conjugate of its mirror, as part of the largest entry. */
  private static final double HERMITIAN_TOLERANCE = 1e-12;

  /** Far more than any engine runs, and few enough for a drawing. */
  private static final int MOST_WIRES = 1024;

  private final ObjectNode tree;
  private final double[][] x;
  private final double[][] samples;
  private final double[] theta;
  private final int batch;
  private final int features;
  private final List<double[]> hermitians = new ArrayList<>();
  private final Circuit circuit;

  CircuitReader(ObjectNode tree) {
    this.tree = tree;
    this.x = matrix(tree, "x");
    this.samples = matrix(tree, "sample");
    this.theta = tree.has("theta") ? numbers(tree.get("theta"), "theta") : new double[0];
    this.batch = batch();
    this.features = width(x, "x", "n_x");
    if (tree.has("n_theta") && integer(tree.get("n_theta"), "n_theta") != theta.length) {
      throw new IllegalArgumentException(
          "n_theta is " + tree.get("n_theta") + ", but theta has " + theta.length + " values");
    }
    this.circuit = build();
  }

  Circuit circuit() {
    return circuit;
  }

  Inputs inputs() {
    return new Inputs(
        batch, flat(x), theta, flat(samples), flat(hermitians.toArray(double[][]::new)));
  }

  Optional<double[]> cotangents(int outputs) {
    if (!tree.has("cotangent")) {
      return Optional.empty();
    }
    double[][] rows = matrix(tree, "cotangent");
    for (int i = 0; i < rows.length; i++) {
      if (rows[i].length != outputs) {
        throw new IllegalArgumentException(
            "cotangent[" + i + "] has " + rows[i].length + " values; the outputs are " + outputs);
      }
    }
    if (rows.length != batch) {
      throw new IllegalArgumentException(
          "cotangent has " + rows.length + " rows; the batch is " + batch);
    }
    return Optional.of(flat(rows));
  }

  private Circuit build() {
    int wires = integer(required(tree, "n", ""), "n");
    if (wires > MOST_WIRES) {
      throw new IllegalArgumentException(
          "n is " + wires + " wires, expected at most " + MOST_WIRES);
    }
    CircuitBuilder builder = Circuit.builder(wires);
    JsonNode amplitudes = tree.get("amplitudes");
    if (amplitudes != null) {
      known(amplitudes, "amplitudes", "wires", "first", "features", "complex", "padding");
    }
    int given =
        amplitudes == null
            ? 0
            : amplitudes.has("features")
                ? integer(amplitudes.get("features"), "amplitudes.features")
                : features;
    int first =
        amplitudes != null && amplitudes.has("first")
            ? integer(amplitudes.get("first"), "amplitudes.first")
            : 0;
    if (given < 0 || first < 0 || given > features - first) {
      throw new IllegalArgumentException(
          "amplitudes.features is "
              + given
              + (first == 0 ? "" : " and amplitudes.first " + first)
              + ", but x has "
              + features
              + " values per sample");
    }
    builder.features(first);
    Angles vector = builder.features(given);
    builder.features(features - first - given);
    builder.weights(theta.length);
    builder.sampleAngles(width(samples, "sample", "n_sample"));
    if (amplitudes != null) {
      int[] on =
          amplitudes.has("wires")
              ? integers(amplitudes.get("wires"), "amplitudes.wires")
              : range(builder.wires());
      builder
          .on(on)
          .prepareAmplitudes(
              vector,
              amplitudes.has("complex") && flag(amplitudes.get("complex"), "amplitudes.complex"),
              amplitudes.has("padding")
                  ? number(amplitudes.get("padding"), "amplitudes.padding")
                  : 0);
    }
    JsonNode gates = array(required(tree, "gates", ""), "gates");
    for (int i = 0; i < gates.size(); i++) {
      gate(builder, gates.get(i), "gates[" + i + "]");
    }
    observables(builder);
    return builder.build();
  }

  private void gate(CircuitBuilder builder, JsonNode node, String path) {
    String name;
    int[] wires;
    JsonNode angleNode;
    List<Integer> controls = new ArrayList<>();
    if (node.isArray() && node.size() >= 2 && node.size() <= 3 && node.get(0).isTextual()) {
      name = node.get(0).textValue();
      wires = integers(node.get(1), path + "[1]");
      angleNode = node.get(2);
    } else if (node.isObject() && node.path("gate").isTextual()) {
      known(node, path, "gate", "wires", "controls", "angles", "re", "im");
      name = node.get("gate").textValue();
      wires = integers(required(node, "wires", path), path + ".wires");
      angleNode = node.get("angles");
      if (node.has("controls")) {
        for (int c : integers(node.get("controls"), path + ".controls")) {
          controls.add(c);
        }
      }
    } else {
      throw new IllegalArgumentException(
          path
              + ": a gate is [name, wires, slot], or an object with \"gate\", \"wires\" and, where"
              + " needed, \"controls\", \"angles\", \"re\", \"im\"; found "
              + StrictJson.quote(node));
    }

    int implied = 0;
    // CNOT, CCNOT and so on are controlled X.
    String base = name.toUpperCase(Locale.ROOT).replaceFirst("CNOT$", "CX");
    while (!isGate(base) && base.startsWith("C")) {
      base = base.substring(1);
      implied++;
    }
    if (!isGate(base)) {
      throw new IllegalArgumentException(
          path
              + ": there is no gate \""
              + name
              + "\"; gates are "
              + Stream.of(Gate.values())
                  .map(Gate::name)
                  .reduce((a, b) -> a + ", " + b)
                  .orElseThrow()
              + ", CNOT, and each with a C in front per control");
    }
    if (implied > wires.length) {
      throw new IllegalArgumentException(
          path
              + ": "
              + name
              + " has "
              + implied
              + " control wires and a target, found "
              + wires.length);
    }
    for (int c = 0; c < implied; c++) {
      controls.add(wires[c]);
    }
    int[] targets = Arrays.copyOfRange(wires, implied, wires.length);
    try {
      CircuitBuilder view =
          builder.controlledBy(controls.stream().mapToInt(Integer::intValue).toArray());
      Gate gate = Gate.valueOf(base);
      if (gate.isUnitary()) {
        if (angleNode != null && !angleNode.isNull()) {
          throw new IllegalArgumentException(
              path + ": " + name + " takes no angles, found " + StrictJson.quote(angleNode));
        }
        view.unitary(
            new UnitaryMatrix(
                flat(matrix(required(node, "re", path), path + ".re")),
                flat(matrix(required(node, "im", path), path + ".im"))),
            targets);
      } else {
        if (node.has("re") || node.has("im")) {
          throw new IllegalArgumentException(
              path + ": " + name + " takes no matrix, but \"re\" or \"im\" is given");
        }
        view.gate(gate, targets, angles(angleNode, path));
      }
    } catch (IllegalArgumentException e) {
      throw e.getMessage() != null && e.getMessage().startsWith(path)
          ? e
          : new IllegalArgumentException(path + ": " + e.getMessage(), e);
    }
  }

  private static boolean isGate(String name) {
    return Stream.of(Gate.values()).anyMatch(g -> g.name().equals(name));
  }

  private Angle[] angles(JsonNode node, String path) {
    if (node == null || node.isNull()) {
      return new Angle[0];
    }
    if (!node.isArray()) {
      return new Angle[] {angle(node, path + ": angle")};
    }
    Angle[] angles = new Angle[node.size()];
    for (int i = 0; i < angles.length; i++) {
      angles[i] = angle(node.get(i), path + ": angle " + i);
    }
    return angles;
  }

  private Angle angle(JsonNode node, String path) {
    if (node.isNumber()) {
      return slot(integer(node, path), path);
    }
    if (node.has("value")) {
      known(node, path, "value");
      return Angle.constant(number(node.get("value"), path + ".value"));
    }
    if (!node.has("slot") && !node.has("sample")) {
      throw new IllegalArgumentException(
          path
              + " is a slot, or an object with \"value\", \"slot\" or \"sample\"; found "
              + StrictJson.quote(node));
    }
    known(node, path, node.has("slot") ? "slot" : "sample", "scale", "offset");
    Angle source =
        node.has("slot")
            ? slot(integer(node.get("slot"), path + ".slot"), path)
            : new Angle(Angle.Source.SAMPLE, integer(node.get("sample"), path + ".sample"), 1, 0);
    double scale = node.has("scale") ? number(node.get("scale"), path + ".scale") : 1;
    double offset = node.has("offset") ? number(node.get("offset"), path + ".offset") : 0;
    return source.times(scale).plus(offset);
  }

  private Angle slot(int slot, String path) {
    if (slot < 0 || slot >= features + theta.length) {
      throw new IllegalArgumentException(
          path
              + ": there is no slot "
              + slot
              + "; x has "
              + features
              + " values and theta "
              + theta.length
              + ", so slots are 0 to "
              + (features + theta.length - 1));
    }
    return slot < features
        ? new Angle(Angle.Source.FEATURE, slot, 1, 0)
        : new Angle(Angle.Source.WEIGHT, slot - features, 1, 0);
  }

  private void observables(CircuitBuilder builder) {
    JsonNode node = tree.get("observables");
    for (String other : List.of("windows", "hermitian")) {
      if (node != null && tree.has(other)) {
        throw new IllegalArgumentException(
            "observables and " + other + " are both given; a Hermitian goes into the list");
      }
    }
    if (node == null && tree.has("windows")) {
      JsonNode windows = array(tree.get("windows"), "windows");
      JsonNode matrices = array(required(tree, "hermitian", ""), "hermitian");
      if (windows.size() != matrices.size()) {
        throw new IllegalArgumentException(
            windows.size() + " windows need as many hermitian, found " + matrices.size());
      }
      for (int i = 0; i < windows.size(); i++) {
        hermitian(
            builder,
            integers(windows.get(i), "windows[" + i + "]"),
            matrices.get(i),
            "hermitian[" + i + "]");
      }
    } else if (node != null && node.isTextual() && node.textValue().strip().equals(ALL_Z)) {
      for (int wire = 0; wire < builder.wires(); wire++) {
        builder.expect(PauliTerm.of(Pauli.Z, wire));
      }
    } else if (node != null && node.isArray()) {
      for (int i = 0; i < node.size(); i++) {
        observable(builder, node.get(i), "observables[" + i + "]");
      }
    } else {
      throw new IllegalArgumentException(
          (node == null ? "observables is missing" : "observables is " + StrictJson.quote(node))
              + ": give a list of observables, \""
              + ALL_Z
              + "\", or windows and hermitian");
    }
  }

  private void observable(CircuitBuilder builder, JsonNode node, String path) {
    if (node.isTextual() || node.has("pauli")) {
      builder.expect(term(node, path));
    } else if (node.has("sum")) {
      known(node, path, "sum");
      List<PauliTerm> terms = new ArrayList<>();
      JsonNode sum = array(node.get("sum"), path + ".sum");
      for (int i = 0; i < sum.size(); i++) {
        terms.add(term(sum.get(i), path + ".sum[" + i + "]"));
      }
      builder.expect(terms.toArray(PauliTerm[]::new));
    } else if (node.has("hermitian")) {
      known(node, path, "hermitian", "wires");
      int[] wires = integers(required(node, "wires", path), path + ".wires");
      hermitian(builder, wires, node.get("hermitian"), path + ".hermitian");
    } else if (node.has("probabilities")) {
      known(node, path, "probabilities");
      builder.probabilities(integers(node.get("probabilities"), path + ".probabilities"));
    } else if (node.has("amplitudes")) {
      known(node, path, "amplitudes");
      int[] wires = integers(node.get("amplitudes"), path + ".amplitudes");
      if (!Arrays.equals(wires, range(builder.wires()))) {
        throw new IllegalArgumentException(
            path
                + ".amplitudes are of the whole state: all wires in ascending order, found "
                + Arrays.toString(wires));
      }
      builder.amplitudes();
    } else {
      throw new IllegalArgumentException(
          path
              + ": an observable is a Pauli string such as \"Z0 X1\", or an object with \"pauli\","
              + " \"sum\", \"hermitian\", \"probabilities\" or \"amplitudes\"; found "
              + StrictJson.quote(node));
    }
  }

  private static PauliTerm term(JsonNode node, String path) {
    String text = node.isTextual() ? node.textValue() : node.path("pauli").asText();
    double coefficient = 1;
    if (!node.isTextual()) {
      known(node, path, "pauli", "coefficient");
      if (node.has("coefficient")) {
        coefficient = number(node.get("coefficient"), path + ".coefficient");
      }
    }
    String string = text.strip();
    if (!PAULI_STRING.matcher(string).matches()) {
      throw new IllegalArgumentException(
          path + ": a Pauli string is like \"Z0 X1\" or \"I\", found \"" + text + "\"");
    }
    List<Integer> wires = new ArrayList<>();
    List<Pauli> paulis = new ArrayList<>();
    Matcher matcher = PAULI.matcher(string);
    while (matcher.find()) {
      paulis.add(Pauli.valueOf(matcher.group(1)));
      wires.add(Integer.valueOf(matcher.group(2)));
    }
    return new PauliTerm(coefficient, wires, paulis);
  }

  private void hermitian(CircuitBuilder builder, int[] wires, JsonNode node, String path) {
    builder.expectHermitian(wires);
    known(node, path, "re", "im");
    int d = 1 << wires.length;
    double[][] re = square(required(node, "re", path), path + ".re", d);
    double[][] im = node.has("im") ? square(node.get("im"), path + ".im", d) : new double[d][d];
    double largest =
        Stream.of(re, im)
            .flatMap(Arrays::stream)
            .flatMapToDouble(Arrays::stream)
            .map(Math::abs)
            .max()
            .orElse(0);
    double[] entries = new double[d * d];
    int nextReal = d;
    int nextImaginary = d + d * (d - 1) / 2;
    for (int i = 0; i < d; i++) {
      entries[i] = re[i][i];
      for (int j = i; j < d; j++) {
        double difference = Math.hypot(re[i][j] - re[j][i], im[i][j] + im[j][i]);
        if (difference > HERMITIAN_TOLERANCE * largest) {
          throw new IllegalArgumentException(
              path
                  + " is not Hermitian: ["
                  + i
                  + "]["
                  + j
                  + "] is not the conjugate of its mirror");
        }
        if (j > i) {
          entries[nextReal++] = re[i][j];
          entries[nextImaginary++] = im[i][j];
        }
      }
    }
    hermitians.add(entries);
  }

  private int batch() {
    int rows =
        tree.has("x")
            ? x.length
            : tree.has("sample")
                ? samples.length
                : tree.has("batch") ? integer(tree.get("batch"), "batch") : 1;
    if (rows < 1
        || (tree.has("batch") && integer(tree.get("batch"), "batch") != rows)
        || (tree.has("sample") && samples.length != rows)) {
      throw new IllegalArgumentException(
          "x, sample and batch must tell one number of samples, at least 1; found "
              + x.length
              + " rows of x, "
              + samples.length
              + " of sample, batch "
              + tree.path("batch").asText("not given"));
    }
    return rows;
  }

  private int width(double[][] rows, String name, String declaration) {
    int width = rows.length == 0 ? 0 : rows[0].length;
    if (tree.has(declaration)) {
      width = integer(tree.get(declaration), declaration);
    }
    for (int i = 0; i < rows.length; i++) {
      if (rows[i].length != width) {
        throw new IllegalArgumentException(
            name + "[" + i + "] should have " + width + " values, found " + rows[i].length);
      }
    }
    return width;
  }

  private static double[][] square(JsonNode node, String path, int size) {
    double[][] rows = matrix(node, path);
    if (rows.length != size || Arrays.stream(rows).anyMatch(row -> row.length != size)) {
      throw new IllegalArgumentException(
          path + " should be " + size + "x" + size + ", a row and column per basis state");
    }
    return rows;
  }

  private static double[][] matrix(ObjectNode tree, String field) {
    return tree.has(field) ? matrix(tree.get(field), field) : new double[0][];
  }

  private static double[][] matrix(JsonNode node, String path) {
    double[][] rows = new double[array(node, path).size()][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = numbers(node.get(i), path + "[" + i + "]");
    }
    return rows;
  }

  private static double[] numbers(JsonNode node, String path) {
    double[] values = new double[array(node, path).size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = number(node.get(i), path + "[" + i + "]");
    }
    return values;
  }

  private static int[] integers(JsonNode node, String path) {
    int[] values = new int[array(node, path).size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = integer(node.get(i), path + "[" + i + "]");
    }
    return values;
  }

  private static double number(JsonNode node, String path) {
    if (!node.isNumber() || !Double.isFinite(node.doubleValue())) {
      throw new IllegalArgumentException(
          path + " should be a finite number, found " + StrictJson.quote(node));
    }
    return node.doubleValue();
  }

  private static boolean flag(JsonNode node, String path) {
    if (!node.isBoolean()) {
      throw new IllegalArgumentException(
          path + " should be true or false, found " + StrictJson.quote(node));
    }
    return node.booleanValue();
  }

  private static int integer(JsonNode node, String path) {
    if (!node.isIntegralNumber() || !node.canConvertToInt()) {
      throw new IllegalArgumentException(
          path + " should be a whole number, found " + StrictJson.quote(node));
    }
    return node.intValue();
  }

  private static JsonNode array(JsonNode node, String path) {
    if (!node.isArray()) {
      throw new IllegalArgumentException(
          path + " should be a list, found " + StrictJson.quote(node));
    }
    return node;
  }

  private static JsonNode required(JsonNode node, String field, String path) {
    if (!node.has(field)) {
      throw new IllegalArgumentException(
          (path.isEmpty() ? "" : path + ": ") + "\"" + field + "\" is missing");
    }
    return node.get(field);
  }

  /** Refuses what is no object, or has other fields. */
  private static void known(JsonNode node, String path, String... fields) {
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

  private static int[] range(int end) {
    int[] values = new int[end];
    Arrays.setAll(values, i -> i);
    return values;
  }

  private static double[] flat(double[][] rows) {
    return Arrays.stream(rows).flatMapToDouble(Arrays::stream).toArray();
  }
}
