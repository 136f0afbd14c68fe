package org.ketloom.model.lastqgan;

import static org.ketloom.api.part.Options.require;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ketloom.api.engine.Precision;
import org.ketloom.api.model.Blueprint;
import org.ketloom.api.model.GenerativeModel;
import org.ketloom.api.model.GenerativeModelFactory;
import org.ketloom.api.model.ModelContext;
import org.ketloom.api.model.PartSelection;
import org.ketloom.api.model.Slot;
import org.ketloom.api.part.Ansatz;
import org.ketloom.api.part.ObservableHead;
import org.ketloom.api.part.Option;
import org.ketloom.api.part.Part;
import org.osgi.service.component.annotations.Component;

/**
 * The latent style-based quantum GAN (Chang et al., arXiv 2406.02668): an autoencoder compresses
 * images to a few latents, a circuit whose angles are affine functions of noise learns the
 * distribution of the latents against a classical critic, and the decoder draws. Where the paper is
 * silent, defaults follow its public re-implementation (github.com/incllude/LaSt-QGAN). Classical
 * generators can take the circuit's place under the same training.
 *
 * @param latent numbers that the autoencoder compresses an image to
 * @param autoencoder whether latents end in a tanh, or are a distribution's mean
 * @param autoencoderSteps optimizer steps of the first phase; 0 for a third of all, at most 4000
 * @param channels channels of the autoencoder's two convolutions
 * @param hidden width of the autoencoder's dense layers
 * @param autoencoderRate learning rate of the autoencoder at its start
 * @param klWeight weight of the divergence from the normal distribution, variational only
 * @param reuse fingerprint of an autoencoder in the cache, in the place of the first phase
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
 * @param loss what generator and critic play for
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
@Component(
    service = GenerativeModelFactory.class,
    property = {
      Part.NAME + "=last-qgan",
      Part.DESCRIPTION + "=Latent style-based quantum GAN with its autoencoder and classical rivals"
    })
public record LastQgan(
    @Option("numbers that the autoencoder compresses an image to") int latent,
    @Option("plain ends in a tanh; variational learns a distribution, whose mean is the latent")
        Kind autoencoder,
    @Option("optimizer steps of the first phase; 0 for a third of the run's, at most 4000")
        int autoencoderSteps,
    @Option("channels of the autoencoder's two convolutions") List<Integer> channels,
    @Option("width of the autoencoder's dense layers") int hidden,
    @Option("learning rate of the autoencoder at its start") double autoencoderRate,
    @Option("weight of the divergence from the normal distribution, variational only")
        double klWeight,
    @Option("fingerprint of an autoencoder in the cache to use in the place of the first phase")
        String reuse,
    @Option("what makes latents of noise; all but circuit are classical rivals")
        GeneratorKind generator,
    @Option("components of the noise") int noise,
    @Option("dense: every angle sees all of the noise; component: one component each") Style style,
    @Option("qubits of the circuit") int wires,
    @Option("layers of the ansatz") int layers,
    @Option("precision of the circuit's states; single is faster from about 8 wires on")
        Precision precision,
    @Option("train on so many measurements of the circuit in each basis; 0 for exact values")
        int shots,
    @Option("first weights of the angles: within 0.01, within pi, or within initWidth") Init init,
    @Option("half the width of the range of the first weights in radians, for init=width")
        double initWidth,
    @Option("factor of the generator's outputs; 0 for 1, or 3 if variational") double range,
    @Option("deviation of the random frequencies of the Fourier surrogate") double frequency,
    @Option("normalised: two small layers after a normalisation; wide: two large layers")
        CriticKind critic,
    @Option("widths of the critic's hidden layers; empty for the kind's own")
        List<Integer> criticWidths,
    @Option("what generator and critic play for") Loss loss,
    @Option("weight of the gradient penalty of the Wasserstein loss; 0 for none") double penalty,
    @Option("critic steps per generator step, at least 1") int criticSteps,
    @Option("learning rate of the generator's weights") double generatorRate,
    @Option("learning rate of trainable observables") double observableRate,
    @Option("learning rate of the critic") double criticRate,
    @Option("Adam's decay of the mean of the gradients, generator and critic") double beta1,
    @Option("Adam's decay of the mean of their squares, generator and critic") double beta2,
    @Option("share of the generator's and critic's rates that is left at the end, 0 to 1")
        double lastRate,
    @Option("decay of the moving average of the generator's weights, 0 to below 1") double average)
    implements GenerativeModelFactory {

  static final String ANSATZ = "ansatz";
  static final String OBSERVABLE = "observable";

  private static final int MOST_DEFAULT_STEPS = 4000;

  /** What the autoencoder is. */
  public enum Kind {
    /** Latents end in a tanh, and lie in [-1, 1]. */
    PLAIN,
    /** Latents are the means of normal distributions (Kingma and Welling, arXiv 1312.6114). */
    VARIATIONAL
  }

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

  /** Circuit of 10 qubits and 6 layers, 20 latents, Wasserstein loss. */
  public LastQgan() {
    this(
        20,
        Kind.PLAIN,
        0,
        List.of(64, 128),
        1024,
        1e-3,
        1e-4,
        "",
        GeneratorKind.CIRCUIT,
        10,
        Style.DENSE,
        10,
        6,
        Precision.DOUBLE,
        0,
        Init.SMALL_ANGLE,
        0.1,
        0,
        1,
        CriticKind.NORMALISED,
        List.of(),
        Loss.WASSERSTEIN,
        10,
        1,
        1e-3,
        1e-2,
        1e-3,
        0.5,
        0.999,
        0.1,
        0.99);
  }

  /** Checks the ranges. */
  public LastQgan {
    channels = List.copyOf(channels);
    criticWidths = List.copyOf(criticWidths);
    reuse = reuse.strip().toLowerCase(java.util.Locale.ROOT);
    require(latent >= 1, "latent must be at least 1", latent);
    require(autoencoderSteps >= 0, "autoencoderSteps must not be negative", autoencoderSteps);
    require(
        channels.size() == 2 && channels.stream().allMatch(c -> c >= 1),
        "channels takes two numbers of at least 1",
        channels);
    require(hidden >= 1, "hidden must be at least 1", hidden);
    require(autoencoderRate > 0, "autoencoderRate must be positive", autoencoderRate);
    require(klWeight >= 0, "klWeight must not be negative", klWeight);
    require(
        reuse.matches("[0-9a-f]*"),
        "reuse is the fingerprint of an autoencoder, made of the digits 0 to 9 and a to f",
        '"' + reuse + '"');
    require(noise >= 1, "noise must be at least 1", noise);
    require(wires >= 1, "wires (qubits) must be at least 1", wires);
    require(layers >= 1 && layers <= 10_000, "layers must be 1 to 10000", layers);
    require(shots >= 0, "shots must not be negative", shots);
    require(initWidth >= 0, "initWidth must not be negative", initWidth);
    require(range >= 0, "range must not be negative", range);
    require(frequency > 0, "frequency must be positive", frequency);
    require(
        criticWidths.stream().allMatch(c -> c >= 1),
        "criticWidths takes numbers of at least 1",
        criticWidths);
    require(penalty >= 0, "penalty must not be negative", penalty);
    require(criticSteps >= 1, "criticSteps must be at least 1", criticSteps);
    require(generatorRate >= 0, "generatorRate must not be negative", generatorRate);
    require(observableRate >= 0, "observableRate must not be negative", observableRate);
    require(criticRate >= 0, "criticRate must not be negative", criticRate);
    require(beta1 >= 0 && beta1 < 1, "beta1 is 0 to below 1", beta1);
    require(beta2 >= 0 && beta2 < 1, "beta2 is 0 to below 1", beta2);
    require(lastRate >= 0 && lastRate <= 1, "lastRate is 0 to 1", lastRate);
    require(average >= 0 && average < 1, "average is 0 to below 1", average);
  }

  Map<String, Double> adversarialRates() {
    Map<String, Double> rates = new LinkedHashMap<>();
    rates.put("criticRate", criticRate);
    rates.put("generatorRate", generatorRate);
    return rates;
  }

  @Override
  public List<Slot> slots() {
    return List.of(
        new Slot(ANSATZ, Ansatz.KIND, PartSelection.of("controlled-ring")),
        new Slot(
            OBSERVABLE,
            ObservableHead.KIND,
            PartSelection.of("pauli", Map.of("strings", List.of("X", "Z")))));
  }

  @Override
  public Blueprint.Training training() {
    return new Blueprint.Training(20, 128, 1, 1);
  }

  @Override
  public GenerativeModel<SamplingOptions> create(ModelContext context) {
    return new LastQganModel(this, context);
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
    return range > 0 ? range : autoencoder == Kind.VARIATIONAL ? 3 : 1;
  }

  /**
   * Steps of the first phase.
   *
   * @throws IllegalArgumentException if none are left for the GAN
   */
  int firstPhase(long steps) {
    if (!reuse.isEmpty()) {
      return 0;
    }
    if (autoencoderSteps == 0) {
      return (int) Math.min(steps / 3, MOST_DEFAULT_STEPS);
    }
    if (autoencoderSteps >= steps) {
      throw new IllegalArgumentException(
          "model.options.autoencoderSteps is "
              + autoencoderSteps
              + ", but the whole training has "
              + steps
              + " steps; give fewer, or more epochs (training.epochs)");
    }
    return autoencoderSteps;
  }
}
