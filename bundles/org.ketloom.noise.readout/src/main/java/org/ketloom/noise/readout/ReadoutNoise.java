package org.ketloom.noise.readout;

import java.util.List;
import java.util.stream.IntStream;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.circuit.Observable.PauliSum;
import org.ketloom.api.circuit.Observable.Probabilities;
import org.ketloom.api.circuit.ReadoutError;
import org.ketloom.api.part.NoiseModel;
import org.ketloom.api.part.Option;
import org.ketloom.api.part.Part;
import org.osgi.service.component.annotations.Component;

/**
 * Gates without noise, and wires whose measurement is read wrongly with a probability that depends
 * on the outcome. The defaults are of the size that superconducting devices publish.
 */
@Component(
    service = NoiseModel.class,
    property = {
      Part.NAME + "=readout",
      Part.DESCRIPTION + "=Measurements that are read wrongly, each wire with the same probability"
    })
public record ReadoutNoise(
    @Option(value = "probability of reading 1 where the outcome is 0", range = "[0,1]")
        double oneForZero,
    @Option(value = "probability of reading 0 where the outcome is 1", range = "[0,1]")
        double zeroForOne,
    @Option(value = "the wires that are read so; none: all", range = "[0,)") List<Integer> wires)
    implements NoiseModel {

  /** All wires, 1 % and 3 %. */
  public ReadoutNoise() {
    this(0.01, 0.03, List.of());
  }

  /** Copies the list. */
  public ReadoutNoise {
    wires = List.copyOf(wires);
  }

  @Override
  public Circuit apply(Circuit circuit) {
    if (circuit.observables().stream()
        .noneMatch(o -> o instanceof PauliSum || o instanceof Probabilities)) {
      throw new IllegalArgumentException(
          "errors of the readout act on Pauli strings and probabilities, and the circuit reads"
              + " neither: choose a Pauli head or another noise model");
    }
    List<Integer> chosen =
        wires.isEmpty() ? IntStream.range(0, circuit.wires()).boxed().toList() : wires;
    ReadoutError error = new ReadoutError(oneForZero, zeroForOne);
    CircuitBuilder noisy = circuit.toBuilder();
    chosen.forEach(wire -> noisy.readoutError(wire, error));
    return noisy.build();
  }
}
