package org.ketloom.circuits;

import static org.ketloom.circuits.JsonFields.array;
import static org.ketloom.circuits.JsonFields.at;
import static org.ketloom.circuits.JsonFields.flag;
import static org.ketloom.circuits.JsonFields.flat;
import static org.ketloom.circuits.JsonFields.integer;
import static org.ketloom.circuits.JsonFields.integers;
import static org.ketloom.circuits.JsonFields.known;
import static org.ketloom.circuits.JsonFields.matrix;
import static org.ketloom.circuits.JsonFields.number;
import static org.ketloom.circuits.JsonFields.numbers;
import static org.ketloom.circuits.JsonFields.range;
import static org.ketloom.circuits.JsonFields.required;
import static org.ketloom.circuits.JsonFields.square;
import static org.ketloom.circuits.JsonFields.wholeNumber;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.ketloom.api.circuit.Angles;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.circuit.DensityPreparation;
import org.ketloom.api.circuit.Pauli;
import org.ketloom.api.circuit.PauliTerm;
import org.ketloom.api.circuit.ReadoutError;
import org.ketloom.api.engine.Inputs;
import org.ketloom.files.StrictJson;

/** Takes a circuit and its inputs out of the JSON of a {@link CircuitFile}. */
final class CircuitReader {
  private static final Pattern PAULI_STRING = Pattern.compile("(?:[XYZ]\\d+)(?:\\s+[XYZ]\\d+)*|I");
  private static final Pattern PAULI = Pattern.compile("([XYZ])(\\d+)");
  private static final String SUCCESS = "success";
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
    start(builder);
    builder.weights(theta.length);
    builder.sampleAngles(width(samples, "sample", "n_sample"));
    JsonNode gates = array(required(tree, "gates", ""), "gates");
    InstructionReader instructions = new InstructionReader(builder, features, theta.length);
    for (int i = 0; i < gates.size(); i++) {
      instructions.append(gates.get(i), "gates[" + i + "]");
    }
    readoutErrors(builder);
    observables(builder);
    return builder.build();
  }

  private void start(CircuitBuilder builder) {
    if (tree.has("amplitudes") && tree.has("start")) {
      throw new IllegalArgumentException("amplitudes and start are both given; give one of them");
    }
    if (tree.has("amplitudes")) {
      JsonNode node = tree.get("amplitudes");
      known(node, "amplitudes", "wires", "first", "features", "complex", "padding");
      CircuitBuilder view = view(builder, node, "amplitudes");
      int first = node.has("first") ? integer(node.get("first"), "amplitudes.first") : 0;
      int given =
          node.has("features")
              ? integer(node.get("features"), "amplitudes.features")
              : features - first;
      view.prepareAmplitudes(
          features(builder, first, given, "amplitudes"),
          node.has("complex") && flag(node.get("complex"), "amplitudes.complex"),
          node.has("padding") ? number(node.get("padding"), "amplitudes.padding") : 0);
    } else if (tree.has("start")) {
      JsonNode node = tree.get("start");
      known(node, "start", "state", "wires", "first", "seed");
      switch (required(node, "state", "start").asText()) {
        case "mixed" -> {
          known(node, "start", "state", "wires");
          features(builder, 0, 0, "start");
          view(builder, node, "start").prepareMixed();
        }
        case "haar" -> {
          known(node, "start", "state", "wires", "seed");
          features(builder, 0, 0, "start");
          view(builder, node, "start")
              .prepareHaarRandom(wholeNumber(required(node, "seed", "start"), "start.seed"));
        }
        case "density" -> {
          known(node, "start", "state", "wires", "first");
          CircuitBuilder view = view(builder, node, "start");
          int first = node.has("first") ? integer(node.get("first"), "start.first") : 0;
          int entries = 1 << 2 * Math.min(view.wires(), DensityPreparation.MAX_WIRES);
          view.prepareDensityMatrix(features(builder, first, entries, "start"));
        }
        default ->
            throw new IllegalArgumentException(
                "start.state is mixed, haar or density, found "
                    + StrictJson.quote(node.get("state")));
      }
    } else {
      features(builder, 0, 0, "the circuit");
    }
  }

  private static CircuitBuilder view(CircuitBuilder builder, JsonNode node, String path) {
    return node.has("wires") ? builder.on(integers(node.get("wires"), path + ".wires")) : builder;
  }

  /** Declares all features, some of them as a block of its own. */
  private Angles features(CircuitBuilder builder, int first, int count, String path) {
    if (count < 0 || first < 0 || count > features - first) {
      throw new IllegalArgumentException(
          path
              + " takes "
              + count
              + " features"
              + (first == 0 ? "" : " from number " + first + " on")
              + ", but x has "
              + features
              + " values per sample");
    }
    builder.features(first);
    Angles block = builder.features(count);
    builder.features(features - first - count);
    return block;
  }

  private void readoutErrors(CircuitBuilder builder) {
    if (!tree.has("readout")) {
      return;
    }
    JsonNode errors = array(tree.get("readout"), "readout");
    for (int i = 0; i < errors.size(); i++) {
      String path = "readout[" + i + "]";
      JsonNode node = errors.get(i);
      known(node, path, "wire", "oneForZero", "zeroForOne");
      try {
        builder.readoutError(
            integer(required(node, "wire", path), path + ".wire"),
            new ReadoutError(
                number(required(node, "oneForZero", path), path + ".oneForZero"),
                number(required(node, "zeroForOne", path), path + ".zeroForOne")));
      } catch (IllegalArgumentException e) {
        throw at(path, e);
      }
    }
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
    if (node.isTextual() && node.textValue().strip().equals(SUCCESS)) {
      builder.successProbability();
    } else if (node.isTextual() || node.has("pauli")) {
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
    } else if (node.has("density")) {
      known(node, path, "density");
      builder.densityMatrix(integers(node.get("density"), path + ".density"));
    } else if (node.has("purity")) {
      known(node, path, "purity");
      builder.purity(integers(node.get("purity"), path + ".purity"));
    } else if (node.has("fidelity")) {
      known(node, path, "fidelity", "wires");
      int[] wires = integers(required(node, "wires", path), path + ".wires");
      builder.fidelity(state(node.get("fidelity"), path + ".fidelity"), wires);
    } else {
      throw new IllegalArgumentException(
          path
              + ": an observable is a Pauli string such as \"Z0 X1\", or an object with \"pauli\","
              + " \"sum\", \"hermitian\", \"probabilities\", \"amplitudes\", \"density\","
              + " \"purity\" or \"fidelity\", or \"success\"; found "
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

  /** Real parts, then imaginary parts. */
  private static double[] state(JsonNode node, String path) {
    known(node, path, "re", "im");
    double[] re = numbers(required(node, "re", path), path + ".re");
    double[] im = node.has("im") ? numbers(node.get("im"), path + ".im") : new double[re.length];
    if (im.length != re.length) {
      throw new IllegalArgumentException(
          path + " has " + re.length + " real and " + im.length + " imaginary parts");
    }
    return DoubleStream.concat(Arrays.stream(re), Arrays.stream(im)).toArray();
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
}
