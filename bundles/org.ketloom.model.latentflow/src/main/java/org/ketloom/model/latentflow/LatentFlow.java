package org.ketloom.model.latentflow;

import java.util.LinkedHashMap;
import java.util.Map;
import org.ketloom.api.engine.Precision;
import org.ketloom.api.part.Option;
import org.ketloom.latent.AutoencoderOptions;
import org.ketloom.nn.NoiseSchedule;

/**
 * A vector field that carries noise to the latents of an autoencoder, by flow matching (Lipman et
 * al., arXiv 2210.02747) or denoising diffusion (Ho et al., arXiv 2006.11239). The field is a
 * circuit between two affine maps: each upload of the encoding sees all latents, the class and the
 * time through a map of its own, and another map reads the observables. A classical field of equal
 * size can take its place under the same training.
 *
 * @param encoder options of the autoencoder
 * @param standardise how latents are brought to mean 0 and variance 1
 * @param process what carries noise to latents
 * @param timesteps T, the number of noise levels of the diffusion
 * @param schedule how the diffusion's noise grows
 * @param precondition whether the field is the best linear one for latents of a normal distribution
 *     plus a trained rest; otherwise it is trained as a whole
 * @param field what the vector field is
 * @param inputs which affine maps stand before the uploads
 * @param wires qubits of the circuit
 * @param layers layers of the ansatz
 * @param circuits number of circuits side by side, each with maps, angles and observables of its
 *     own, that are read together
 * @param features features of an upload; 0 for as many as the encoding takes, at most 64
 * @param timeFeatures number K of frequencies of the time: sin and cos of {@code k pi t}, k = 1..K
 * @param precision of the circuit's states
 * @param shots measurements of the circuit in each basis for each sample of a training step; 0 for
 *     exact values and gradients
 * @param inputInit deviation of the first weights of the maps before the uploads
 * @param angleInit deviation of the circuit's first angles in radians
 * @param observableInit deviation of the first entries of trainable observables
 * @param frequency deviation of the random frequencies of the Fourier field
 * @param labelDropout share of the latents that are shown without their class, for guidance
 * @param learningRate of classical weights, after warm-up
 * @param circuitRate learning rate of the circuit's angles and of the maps that give them
 * @param observableRate learning rate of trainable observables
 * @param observableBound largest modulus of an eigenvalue of a trainable observable
 * @param warmUp optimizer steps in which learning rates rise from 0
 * @param lastRate share of the rates that is left at the end of the run
 * @param clip largest norm of the gradient of all weights, which is clipped there
 * @param average decay of the moving average of the field's weights
 */
public record LatentFlow(
    AutoencoderOptions encoder,
    @Option(
            value = "each: every latent by itself; whiten: together, so that none are correlated",
            defaultValue = "whiten")
        Standardise standardise,
    @Option(
            value = "flow: straight paths from noise to latents; diffusion: DDPM in the latents",
            defaultValue = "flow")
        Way process,
    @Option(value = "number of noise levels, diffusion only", defaultValue = "400", range = "[1,)")
        int timesteps,
    @Option(value = "how noise grows from level to level, diffusion only", defaultValue = "cosine")
        NoiseSchedule.Shape schedule,
    @Option(
            value =
                "whether the field is trained as the difference from the best linear one for normal"
                    + " latents, which has no parameters",
            defaultValue = "true")
        boolean precondition,
    @Option(
            value = "the vector field; mlp and fourier are classical controls of equal size",
            defaultValue = "circuit")
        FieldKind field,
    @Option(
            value =
                "layers: an affine map of latents, class and time for each upload; shared: one for"
                    + " all",
            defaultValue = "layers")
        Inputs inputs,
    @Option(value = "qubits of the circuit", defaultValue = "8", range = "[1,)") int wires,
    @Option(value = "layers of the ansatz", defaultValue = "2", range = "[1,10000]") int layers,
    @Option(
            value = "circuits side by side, each with weights of its own, that are read together",
            defaultValue = "5",
            range = "[1,1000]")
        int circuits,
    @Option(
            value = "features of an upload; 0 for as many as the encoding takes, at most 64",
            defaultValue = "0",
            range = "[0,)")
        int features,
    @Option(
            value = "frequencies of the time, a sine and a cosine each",
            defaultValue = "4",
            range = "[1,1000]")
        int timeFeatures,
    @Option(
            value = "precision of the circuit's states; single is faster from about 8 wires on",
            defaultValue = "double")
        Precision precision,
    @Option(
            value = "measurements of the circuit in each basis during training; 0 for exact values",
            defaultValue = "0",
            range = "[0,)")
        int shots,
    @Option(
            value = "deviation of the first weights of the maps before the uploads",
            defaultValue = "0.05",
            range = "[0,)")
        double inputInit,
    @Option(
            value = "deviation of the circuit's first angles in radians",
            defaultValue = "0.3",
            range = "[0,)")
        double angleInit,
    @Option(
            value = "deviation of the first entries of trainable observables",
            defaultValue = "0.3",
            range = "[0,)")
        double observableInit,
    @Option(
            value = "deviation of the random frequencies of the Fourier field",
            defaultValue = "0.5",
            range = "(0,)")
        double frequency,
    @Option(
            value = "share of the latents that are shown without their class, for guidance",
            defaultValue = "0.1",
            range = "[0,1]")
        double labelDropout,
    @Option(
            value = "learning rate of classical weights, after warm-up",
            defaultValue = "1e-2",
            range = "(0,)")
        double learningRate,
    @Option(
            value = "learning rate of the circuit's angles and of the maps that give them",
            defaultValue = "1e-2",
            range = "[0,)")
        double circuitRate,
    @Option(value = "learning rate of trainable observables", defaultValue = "1e-2", range = "[0,)")
        double observableRate,
    @Option(
            value =
                "largest modulus of a trainable observable's eigenvalues, which are clipped there",
            defaultValue = "50",
            range = "(0,)")
        double observableBound,
    @Option(
            value = "optimizer steps in which learning rates rise from 0",
            defaultValue = "100",
            range = "[0,)")
        int warmUp,
    @Option(
            value = "fraction of the learning rates that is left at the end",
            defaultValue = "0.01",
            range = "[0,1]")
        double lastRate,
    @Option(
            value = "largest norm of the gradient of all weights, which is clipped there",
            defaultValue = "1",
            range = "(0,)")
        double clip,
    @Option(
            value = "decay of the moving average of the field's weights",
            defaultValue = "0.999",
            range = "[0,1)")
        double average) {

  static final String ENCODING = "encoding";
  static final String ANSATZ = "ansatz";
  static final String OBSERVABLE = "observable";

  /** How latents are brought to mean 0 and variance 1. */
  public enum Standardise {
    /** Each by its own mean and deviation. */
    EACH,
    /** By the Cholesky factor of their covariance: afterwards they are uncorrelated, too. */
    WHITEN
  }

  /** What carries noise to latents. */
  public enum Way {
    /** Flow matching along straight paths (arXiv 2210.02747, section 4.1, sigma 0). */
    FLOW,
    /**
     * Denoising diffusion (arXiv 2006.11239), where the field gives {@code v = signal e - noise x}
     * (Salimans and Ho, arXiv 2202.00512, section 4).
     */
    DIFFUSION
  }

  /** What the vector field is. */
  public enum FieldKind {
    /** The quantum circuit between affine maps. */
    CIRCUIT,
    /** Two hidden layers with SiLU, with about as many parameters. */
    MLP,
    /** A linear map of random Fourier features of all inputs, with about as many parameters. */
    FOURIER
  }

  /** Which affine maps stand before the uploads. */
  public enum Inputs {
    /** One for each upload, so that every angle has its own scale for every input. */
    LAYERS,
    /** One for all uploads, which see the same features. */
    SHARED
  }

  /** Numbers that the autoencoder compresses an image to. */
  int latent() {
    return encoder.latent();
  }

  /** Numbers that the field reads: latents, a number per class, the time's sines and cosines. */
  int inputWidth(int classes) {
    return latent() + classes + 2 * timeFeatures;
  }

  /** The field's learning rates by option. */
  Map<String, Double> rates() {
    Map<String, Double> rates = new LinkedHashMap<>();
    rates.put("learningRate", learningRate);
    if (field == FieldKind.CIRCUIT) {
      rates.put("circuitRate", circuitRate);
      rates.put("observableRate", observableRate);
    }
    return rates;
  }
}
