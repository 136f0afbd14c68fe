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
import static org.ketloom.circuits.JsonFields.required;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.ketloom.api.circuit.Angle;
import org.ketloom.api.circuit.Channel;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.circuit.Gate;
import org.ketloom.api.circuit.KrausSet;
import org.ketloom.api.circuit.UnitaryMatrix;
import org.ketloom.files.StrictJson;

/** Appends the gates and channels that a file lists. */
final class InstructionReader {
  private final CircuitBuilder builder;
  private final int features;
  private final int weights;

  /** Slots count through the features and then the weights. */
  InstructionReader(CircuitBuilder builder, int features, int weights) {
    this.builder = builder;
    this.features = features;
    this.weights = weights;
  }

  void append(JsonNode node, String path) {
    try {
      if (node.isArray() && node.size() >= 2 && node.size() <= 3 && node.get(0).isTextual()) {
        String name = node.get(0).textValue();
        int[] wires = integers(node.get(1), path + "[1]");
        Optional<Channel.Kind> kind = kind(name);
        if (kind.isPresent()) {
          channel(kind.get(), wires, angles(node.get(2), path, "strength"), node, path);
        } else {
          gate(name, new ArrayList<>(), wires, node.get(2), node, path);
        }
      } else if (node.isObject() && node.path("gate").isTextual()) {
        known(node, path, "gate", "wires", "controls", "angles", "re", "im");
        List<Integer> controls = new ArrayList<>();
        if (node.has("controls")) {
          for (int c : integers(node.get("controls"), path + ".controls")) {
            controls.add(c);
          }
        }
        int[] wires = integers(required(node, "wires", path), path + ".wires");
        gate(node.get("gate").textValue(), controls, wires, node.get("angles"), node, path);
      } else if (node.isObject() && node.path("channel").isTextual()) {
        known(node, path, "channel", "wires", "strengths", "bounded", "kraus");
        String name = node.get("channel").textValue();
        int[] wires = integers(required(node, "wires", path), path + ".wires");
        Channel.Kind kind =
            kind(name)
                .orElseThrow(
                    () ->
                        new IllegalArgumentException(
                            path + ": there is no channel \"" + name + "\"; " + channels()));
        channel(kind, wires, angles(node.get("strengths"), path, "strength"), node, path);
      } else {
        throw new IllegalArgumentException(
            path
                + ": a gate is [name, wires, slot], or an object with \"gate\", \"wires\" and, where"
                + " needed, \"controls\", \"angles\", \"re\", \"im\"; a channel is alike, or an"
                + " object with \"channel\", \"wires\", \"strengths\", \"bounded\", \"kraus\"; found "
                + StrictJson.quote(node));
      }
    } catch (IllegalArgumentException e) {
      throw at(path, e);
    }
  }

  private void channel(
      Channel.Kind kind, int[] wires, Angle[] strengths, JsonNode node, String path) {
    boolean bounded = node.has("bounded") && flag(node.get("bounded"), path + ".bounded");
    if (kind != Channel.Kind.KRAUS) {
      if (node.has("kraus")) {
        throw new IllegalArgumentException(
            path + ": " + kind.symbol() + " takes no operators, but \"kraus\" is given");
      }
      if (bounded) {
        builder.boundedChannel(kind, wires, strengths);
      } else {
        builder.channel(kind, wires, strengths);
      }
      return;
    }
    if (bounded || strengths.length > 0) {
      throw new IllegalArgumentException(path + ": KRAUS takes operators alone, no strengths");
    }
    JsonNode operators = array(required(node, "kraus", path), path + ".kraus");
    double[][] re = new double[operators.size()][];
    double[][] im = new double[operators.size()][];
    for (int k = 0; k < re.length; k++) {
      String at = path + ".kraus[" + k + "]";
      known(operators.get(k), at, "re", "im");
      re[k] = flat(matrix(required(operators.get(k), "re", at), at + ".re"));
      im[k] =
          operators.get(k).has("im")
              ? flat(matrix(operators.get(k).get("im"), at + ".im"))
              : new double[re[k].length];
    }
    builder.kraus(new KrausSet(re, im), wires);
  }

  private void gate(
      String name,
      List<Integer> controls,
      int[] wires,
      JsonNode angleNode,
      JsonNode node,
      String path) {
    int implied = 0;
    // CNOT, CCNOT and so on are controlled X.
    String base = name.toUpperCase(Locale.ROOT).replaceFirst("CNOT$", "CX");
    while (!isGate(base) && base.startsWith("C")) {
      base = base.substring(1);
      implied++;
    }
    if (!isGate(base)) {
      String hint =
          kind(base).isEmpty()
              ? ""
              : implied > 0
                  ? ": a channel has no controls"
                  : ": it is a channel, write \"channel\" in place of \"gate\", and \"strengths\" in"
                      + " place of \"angles\"";
      throw new IllegalArgumentException(
          path
              + ": there is no gate \""
              + name
              + "\""
              + (hint.isEmpty() ? "; " + gates() + "; " + channels() : hint));
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
      view.gate(gate, targets, angles(angleNode, path, "angle"));
    }
  }

  private static boolean isGate(String name) {
    return Stream.of(Gate.values()).anyMatch(g -> g.name().equals(name));
  }

  private static Optional<Channel.Kind> kind(String name) {
    return Stream.of(Channel.Kind.values())
        .filter(k -> k.symbol().equals(name.toUpperCase(Locale.ROOT)))
        .findFirst();
  }

  private static String gates() {
    return Stream.of(Gate.values())
        .map(Gate::name)
        .collect(
            Collectors.joining(
                ", ", "gates are ", ", CNOT, and each with a C in front per control"));
  }

  private static String channels() {
    return Stream.of(Channel.Kind.values())
        .map(Channel.Kind::symbol)
        .collect(Collectors.joining(", ", "channels are ", ""));
  }

  private Angle[] angles(JsonNode node, String path, String what) {
    if (node == null || node.isNull()) {
      return new Angle[0];
    }
    if (!node.isArray()) {
      return new Angle[] {angle(node, path + ": " + what)};
    }
    Angle[] angles = new Angle[node.size()];
    for (int i = 0; i < angles.length; i++) {
      angles[i] = angle(node.get(i), path + ": " + what + " " + i);
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
    known(node, path, node.has("slot") ? "slot" : "sample", "scale", "offset", "factor");
    Angle source =
        node.has("slot")
            ? slot(integer(node.get("slot"), path + ".slot"), path)
            : new Angle(Angle.Source.SAMPLE, integer(node.get("sample"), path + ".sample"), 1, 0);
    if (node.has("factor")) {
      Angle factor = angle(node.get("factor"), path + ".factor");
      try {
        source = source.times(factor);
      } catch (IllegalArgumentException e) {
        throw at(path, e);
      }
    }
    double scale = node.has("scale") ? number(node.get("scale"), path + ".scale") : 1;
    double offset = node.has("offset") ? number(node.get("offset"), path + ".offset") : 0;
    return source.times(scale).plus(offset);
  }

  private Angle slot(int slot, String path) {
    if (slot < 0 || slot >= features + weights) {
      throw new IllegalArgumentException(
          path
              + ": there is no slot "
              + slot
              + "; x has "
              + features
              + " values and theta "
              + weights
              + ", so slots are 0 to "
              + (features + weights - 1));
    }
    return slot < features
        ? new Angle(Angle.Source.FEATURE, slot, 1, 0)
        : new Angle(Angle.Source.WEIGHT, slot - features, 1, 0);
  }
}
