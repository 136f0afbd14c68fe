package org.ketloom.model.diffusion;

import static org.ketloom.api.part.Options.require;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ketloom.api.engine.Precision;
import org.ketloom.api.part.Option;
import org.ketloom.nn.NoiseSchedule;

/**
 * The hybrid quantum-classical diffusion U-Net: a convolutional, class-conditional U-Net whose
 * bottleneck runs through a quantum circuit made of an encoding, an ansatz and an observable head.
 * After arXiv 2602.03405, with convolutions in place of its dense layers.
 *
 * @param channels channels per level; each level after the first halves height and width
 * @param embedding width of the embedding of time and class, even
 * @param skips whether each level's output is passed across to its counterpart
 * @param bottleneck what stands at the lowest level
 * @param wires qubits of the circuit
 * @param layers layers of the ansatz
 * @param precision of the circuit's states
 * @param features number of features that are encoded; 0 for as many as the encoding takes, at most
 *     64
 * @param angleInit deviation of the circuit's first angles in radians
 * @param observableInit deviation of the first entries of trainable observables
 * @param process what leads from noise to images
 * @param timesteps T, the number of noise levels of the diffusion
 * @param schedule how the diffusion's noise grows
 * @param prediction what the network of a diffusion is trained to predict
 * @param labelDropout share of the images that are shown without their class, for guidance
 * @param learningRate of the classical weights, after warm-up
 * @param circuitRate learning rate of the circuit's angles
 * @param observableRate learning rate of trainable observables; after Chen et al., "Learning to
 *     measure quantum neural networks" (arXiv 2501.05663), far higher than that of the angles
 * @param observableBound largest modulus of an eigenvalue of a trainable observable: larger ones
 *     are set to it after each step, so that observables with a high learning rate can't run away
 * @param weightDecay of the classical weights, decoupled
 * @param warmUp optimizer steps in which learning rates rise from 0
 * @param clip largest norm of the gradient of all weights, which is clipped there
 * @param average decay of the moving average of the weights
 */
public record HybridUNet(
    @Option(
            value = "channels per level; each level after the first halves height and width",
            defaultValue = {"16", "32", "48"},
            range = "[1,)")
        List<Integer> channels,
    @Option(
            value = "width of the embedding of time and class, even",
            defaultValue = "64",
            range = "[4,)")
        int embedding,
    @Option(
            value = "whether each level's output is passed across to its counterpart",
            defaultValue = "true")
        boolean skips,
    @Option(
            value =
                "what the lowest level consists of; dense is the classical control of equal size",
            defaultValue = "quantum")
        Kind bottleneck,
    @Option(value = "qubits of the circuit", defaultValue = "6", range = "[1,)") int wires,
    @Option(value = "layers of the ansatz", defaultValue = "2", range = "[1,10000]") int layers,
    @Option(
            value = "precision of the circuit's states; single is faster from about 8 wires on",
            defaultValue = "double")
        Precision precision,
    @Option(
            value =
                "number of features that are encoded; 0 for as many as the encoding takes, at most"
                    + " 64",
            defaultValue = "0",
            range = "[0,)")
        int features,
    @Option(
            value = "deviation of the circuit's first angles in radians",
            defaultValue = "0.1",
            range = "[0,)")
        double angleInit,
    @Option(
            value = "deviation of the first entries of trainable observables",
            defaultValue = "0.3",
            range = "[0,)")
        double observableInit,
    @Option(
            value = "diffusion: DDPM; flow: straight paths from noise to images",
            defaultValue = "diffusion")
        Way process,
    @Option(value = "number of noise levels, diffusion only", defaultValue = "400", range = "[1,)")
        int timesteps,
    @Option(value = "how noise grows from level to level, diffusion only", defaultValue = "cosine")
        NoiseSchedule.Shape schedule,
    @Option(
            value = "what the network is trained to predict, diffusion only",
            defaultValue = "image")
        Prediction prediction,
    @Option(
            value = "share of the images that are shown without their class, for guidance",
            defaultValue = "0.1",
            range = "[0,1]")
        double labelDropout,
    @Option(
            value = "learning rate of the classical weights, after warm-up",
            defaultValue = "2e-3",
            range = "(0,)")
        double learningRate,
    @Option(value = "learning rate of the circuit's angles", defaultValue = "1e-2", range = "[0,)")
        double circuitRate,
    @Option(value = "learning rate of trainable observables", defaultValue = "0.1", range = "[0,)")
        double observableRate,
    @Option(
            value =
                "largest modulus of a trainable observable's eigenvalues, which are clipped there",
            defaultValue = "50",
            range = "(0,)")
        double observableBound,
    @Option(
            value = "decoupled weight decay of the classical weights",
            defaultValue = "1e-4",
            range = "[0,)")
        double weightDecay,
    @Option(
            value = "optimizer steps in which learning rates rise from 0",
            defaultValue = "100",
            range = "[0,)")
        int warmUp,
    @Option(
            value = "largest norm of the gradient of all weights, which is clipped there",
            defaultValue = "1",
            range = "(0,)")
        double clip,
    @Option(
            value = "decay of the moving average of the weights",
            defaultValue = "0.995",
            range = "[0,1)")
        double average) {

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

  /** What leads from noise to images. */
  public enum Way {
    /** Denoising diffusion (Ho et al., arXiv 2006.11239). */
    DIFFUSION,
    /** Flow matching along straight paths (Lipman et al., arXiv 2210.02747, section 4.1). */
    FLOW
  }

  /** What the network of a diffusion gives for a noisy image. */
  public enum Prediction {
    /** The noise (Ho et al., arXiv 2006.11239, eq. 14). */
    NOISE,
    /** The clean image. */
    IMAGE,
    /** The mean of the posterior of the step before (Ho et al., eq. 7). */
    POSTERIOR_MEAN
  }

  /** Checks the ranges. */
  public HybridUNet {
    channels = List.copyOf(channels);
    require(
        !channels.isEmpty() && channels.stream().allMatch(c -> c >= 1),
        "channels takes at least one number of at least 1",
        channels);
    require(embedding >= 4 && embedding % 2 == 0, "embedding is even and at least 4", embedding);
  }

  /** The path that is learned. */
  Path path() {
    return process == Way.FLOW
        ? new Path.Straight()
        : new Path.Levels(NoiseSchedule.of(schedule, timesteps), prediction);
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
}
