package org.ketloom.circuits;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Runs the part of OpenQASM 3 that {@link OpenQasm} writes, on the gates of stdgates.inc. */
final class QasmInterpreter {
  private record Definition(List<String> parameters, List<String> qubits, List<String> body) {}

  private record Control(int qubit, int value) {}

  private static final Pattern GATE =
      Pattern.compile("gate (\\w+)(?:\\(([^)]*)\\))? ([\\w, ]+) \\{ (.*) \\}");
  private static final Pattern CALL = Pattern.compile("(\\w+)(?:\\((.*)\\))?(?: ([^()]+))?");

  private final Map<String, Definition> definitions = new HashMap<>();
  private final Map<String, Double> inputs;
  private final List<String> statements = new ArrayList<>();
  private int qubits;
  private double[][] state;

  QasmInterpreter(String program, Map<String, Double> inputs) {
    this.inputs = inputs;
    List<String> lines = program.lines().filter(l -> !l.startsWith("//")).toList();
    if (!lines.get(0).equals("OPENQASM 3.0;")
        || !lines.get(1).equals("include \"stdgates.inc\";")) {
      throw new IllegalArgumentException("header: " + lines.subList(0, 2));
    }
    List<String> declared = new ArrayList<>();
    for (String line : lines.subList(2, lines.size())) {
      Matcher gate = GATE.matcher(line);
      if (gate.matches()) {
        definitions.put(
            gate.group(1),
            new Definition(
                gate.group(2) == null ? List.of() : List.of(gate.group(2).split(", ")),
                List.of(gate.group(3).split(", ")),
                List.of(gate.group(4).split("; ?"))));
      } else if (line.startsWith("input float[64] ")) {
        declared.add(line.substring(16, line.length() - 1));
      } else if (line.startsWith("qubit[")) {
        qubits = Integer.parseInt(line.substring(6, line.indexOf(']')));
      } else {
        statements.add(line.substring(0, line.length() - 1));
      }
    }
    if (!inputs.keySet().containsAll(declared)) {
      throw new IllegalArgumentException("inputs " + declared + ", given " + inputs.keySet());
    }
    this.inputs.keySet().retainAll(declared);
  }

  double[][][] unitary() {
    double[][][] columns = new double[1 << qubits][][];
    Map<String, Integer> names = new HashMap<>();
    for (int i = 0; i < qubits; i++) {
      names.put("q[" + i + "]", i);
    }
    for (int c = 0; c < columns.length; c++) {
      state = new double[columns.length][2];
      state[c][0] = 1;
      statements.forEach(s -> run(s, inputs, names, List.of()));
      columns[c] = state;
    }
    return columns;
  }

  private void run(
      String statement,
      Map<String, Double> values,
      Map<String, Integer> names,
      List<Control> outer) {
    String rest = statement;
    List<Integer> modifiers = new ArrayList<>();
    while (rest.contains(" @ ")) {
      String modifier = rest.substring(0, rest.indexOf(" @ "));
      rest = rest.substring(rest.indexOf(" @ ") + 3);
      Matcher m = Pattern.compile("(neg)?ctrl(?:\\((\\d+)\\))?").matcher(modifier);
      if (!m.matches()) {
        throw new IllegalArgumentException(statement);
      }
      int count = m.group(2) == null ? 1 : Integer.parseInt(m.group(2));
      for (int i = 0; i < count; i++) {
        modifiers.add(m.group(1) == null ? 1 : 0);
      }
    }
    Matcher call = CALL.matcher(rest);
    if (!call.matches()) {
      throw new IllegalArgumentException(statement);
    }
    List<Integer> operands = new ArrayList<>();
    if (call.group(3) != null) {
      for (String name : call.group(3).split(", ")) {
        operands.add(names.get(name));
      }
    }
    double[] arguments =
        call.group(2) == null
            ? new double[0]
            : List.of(call.group(2).split(", ")).stream()
                .mapToDouble(e -> new Expression(e, values).value())
                .toArray();
    List<Control> controls = new ArrayList<>(outer);
    for (int i = 0; i < modifiers.size(); i++) {
      controls.add(new Control(operands.get(i), modifiers.get(i)));
    }
    apply(call.group(1), arguments, operands.subList(modifiers.size(), operands.size()), controls);
  }

  private void apply(String name, double[] t, List<Integer> on, List<Control> controls) {
    Definition definition = definitions.get(name);
    if (definition != null) {
      Map<String, Double> values = new HashMap<>();
      for (int i = 0; i < definition.parameters().size(); i++) {
        values.put(definition.parameters().get(i), t[i]);
      }
      Map<String, Integer> names = new HashMap<>();
      for (int i = 0; i < definition.qubits().size(); i++) {
        names.put(definition.qubits().get(i), on.get(i));
      }
      definition.body().forEach(s -> run(s, values, names, controls));
      return;
    }
    double h = Math.sqrt(0.5);
    double[] one = {1, 0};
    double[] zero = {0, 0};
    switch (name) {
      case "gphase" -> phase(t[0], controls);
      case "h" -> matrix(new double[][] {{h, 0}, {h, 0}, {h, 0}, {-h, 0}}, on, controls);
      case "x" -> matrix(new double[][] {zero, one, one, zero}, on, controls);
      case "y" -> matrix(new double[][] {zero, {0, -1}, {0, 1}, zero}, on, controls);
      case "z" -> phase(Math.PI, with(controls, on.get(0)));
      case "s" -> phase(Math.PI / 2, with(controls, on.get(0)));
      case "t" -> phase(Math.PI / 4, with(controls, on.get(0)));
      case "p" -> phase(t[0], with(controls, on.get(0)));
      case "rx" -> {
        double[] c = {Math.cos(t[0] / 2), 0};
        double[] s = {0, -Math.sin(t[0] / 2)};
        matrix(new double[][] {c, s, s, c}, on, controls);
      }
      case "ry" -> {
        double c = Math.cos(t[0] / 2);
        double s = Math.sin(t[0] / 2);
        matrix(new double[][] {{c, 0}, {-s, 0}, {s, 0}, {c, 0}}, on, controls);
      }
      case "rz" -> {
        phase(-t[0] / 2, controls);
        phase(t[0], with(controls, on.get(0)));
      }
      case "cx" -> apply("x", t, on.subList(1, 2), with(controls, on.get(0)));
      case "cz" -> apply("z", t, on.subList(1, 2), with(controls, on.get(0)));
      case "swap" -> {
        apply("cx", t, List.of(on.get(0), on.get(1)), controls);
        apply("cx", t, List.of(on.get(1), on.get(0)), controls);
        apply("cx", t, List.of(on.get(0), on.get(1)), controls);
      }
      default -> throw new IllegalArgumentException("gate " + name);
    }
  }

  private static List<Control> with(List<Control> controls, int qubit) {
    List<Control> all = new ArrayList<>(controls);
    all.add(new Control(qubit, 1));
    return all;
  }

  private boolean acts(int basis, List<Control> controls) {
    return controls.stream().allMatch(c -> (basis >> (qubits - 1 - c.qubit()) & 1) == c.value());
  }

  private void phase(double angle, List<Control> controls) {
    for (int i = 0; i < state.length; i++) {
      if (acts(i, controls)) {
        state[i] = DenseSimulator.times(state[i], DenseSimulator.polar(angle));
      }
    }
  }

  private void matrix(double[][] m, List<Integer> on, List<Control> controls) {
    double[][] acted = DenseSimulator.apply(state, qubits, m, on, List.of());
    for (int i = 0; i < state.length; i++) {
      if (acts(i, controls)) {
        state[i] = acted[i];
      }
    }
  }

  /** Sums of products of numbers, names and pi. */
  private static final class Expression {
    private static final Pattern TOKEN =
        Pattern.compile("\\d+(?:\\.\\d+)?(?:E[+-]?\\d+)?|[a-z]\\w*|[-+*/()]");
    private final List<String> tokens = new ArrayList<>();
    private final Map<String, Double> values;
    private int next;

    Expression(String text, Map<String, Double> values) {
      this.values = values;
      Matcher matcher = TOKEN.matcher(text);
      int end = 0;
      while (matcher.lookingAt()) {
        tokens.add(matcher.group());
        end = matcher.end();
        matcher.region(end, text.length());
      }
      if (end != text.length()) {
        throw new IllegalArgumentException(text);
      }
    }

    double value() {
      double sum = product();
      while (next < tokens.size() && "+-".contains(tokens.get(next))) {
        sum += tokens.get(next++).equals("+") ? product() : -product();
      }
      return sum;
    }

    private double product() {
      double product = factor();
      while (next < tokens.size() && "*/".contains(tokens.get(next))) {
        product = tokens.get(next++).equals("*") ? product * factor() : product / factor();
      }
      return product;
    }

    private double factor() {
      String token = tokens.get(next++);
      if (token.equals("-")) {
        return -factor();
      }
      if (token.equals("(")) {
        double inside = value();
        if (!tokens.get(next++).equals(")")) {
          throw new IllegalArgumentException(tokens.toString());
        }
        return inside;
      }
      if (token.equals("pi")) {
        return Math.PI;
      }
      return Character.isDigit(token.charAt(0))
          ? Double.parseDouble(token)
          : values.get(token).doubleValue();
    }
  }
}
