package org.ketloom.circuits;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ketloom.api.circuit.Angle;
import org.ketloom.api.circuit.Angles;
import org.ketloom.api.circuit.Channel;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.circuit.KrausSet;

/**
 * Pragmas are read with the operators that Amazon Braket documents for them, channels with the
 * operators of the textbook; both have the same Choi matrix.
 */
class QasmChannelsTest {
  private static final double TOLERANCE = 1e-14;
  private static final double[] I = {1, 0, 0, 0, 0, 0, 1, 0};
  private static final double[] X = {0, 0, 1, 0, 1, 0, 0, 0};
  private static final double[] Y = {0, 0, 0, -1, 0, 1, 0, 0};
  private static final double[] Z = {1, 0, 0, 0, 0, 0, -1, 0};

  @ParameterizedTest
  @CsvSource({
    "DEPOLARIZING, 0.3",
    "DEPOLARIZING, 1.2",
    "BIT_FLIP, 0.2",
    "BIT_FLIP, 0.7",
    "PHASE_FLIP, 0.2",
    "PHASE_FLIP, 0.7",
    "BIT_PHASE_FLIP, 0.6",
    "PAULI, 0.1 0.2 0.3",
    "AMPLITUDE_DAMPING, 0.35",
    "GENERALIZED_AMPLITUDE_DAMPING, 0.35 0.1",
    "PHASE_DAMPING, 0.4",
    "THERMAL_RELAXATION, 50 30 4 0.05",
    "THERMAL_RELAXATION, 50 90 4 0",
    "THERMAL_RELAXATION, 50 100 4 0.1",
    "RESET_ERROR, 0.1 0.25",
    "RESET_ERROR, 0.25 0.1",
    "RESET_ERROR, 0.4 0.6"
  })
  void constantNoiseMeansTheSame(Channel.Kind kind, String strengths) {
    double[] p = Stream.of(strengths.split(" ")).mapToDouble(Double::parseDouble).toArray();
    Angle[] angles = Arrays.stream(p).mapToObj(Angle::constant).toArray(Angle[]::new);
    assertSameChoi(kraus(kind, p), read(write(b -> b.channel(kind, new int[] {1}, angles))));
  }

  @Test
  void aBoundedConstantIsMapped() {
    String text =
        write(
            b ->
                b.boundedChannel(
                    Channel.Kind.AMPLITUDE_DAMPING, new int[] {1}, Angle.constant(2.5)));
    double strength = Math.pow(Math.sin(1.25), 2);
    assertSameChoi(kraus(Channel.Kind.AMPLITUDE_DAMPING, new double[] {strength}), read(text));
  }

  @Test
  void depolarizingNoiseOnTwoWiresMeansTheSame() {
    double l = 0.45;
    List<double[]> paulis = new ArrayList<>();
    for (double[] a : List.of(I, X, Y, Z)) {
      for (double[] b : List.of(I, X, Y, Z)) {
        paulis.add(root(kron(a, b), a == I && b == I ? 1 - 15 * l / 16 : l / 16));
      }
    }
    assertSameChoi(paulis, read(write(b -> b.depolarizing(Angle.constant(l), 2, 0))));
  }

  @Test
  void krausOperatorsAreWrittenAsTheyAre() {
    double[] half = {0.8, 0, 0, 0.8};
    double[] rest = {0, 0, 0, 0};
    double[] turned = {0, -0.6, 0.6, 0};
    String text =
        write(
            b ->
                b.kraus(
                    new KrausSet(new double[][] {half, rest}, new double[][] {rest, turned}), 0));
    assertSameChoi(
        List.of(
            new double[] {0.8, 0, 0, 0, 0, 0, 0.8, 0}, new double[] {0, 0, 0, -0.6, 0, 0.6, 0, 0}),
        read(text));
  }

  @Test
  void measurementAndResetAreStatements() {
    String text = write(b -> b.measure(0).reset(2));
    assertTrue(text.contains("measure q[0];\nreset q[2];\n"), text);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0 | POSTSELECT1 on wire 1 can't be written as OpenQASM: the language has no post-selection",
        "1 | DEPOLARIZING[0.1] on wires [0, 1, 2] can't be written as OpenQASM: the pragmas for",
        "2 | AMPLITUDEDAMPING[w[0]] on wire 0 can't be written as OpenQASM: noise is a pragma,",
        "3 | a start can't be written as OpenQASM: wires 0 1 2 start in the maximally mixed state"
      })
  void whatTheLanguageCantSayIsRefusedByName(int number, String message) {
    List<Consumer<CircuitBuilder>> circuits =
        List.of(
            b -> b.postSelect(1, 1),
            b -> b.depolarizing(Angle.constant(0.1), 0, 1, 2),
            b -> {
              Angles weights = b.weights(1);
              b.amplitudeDamping(0, weights.at(0));
            },
            CircuitBuilder::prepareMixed);
    String found =
        assertThrows(IllegalArgumentException.class, () -> write(circuits.get(number)))
            .getMessage();
    assertTrue(found.startsWith(message.strip()), found);
  }

  private static String write(Consumer<CircuitBuilder> channels) {
    CircuitBuilder builder = Circuit.builder(3);
    channels.accept(builder);
    return OpenQasm.write(builder.build());
  }

  /** Operators of all pragmas one after another. */
  private static List<double[]> read(String program) {
    Pattern pragma = Pattern.compile("#pragma braket noise (\\w+)\\((.*)\\) q\\[.*");
    List<double[]> all = List.of();
    for (String line : program.lines().filter(l -> l.startsWith("#")).toList()) {
      Matcher matcher = pragma.matcher(line);
      assertTrue(matcher.matches(), line);
      String[] given = matcher.group(2).split(", ");
      List<double[]> next =
          matcher.group(1).equals("kraus")
              ? krausPragma(matcher.group(2))
              : braket(
                  matcher.group(1), Stream.of(given).mapToDouble(Double::parseDouble).toArray());
      List<double[]> before = all;
      all =
          before.isEmpty()
              ? next
              : next.stream().flatMap(k -> before.stream().map(b -> product(k, b))).toList();
    }
    return all;
  }

  private static List<double[]> krausPragma(String text) {
    return Stream.of(text.split("(?<=\\]\\]), "))
        .map(
            matrix ->
                Stream.of(matrix.replaceAll("[\\[\\]]", "").split(", "))
                    .flatMapToDouble(QasmChannelsTest::complex)
                    .toArray())
        .toList();
  }

  private static DoubleStream complex(String text) {
    Matcher both = Pattern.compile("(-?[\\d.]+(?:E-?\\d+)?)(?:([-+].*)im)?").matcher(text);
    assertTrue(both.matches(), text);
    return DoubleStream.of(
        Double.parseDouble(both.group(1)),
        both.group(2) == null ? 0 : Double.parseDouble(both.group(2)));
  }

  /** As in the class noises of Braket's SDK: {@code to_matrix} of each. */
  private static List<double[]> braket(String name, double[] p) {
    return switch (name) {
      case "bit_flip" -> List.of(root(I, 1 - p[0]), root(X, p[0]));
      case "phase_flip" -> List.of(root(I, 1 - p[0]), root(Z, p[0]));
      case "pauli_channel" ->
          List.of(root(I, 1 - p[0] - p[1] - p[2]), root(X, p[0]), root(Y, p[1]), root(Z, p[2]));
      case "depolarizing" ->
          List.of(root(I, 1 - p[0]), root(X, p[0] / 3), root(Y, p[0] / 3), root(Z, p[0] / 3));
      case "two_qubit_depolarizing" -> {
        List<double[]> all = new ArrayList<>();
        for (double[] a : List.of(I, X, Y, Z)) {
          for (double[] b : List.of(I, X, Y, Z)) {
            all.add(root(kron(a, b), a == I && b == I ? 1 - p[0] : p[0] / 15));
          }
        }
        yield all;
      }
      case "amplitude_damping" ->
          List.of(real(1, 0, 0, Math.sqrt(1 - p[0])), real(0, Math.sqrt(p[0]), 0, 0));
      case "generalized_amplitude_damping" ->
          List.of(
              root(real(1, 0, 0, Math.sqrt(1 - p[0])), p[1]),
              root(real(0, Math.sqrt(p[0]), 0, 0), p[1]),
              root(real(Math.sqrt(1 - p[0]), 0, 0, 1), 1 - p[1]),
              root(real(0, 0, Math.sqrt(p[0]), 0), 1 - p[1]));
      case "phase_damping" ->
          List.of(real(1, 0, 0, Math.sqrt(1 - p[0])), real(0, 0, 0, Math.sqrt(p[0])));
      default -> throw new IllegalArgumentException(name);
    };
  }

  private static List<double[]> kraus(Channel.Kind kind, double[] p) {
    return switch (kind) {
      case DEPOLARIZING ->
          List.of(
              root(I, 1 - 3 * p[0] / 4), root(X, p[0] / 4), root(Y, p[0] / 4), root(Z, p[0] / 4));
      case BIT_FLIP -> List.of(root(I, 1 - p[0]), root(X, p[0]));
      case PHASE_FLIP -> List.of(root(I, 1 - p[0]), root(Z, p[0]));
      case BIT_PHASE_FLIP -> List.of(root(I, 1 - p[0]), root(Y, p[0]));
      case PAULI ->
          List.of(root(I, 1 - p[0] - p[1] - p[2]), root(X, p[0]), root(Y, p[1]), root(Z, p[2]));
      case AMPLITUDE_DAMPING ->
          List.of(real(1, 0, 0, Math.sqrt(1 - p[0])), real(0, Math.sqrt(p[0]), 0, 0));
      case GENERALIZED_AMPLITUDE_DAMPING ->
          List.of(
              root(real(1, 0, 0, Math.sqrt(1 - p[0])), 1 - p[1]),
              root(real(0, Math.sqrt(p[0]), 0, 0), 1 - p[1]),
              root(real(Math.sqrt(1 - p[0]), 0, 0, 1), p[1]),
              root(real(0, 0, Math.sqrt(p[0]), 0), p[1]));
      case PHASE_DAMPING ->
          List.of(real(1, 0, 0, Math.sqrt(1 - p[0])), real(0, 0, 0, Math.sqrt(p[0])));
      case THERMAL_RELAXATION -> {
        double e1 = Math.exp(-p[2] / p[0]);
        double e2 = Math.exp(-p[2] / p[1]);
        List<double[]> damped =
            kraus(Channel.Kind.GENERALIZED_AMPLITUDE_DAMPING, arr(1 - e1, p[3]));
        double lost = Math.max(0, 1 - e2 * e2 / e1);
        yield kraus(Channel.Kind.PHASE_DAMPING, arr(lost)).stream()
            .flatMap(k -> damped.stream().map(d -> product(k, d)))
            .toList();
      }
      case RESET_ERROR ->
          List.of(
              root(I, 1 - p[0] - p[1]),
              root(real(1, 0, 0, 0), p[0]),
              root(real(0, 1, 0, 0), p[0]),
              root(real(0, 0, 1, 0), p[1]),
              root(real(0, 0, 0, 1), p[1]));
      default -> throw new IllegalArgumentException(kind.name());
    };
  }

  private static double[] arr(double... values) {
    return values;
  }

  private static double[] real(double... entries) {
    double[] matrix = new double[2 * entries.length];
    for (int i = 0; i < entries.length; i++) {
      matrix[2 * i] = entries[i];
    }
    return matrix;
  }

  private static double[] root(double[] matrix, double probability) {
    double factor = Math.sqrt(Math.max(0, probability));
    return Arrays.stream(matrix).map(m -> factor * m).toArray();
  }

  private static double[] kron(double[] a, double[] b) {
    double[] out = new double[32];
    for (int row = 0; row < 4; row++) {
      for (int column = 0; column < 4; column++) {
        int x = 2 * (row / 2 * 2 + column / 2);
        int y = 2 * (row % 2 * 2 + column % 2);
        int to = 2 * (row * 4 + column);
        out[to] = a[x] * b[y] - a[x + 1] * b[y + 1];
        out[to + 1] = a[x] * b[y + 1] + a[x + 1] * b[y];
      }
    }
    return out;
  }

  private static double[] product(double[] a, double[] b) {
    double[] out = new double[8];
    for (int row = 0; row < 2; row++) {
      for (int column = 0; column < 2; column++) {
        for (int k = 0; k < 2; k++) {
          int x = 2 * (row * 2 + k);
          int y = 2 * (k * 2 + column);
          out[2 * (row * 2 + column)] += a[x] * b[y] - a[x + 1] * b[y + 1];
          out[2 * (row * 2 + column) + 1] += a[x] * b[y + 1] + a[x + 1] * b[y];
        }
      }
    }
    return out;
  }

  private static void assertSameChoi(List<double[]> expected, List<double[]> found) {
    int entries = expected.get(0).length / 2;
    for (int i = 0; i < entries; i++) {
      for (int j = 0; j < entries; j++) {
        double[] e = choi(expected, i, j);
        double[] f = choi(found, i, j);
        assertEquals(e[0], f[0], TOLERANCE, "Choi matrix " + i + " " + j);
        assertEquals(e[1], f[1], TOLERANCE, "Choi matrix " + i + " " + j);
      }
    }
  }

  private static double[] choi(List<double[]> operators, int i, int j) {
    double[] sum = new double[2];
    for (double[] k : operators) {
      sum[0] += k[2 * i] * k[2 * j] + k[2 * i + 1] * k[2 * j + 1];
      sum[1] += k[2 * i + 1] * k[2 * j] - k[2 * i] * k[2 * j + 1];
    }
    return sum;
  }
}
