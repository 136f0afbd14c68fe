package org.ketloom.encoding.amplitude;

import org.ketloom.api.circuit.Angles;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.part.Encoding;
import org.ketloom.api.part.Option;
import org.ketloom.api.part.Part;
import org.osgi.service.component.annotations.Component;

/**
 * Amplitude encoding: {@code (1/|x|) sum_i x_i |i>} (arXiv 2602.03405, section on encodings).
 *
 * @param complex whether the second half of the features holds the imaginary parts
 * @param padding value of the amplitudes beyond the features, before normalisation
 */
@Component(
    service = Encoding.class,
    property = {
      Part.NAME + "=amplitude",
      Part.DESCRIPTION + "=Features as normalised amplitudes: 2^wires features"
    })
public record AmplitudeEncoding(
    @Option("whether the second half of the features holds the imaginary parts") boolean complex,
    @Option(
            value = "value of the amplitudes beyond the features, before normalisation",
            range = "[-1000000,1000000]")
        double padding)
    implements Encoding {

  /** Real amplitudes, padded with zeros. */
  public AmplitudeEncoding() {
    this(false, 0);
  }

  @Override
  public int capacity(int wires) {
    int limit = complex ? 29 : 30;
    return (complex ? 2 : 1) * (1 << Math.min(wires, limit));
  }

  @Override
  public void append(CircuitBuilder circuit, Angles features) {
    circuit.prepareAmplitudes(features, complex, padding);
  }
}
