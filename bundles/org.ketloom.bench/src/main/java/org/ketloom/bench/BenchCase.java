package org.ketloom.bench;

import java.util.Optional;
import java.util.function.Function;
import org.ketloom.api.circuit.Angles;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.part.Ansatz;
import org.ketloom.api.part.Encoding;
import org.ketloom.api.part.Uploads;

/**
 * A circuit of the bench.
 *
 * @param encoding name of its encoding, or empty
 * @param ansatz name of its ansatz, or empty
 * @param options what was changed of the parts, such as {@code ansatz.circuit=9}, separated by
 *     blanks; may be empty
 * @param layers of the ansatz
 * @param circuit with features, and with per-sample angles for all that is trained
 * @param shared the same with weights in place of per-sample angles
 */
public record BenchCase(
    String encoding, String ansatz, String options, int layers, Circuit circuit, Circuit shared) {

  /**
   * A circuit of parts. It reads as many features as the encoding takes.
   *
   * @throws IllegalArgumentException if there is no part, or they don't fit
   */
  public static BenchCase of(
      String encodingName,
      Optional<Encoding> encoding,
      String ansatzName,
      Optional<Ansatz> ansatz,
      String options,
      int wires,
      int layers) {
    if (layers < 1) {
      throw new IllegalArgumentException("a circuit has at least 1 layer, found " + layers);
    }
    return new BenchCase(
        encodingName,
        ansatzName,
        options,
        layers,
        circuit(encoding, ansatz, wires, layers, builder -> builder::sampleAngles),
        circuit(encoding, ansatz, wires, layers, builder -> builder::weights));
  }

  private static Circuit circuit(
      Optional<Encoding> encoding,
      Optional<Ansatz> ansatz,
      int wires,
      int layers,
      Function<CircuitBuilder, Function<int[], Angles>> angles) {
    CircuitBuilder builder = Circuit.builder(wires);
    Function<int[], Angles> declare = angles.apply(builder);
    if (encoding.isPresent()) {
      Angles features = builder.features(encoding.get().capacity(wires));
      if (ansatz.isPresent()) {
        Uploads.append(builder, encoding.get(), features, ansatz.get(), layers, declare);
      } else {
        Uploads.append(builder, encoding.get(), features, layers, declare);
      }
    } else {
      Ansatz alone =
          ansatz.orElseThrow(
              () -> new IllegalArgumentException("a circuit needs an encoding or an ansatz"));
      int[] shape = alone.angleShape(wires, layers).stream().mapToInt(Integer::intValue).toArray();
      alone.append(builder, layers, declare.apply(shape));
    }
    return builder.build();
  }

  /** Its parts and options, for people. */
  public String title() {
    String parts =
        encoding.isEmpty() ? ansatz : ansatz.isEmpty() ? encoding : encoding + " + " + ansatz;
    return options.isEmpty() ? parts : parts + " " + options;
  }

  /** How long it takes to measure, relative to others. */
  long cost() {
    return (long) (circuit.operations().size() + 4 * circuit.wires()) << circuit.wires();
  }
}
