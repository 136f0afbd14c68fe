package org.ketloom.model.lastqgan;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ketloom.api.engine.Precision;
import org.ketloom.api.part.Option;
import org.ketloom.latent.AutoencoderOptions;

/**
 * The latent style-based quantum GAN (Chang et al., arXiv 2406.02668): an autoencoder compresses
 * images to a few latents, a circuit whose angles are affine functions of noise learns the
 * distribution of the latents against a classical critic, and the decoder draws. Where the paper is
 * silent, defaults follow its public re-implementation (github.com/incllude/LaSt-QGAN). Classical
 * generators can take the circuit's place under the same training.
 *
 * @param encoder options of the autoencoder
 * @param generator what makes latents of noise
 * @param noise components of the noise
 * @param style how noise becomes angles
 * @param wires qubits of the circuit
 * @param layers layers of the ansatz
 * @param precision of the circuit's states
 * @param shots measurements of the circuit in each basis for each sample of a training step; 0 for
 *     exact values and gradients
 * @param init range of the first weights of the angles
 * @param initWidth half the width of that range in radians, for init width
 * @param range factor of the generator's outputs; 0 for 1, or 3 if variational
 * @param frequency deviation of the random frequencies of the Fourier surrogate
 * @param critic layers of the critic
 * @param criticWidths widths of its hidden layers; empty for the kind's own
 * @param loss loss that generator and critic are trained with
 * @param penalty weight of the gradient penalty, Wasserstein only
 * @param criticSteps critic steps per generator step
 * @param generatorRate learning rate of the generator's weights
 * @param observableRate learning rate of trainable observables
 * @param criticRate learning rate of the critic
 * @param beta1 Adam's decay of the mean of the gradients, generator and critic
 * @param beta2 Adam's decay of the mean of their squares, generator and critic
 * @param lastRate share of these rates that is left at the end of the run
 * @param average decay of the moving average of the generator's weights
 */
public record LastQgan(
    AutoencoderOptions encoder,
    @Option(
            value = "what makes latents of noise; all but circuit are classical rivals",
            defaultValue = "circuit")
        GeneratorKind generator,
    @Option(value = "components of the noise", defaultValue = "10", range = "[1,)") int noise,
    @Option(
            value = "dense: every angle sees all of the noise; component: one component each",
            defaultValue = "dense")
        Style style,
    @Option(value = "qubits of the circuit", defaultValue = "10", range = "[1,)") int wires,
    @Option(value = "layers of the ansatz", defaultValue = "6", range = "[1,10000]") int layers,
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
            value = "first weights of the angles: within 0.01, within pi, or within initWidth",
            defaultValue = "small-angle")
        Init init,
    @Option(
            value = "half the width of the range of the first weights in radians, for init=width",
            defaultValue = "0.1",
            range = "[0,)")
        double initWidth,
    @Option(
            value = "factor of the generator's outputs; 0 for 1, or 3 if variational",
            defaultValue = "0",
            range = "[0,)")
        double range,
    @Option(
            value = "deviation of the random frequencies of the Fourier surrogate",
            defaultValue = "1",
            range = "(0,)")
        double frequency,
    @Option(
            value = "normalised: two small layers after a normalisation; wide: two large layers",
            defaultValue = "normalised")
        CriticKind critic,
    @Option(
            value = "widths of the critic's hidden layers; empty for the kind's own",
            defaultValue = "",
            range = "[1,)")
        List<Integer> criticWidths,
    @Option(value = "loss that generator and critic are trained with", defaultValue = "wasserstein")
        Loss loss,
    @Option(
            value = "weight of the gradient penalty of the Wasserstein loss; 0 for none",
            defaultValue = "10",
            range = "[0,)")
        double penalty,
    @Option(value = "critic steps per generator step", defaultValue = "1", range = "[1,)")
        int criticSteps,
    @Option(
            value = "learning rate of the generator's weights",
            defaultValue = "1e-3",
            range = "[0,)")
        double generatorRate,
    @Option(value = "learning rate of trainable observables", defaultValue = "1e-2", range = "[0,)")
        double observableRate,
    @Option(value = "learning rate of the critic", defaultValue = "1e-3", range = "[0,)")
        double criticRate,
    @Option(
            value = "Adam's decay of the mean of the gradients, generator and critic",
            defaultValue = "0.5",
            range = "[0,1)")
        double beta1,
    @Option(
            value = "Adam's decay of the mean of their squares, generator and critic",
            defaultValue = "0.999",
            range = "[0,1)")
        double beta2,
    @Option(
            value =
                "fraction of the generator's and critic's learning rates that is left at the end",
            defaultValue = "0.1",
            range = "[0,1]")
        double lastRate,
    @Option(
            value = "decay of the moving average of the generator's weights",
            defaultValue = "0.99",
            range = "[0,1)")
        double average) {

  static final String ANSATZ = "ansatz";
  static final String OBSERVABLE = "observable";

  /** What makes latents of noise. */
  public enum GeneratorKind {
    /** The quantum circuit. */
    CIRCUIT,
    /** Dense layers that see the noise anew in each, with about as many parameters. */
    DENSE,
    /** The classical generator of arXiv 2603.22399, with hundreds of thousands of parameters. */
    WIDE,
    /** A linear map of random Fourier features of the noise, with about as many parameters. */
    FOURIER
  }

  /** How noise becomes angles. */
  public enum Style {
    /** Angle = row of a matrix times noise, plus a number (arXiv 2406.02668). */
    DENSE,
    /** Angle k = number times noise component k modulo their number, plus a number (2110.06933). */
    COMPONENT
  }

  /** Range of the first weights of the angles. */
  public enum Init {
    /** Uniform within 0.01 around 0: the circuit begins near the identity. */
    SMALL_ANGLE,
    /** Uniform within pi around 0. */
    FULL_CIRCLE,
    /** Uniform within {@code initWidth} around 0. */
    WIDTH
  }

  /** Layers of the critic. */
  public enum CriticKind {
    /** Normalisation, 112 and 56 units without bias, dropout. */
    NORMALISED,
    /** 512 and 256 units (arXiv 2603.22399). */
    WIDE
  }

  /** What generator and critic play for. */
  public enum Loss {
    /** Wasserstein distance with gradient penalty (Gulrajani et al., arXiv 1704.00028). */
    WASSERSTEIN,
    /** The first GAN's game: both play for the same cross-entropy (arXiv 1406.2661, eq. 1). */
    MINIMAX,
    /** The same critic; the generator maximises log D(G(z)) (arXiv 1406.2661, section 3). */
    NON_SATURATING
  }

  /** Checks the ranges. */
  public LastQgan {
    criticWidths = List.copyOf(criticWidths);
  }

  /** Numbers that the autoencoder compresses an image to. */
  int latent() {
    return encoder.latent();
  }

  Map<String, Double> adversarialRates() {
    Map<String, Double> rates = new LinkedHashMap<>();
    rates.put("criticRate", criticRate);
    rates.put("generatorRate", generatorRate);
    return rates;
  }

  /** Half the width of the range of the angles' first weights. */
  double firstAngles() {
    return switch (init) {
      case SMALL_ANGLE -> 0.01;
      case FULL_CIRCLE -> Math.PI;
      case WIDTH -> initWidth;
    };
  }

  /** Factor of the generator's outputs. */
  double outputRange() {
    return range > 0 ? range : encoder.autoencoder() == AutoencoderOptions.Kind.VARIATIONAL ? 3 : 1;
  }
}
