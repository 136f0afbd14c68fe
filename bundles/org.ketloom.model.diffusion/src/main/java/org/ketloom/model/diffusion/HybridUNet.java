package org.ketloom.model.diffusion;

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
import org.ketloom.api.part.Encoding;
import org.ketloom.api.part.ObservableHead;
import org.ketloom.api.part.Option;
import org.ketloom.api.part.Part;
import org.osgi.service.component.annotations.Component;

/**
 * The hybrid quantum-classical diffusion U-Net: a convolutional, class-conditional U-Net whose
 * bottleneck runs through a quantum circuit made of an encoding, an ansatz and an observable head.
 * After arXiv 2602.03405, with convolutions in the place of its dense layers.
 *
 * @param channels channels per level; each level after the first halves height and width
 * @param embedding width of the embedding of time and class, even
 * @param skips whether each level's output is passed across to its counterpart
 * @param bottleneck what stands at the lowest level
 * @param wires qubits of the circuit
 * @param layers layers of the ansatz
 * @param precision of the circuit's states
 * @param features features that the encoding gets; 0 for as many as it takes, at most 64
 * @param angleInit deviation of the circuit's first angles in radians
 * @param observableInit deviation of the first entries of trainable observables
 * @param timesteps T, the number of noise levels
 * @param schedule how noise grows
 * @param prediction what the network is trained to give
 * @param labelDropout share of the images that are shown without their class, for guidance
 * @param learningRate of the classical weights, after warm-up
 * @param circuitRate learning rate of the circuit's angles
 * @param observableRate learning rate of trainable observables; after Chen et al., "Learning to
 *     measure quantum neural networks" (arXiv 2501.05663), far higher than that of the angles
 * @param observableBound largest modulus of an eigenvalue of a trainable observable: larger ones
 *     are set to it after each step, so that observables with a high learning rate can't run away
 * @param weightDecay of the classical weights, decoupled
 * @param warmUp optimizer steps in which learning rates rise from 0
 * @param clip largest norm of all gradients together
 * @param average decay of the moving average of the weights
 */
@Component(
    service = GenerativeModelFactory.class,
    property = {
      Part.NAME + "=hybrid-unet",
      Part.DESCRIPTION + "=Diffusion U-Net with a quantum bottleneck"
    })
public record HybridUNet(
    @Option("channels per level; each level after the first halves height and width")
        List<Integer> channels,
    @Option("width of the embedding of time and class, even") int embedding,
    @Option("whether each level's output is passed across to its counterpart") boolean skips,
    @Option("what stands at the lowest level; dense is the classical control of equal size")
        Kind bottleneck,
    @Option("qubits of the circuit") int wires,
    @Option("layers of the ansatz") int layers,
    @Option("precision of the circuit's states; single is faster from about 8 wires on")
        Precision precision,
    @Option("features that the encoding gets; 0 for as many as it takes, at most 64") int features,
    @Option("deviation of the circuit's first angles in radians") double angleInit,
    @Option("deviation of the first entries of trainable observables") double observableInit,
    @Option("number of noise levels") int timesteps,
    @Option("how noise grows from level to level") NoiseSchedule.Shape schedule,
    @Option("what the network is trained to give") Prediction prediction,
    @Option("share of the images that are shown without their class, for guidance")
        double labelDropout,
    @Option("learning rate of the classical weights, after warm-up") double learningRate,
    @Option("learning rate of the circuit's angles") double circuitRate,
    @Option("learning rate of trainable observables") double observableRate,
    @Option("largest modulus of a trainable observable's eigenvalues, which are cut there")
        double observableBound,
    @Option("decoupled weight decay of the classical weights") double weightDecay,
    @Option("optimizer steps in which learning rates rise from 0") int warmUp,
    @Option("largest norm of all gradients together") double clip,
    @Option("decay of the moving average of the weights, 0 to below 1") double average)
    implements GenerativeModelFactory {

  static final String ENCODING = "encoding";
  static final String ANSATZ = "ansatz";
  static final String OBSERVABLE = "observable";

  /** What stands at the lowest level of the U-Net. */
  public enum Kind {
    /** The quantum circuit. */
    QUANTUM,
    /** Two dense layers with about as many parameters as the circuit: the classical control. */
    DENSE,
    /** Nothing. */
    NONE
  }

  /** What the network gives for a noisy image. */
  public enum Prediction {
    /** The noise (Ho et al., arXiv 2006.11239, eq. 14). */
    NOISE,
    /** The clean image. */
    IMAGE,
    /** The mean of the posterior of the step before (Ho et al., eq. 7). */
    POSTERIOR_MEAN
  }

  /** Settings that draw 16x16 digits after a few minutes on two cores. */
  public HybridUNet() {
    this(
        List.of(16, 32, 48),
        64,
        true,
        Kind.QUANTUM,
        6,
        2,
        Precision.DOUBLE,
        0,
        0.1,
        0.3,
        400,
        NoiseSchedule.Shape.COSINE,
        Prediction.IMAGE,
        0.1,
        2e-3,
        1e-2,
        0.1,
        50,
        1e-4,
        100,
        1,
        0.995);
  }

  /** Checks the ranges. */
  public HybridUNet {
    channels = List.copyOf(channels);
    require(
        !channels.isEmpty() && channels.stream().allMatch(c -> c >= 1),
        "channels takes at least one number of at least 1",
        channels);
    require(embedding >= 4 && embedding % 2 == 0, "embedding is even and at least 4", embedding);
    require(wires >= 1, "wires (qubits) must be at least 1", wires);
    require(layers >= 1 && layers <= 10_000, "layers must be 1 to 10000", layers);
    require(features >= 0, "features must not be negative", features);
    require(angleInit >= 0, "angleInit must not be negative", angleInit);
    require(observableInit >= 0, "observableInit must not be negative", observableInit);
    require(timesteps >= 1, "timesteps must be at least 1", timesteps);
    require(labelDropout >= 0 && labelDropout <= 1, "labelDropout is 0 to 1", labelDropout);
    require(learningRate > 0, "learningRate must be positive", learningRate);
    require(circuitRate >= 0, "circuitRate must not be negative", circuitRate);
    require(observableRate >= 0, "observableRate must not be negative", observableRate);
    require(observableBound > 0, "observableBound must be positive", observableBound);
    require(weightDecay >= 0, "weightDecay must not be negative", weightDecay);
    require(warmUp >= 0, "warmUp must not be negative", warmUp);
    require(clip > 0, "clip must be positive", clip);
    require(average >= 0 && average < 1, "average is 0 to below 1", average);
  }

  /** The learning rates by option. */
  Map<String, Double> rates() {
    Map<String, Double> rates = new LinkedHashMap<>();
    rates.put("learningRate", learningRate);
    if (bottleneck == Kind.QUANTUM) {
      rates.put("circuitRate", circuitRate);
      rates.put("observableRate", observableRate);
    }
    return rates;
  }

  @Override
  public List<Slot> slots() {
    return List.of(
        new Slot(ENCODING, Encoding.KIND, PartSelection.of("angle")),
        new Slot(ANSATZ, Ansatz.KIND, PartSelection.of("two-qubit")),
        new Slot(
            OBSERVABLE, ObservableHead.KIND, PartSelection.of("adaptive", Map.of("locality", 2))));
  }

  @Override
  public Blueprint.Training training() {
    return new Blueprint.Training(12, 64, 1, 2);
  }

  @Override
  public GenerativeModel<SamplingOptions> create(ModelContext context) {
    return new DiffusionModel(this, context);
  }
}
