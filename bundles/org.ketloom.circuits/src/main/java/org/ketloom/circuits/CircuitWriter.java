package org.ketloom.circuits;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.stream.DoubleStream;
import org.ketloom.api.circuit.AmplitudePreparation;
import org.ketloom.api.circuit.Angle;
import org.ketloom.api.circuit.Channel;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.DensityPreparation;
import org.ketloom.api.circuit.HaarPreparation;
import org.ketloom.api.circuit.Instruction;
import org.ketloom.api.circuit.KrausSet;
import org.ketloom.api.circuit.Observable;
import org.ketloom.api.circuit.Operation;
import org.ketloom.api.circuit.PauliTerm;
import org.ketloom.api.circuit.Preparation;
import org.ketloom.api.engine.Inputs;

/** Puts a circuit and its inputs into the JSON that {@link CircuitReader} reads. */
final class CircuitWriter {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final Circuit circuit;
  private final Inputs inputs;

  private CircuitWriter(Circuit circuit, Inputs inputs) {
    this.circuit = circuit;
    this.inputs = inputs;
    require("features", inputs.features(), inputs.batch() * circuit.features());
    require("weights", inputs.weights(), circuit.weights());
    require("per-sample angles", inputs.sampleAngles(), inputs.batch() * circuit.sampleAngles());
    require("Hermitian entries", inputs.hermitianEntries(), circuit.hermitianEntries());
  }

  static ObjectNode tree(Circuit circuit, Inputs inputs) {
    return new CircuitWriter(circuit, inputs).tree();
  }

  private static void require(String what, double[] values, int expected) {
    if (values.length != expected) {
      throw new IllegalArgumentException(
          "the circuit reads " + expected + " " + what + ", found " + values.length);
    }
    if (!DoubleStream.of(values).allMatch(Double::isFinite)) {
      throw new IllegalArgumentException(what + " must be finite");
    }
  }

  private ObjectNode tree() {
    ObjectNode tree = NODES.objectNode().put("n", circuit.wires()).put("batch", inputs.batch());
    if (circuit.features() > 0) {
      tree.set("x", CircuitResults.rows(inputs.features(), circuit.features()));
    }
    if (circuit.weights() > 0) {
      tree.set("theta", CircuitResults.row(inputs.weights(), 0, circuit.weights()));
    }
    if (circuit.sampleAngles() > 0) {
      tree.set("sample", CircuitResults.rows(inputs.sampleAngles(), circuit.sampleAngles()));
    }
    circuit.start().ifPresent(start -> start(tree, start));
    ArrayNode gates = tree.putArray("gates");
    for (Instruction instruction : circuit.instructions()) {
      gates.add(
          instruction instanceof Operation operation
              ? gate(operation)
              : channel((Channel) instruction));
    }
    if (!circuit.readoutErrors().isEmpty()) {
      ArrayNode errors = tree.putArray("readout");
      circuit
          .readoutErrors()
          .forEach(
              (wire, error) ->
                  errors
                      .addObject()
                      .put("wire", wire)
                      .put("oneForZero", error.oneForZero())
                      .put("zeroForOne", error.zeroForOne()));
    }
    ArrayNode observables = tree.putArray("observables");
    circuit.observables().forEach(observable -> observables.add(observable(observable)));
    return tree;
  }

  private static ObjectNode preparation(AmplitudePreparation p) {
    ObjectNode node = NODES.objectNode();
    node.set("wires", integers(p.wires()));
    return node.put("first", p.firstFeature())
        .put("features", p.complex() ? 2 * p.count() : p.count())
        .put("complex", p.complex())
        .put("padding", p.padding());
  }

  private static void start(ObjectNode tree, Preparation start) {
    if (start instanceof AmplitudePreparation p) {
      tree.set("amplitudes", preparation(p));
      return;
    }
    ObjectNode node = tree.putObject("start");
    if (start instanceof HaarPreparation p) {
      node.put("state", "haar").put("seed", p.seed());
    } else if (start instanceof DensityPreparation p) {
      node.put("state", "density").put("first", p.firstFeature());
    } else {
      node.put("state", "mixed");
    }
    node.set("wires", integers(start.wires()));
  }

  private ObjectNode channel(Channel channel) {
    ObjectNode node = NODES.objectNode().put("channel", channel.kind().symbol());
    node.set("wires", integers(channel.wires()));
    if (!channel.strengths().isEmpty()) {
      ArrayNode strengths = node.putArray("strengths");
      channel.strengths().forEach(strength -> strengths.add(angle(strength)));
    }
    if (channel.bounded()) {
      node.put("bounded", true);
    }
    channel.kraus().ifPresent(kraus -> node.set("kraus", operators(kraus)));
    return node;
  }

  private static ArrayNode operators(KrausSet kraus) {
    ArrayNode operators = NODES.arrayNode();
    for (int k = 0; k < kraus.count(); k++) {
      int operator = k;
      ObjectNode node = operators.addObject();
      node.set("re", matrix(kraus.rows(), (i, j) -> kraus.re(operator, i, j)));
      node.set("im", matrix(kraus.rows(), (i, j) -> kraus.im(operator, i, j)));
    }
    return operators;
  }

  private ObjectNode gate(Operation operation) {
    ObjectNode node = NODES.objectNode().put("gate", operation.gate().name());
    node.set("wires", integers(operation.wires()));
    if (!operation.controls().isEmpty()) {
      node.set("controls", integers(operation.controls()));
    }
    if (!operation.angles().isEmpty()) {
      ArrayNode angles = node.putArray("angles");
      operation.angles().forEach(angle -> angles.add(angle(angle)));
    }
    operation
        .matrix()
        .ifPresent(
            matrix -> {
              node.set("re", matrix(matrix.size(), matrix::re));
              node.set("im", matrix(matrix.size(), matrix::im));
            });
    return node;
  }

  private JsonNode angle(Angle angle) {
    if (angle.source() == Angle.Source.CONSTANT) {
      return NODES.objectNode().put("value", angle.offset());
    }
    ObjectNode node = read(angle.source(), angle.index());
    if (angle.factor().isPresent()) {
      Angle.Factor factor = angle.factor().get();
      node.set("factor", read(factor.source(), factor.index()).put("offset", factor.offset()));
    } else if (angle.scale() == 1 && angle.offset() == 0 && node.has("slot")) {
      return node.get("slot");
    }
    return node.put("scale", angle.scale()).put("offset", angle.offset());
  }

  private ObjectNode read(Angle.Source source, int index) {
    ObjectNode node = NODES.objectNode();
    return switch (source) {
      case FEATURE -> node.put("slot", index);
      case WEIGHT -> node.put("slot", circuit.features() + index);
      case SAMPLE -> node.put("sample", index);
      case CONSTANT -> throw new IllegalArgumentException("a constant is read from no array");
    };
  }

  private JsonNode observable(Observable observable) {
    if (observable instanceof Observable.PauliSum sum) {
      ArrayNode terms = NODES.arrayNode();
      sum.terms().forEach(term -> terms.add(term(term)));
      return terms.size() == 1 ? terms.get(0) : NODES.objectNode().set("sum", terms);
    }
    if (observable instanceof Observable.Hermitian hermitian) {
      ObjectNode node = NODES.objectNode();
      node.set("hermitian", hermitian(hermitian));
      node.set("wires", integers(hermitian.wires()));
      return node;
    }
    if (observable instanceof Observable.SuccessProbability) {
      return NODES.textNode("success");
    }
    if (observable instanceof Observable.Fidelity fidelity) {
      ObjectNode node = NODES.objectNode();
      node.set("fidelity", state(fidelity));
      node.set("wires", integers(fidelity.wires()));
      return node;
    }
    String kind =
        observable instanceof Observable.Amplitudes
            ? "amplitudes"
            : observable instanceof Observable.DensityMatrix
                ? "density"
                : observable instanceof Observable.Purity ? "purity" : "probabilities";
    return NODES.objectNode().set(kind, integers(observable.wires()));
  }

  private static ObjectNode state(Observable.Fidelity fidelity) {
    double[] parts = fidelity.state().stream().mapToDouble(Double::doubleValue).toArray();
    ObjectNode node = NODES.objectNode();
    node.set("re", CircuitResults.row(parts, 0, parts.length / 2));
    node.set("im", CircuitResults.row(parts, parts.length / 2, parts.length / 2));
    return node;
  }

  private static JsonNode term(PauliTerm term) {
    String paulis = CircuitText.paulis(term);
    return term.coefficient() == 1
        ? NODES.textNode(paulis)
        : NODES.objectNode().put("pauli", paulis).put("coefficient", term.coefficient());
  }

  private ObjectNode hermitian(Observable.Hermitian hermitian) {
    int d = hermitian.dimension();
    double[] entries = inputs.hermitianEntries();
    double[] re = new double[d * d];
    double[] im = new double[d * d];
    int nextReal = hermitian.firstEntry() + d;
    int nextImaginary = nextReal + d * (d - 1) / 2;
    for (int i = 0; i < d; i++) {
      re[i * d + i] = entries[hermitian.firstEntry() + i];
      for (int j = i + 1; j < d; j++) {
        re[i * d + j] = re[j * d + i] = entries[nextReal++];
        im[i * d + j] = entries[nextImaginary];
        im[j * d + i] = -entries[nextImaginary++];
      }
    }
    ObjectNode node = NODES.objectNode();
    node.set("re", CircuitResults.rows(re, d));
    node.set("im", CircuitResults.rows(im, d));
    return node;
  }

  /** An entry of a matrix by row and column. */
  private interface Entry {
    double at(int row, int column);
  }

  private static ArrayNode matrix(int size, Entry entry) {
    ArrayNode rows = NODES.arrayNode();
    for (int i = 0; i < size; i++) {
      ArrayNode row = rows.addArray();
      for (int j = 0; j < size; j++) {
        row.add(entry.at(i, j));
      }
    }
    return rows;
  }

  private static ArrayNode integers(List<Integer> values) {
    ArrayNode node = NODES.arrayNode();
    values.forEach(node::add);
    return node;
  }
}
