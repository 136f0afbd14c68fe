package org.ketloom.model.diffusion;

import org.ketloom.api.engine.Precision;
import org.ketloom.api.part.Option;
import org.ketloom.nn.NoiseSchedule;

/**
 * The network that was published with arXiv 2602.03405 (Jo et al., "Enhancing quantum diffusion
 * models for complex image generation"), as its released code has it: dense encoder and decoder
 * around three circuits on four qubits, whose angles are looked up by step and class, and trainable
 * observables on all four. It learns the mean of the posterior of the step before from unit vectors
 * alone, by their infidelity. {@link Jo2026Network} gives the layers, {@link UnitImages} what is
 * done to an image.
 *
 * @param size height and width of the training images; {@code 2 size^2} numbers enter it
 * @param hidden width of the dense layers
 * @param wires qubits of the latent state
 * @param reps layers of the ansatz in each of the three circuits
 * @param slope of the LeakyReLU between the second and the third circuit; 1 for none
 * @param precision of the circuits' states
 * @param faithful whether quirks that are left {@code auto} are as released
 * @param addBranches quirk of the release: whether the data continues from the Hadamard test as the
 *     sum of the ancilla's two branches, {@code s0 + s1}, which is the state before the test, so
 *     that the second circuit counts through the ancilla's value alone; otherwise as {@code s0},
 *     the state after the ancilla was found 0
 * @param redundantObservables quirk of the release: whether an observable of dimension D is {@code
 *     (M + M^†)/2} of {@code 2 D^2} trained numbers; otherwise its {@code D^2} entries are trained
 * @param timesteps T, the number of noise levels; each batch holds every image at all of them
 * @param angleInit deviation of the first angles in radians
 * @param observableInit deviation of the first entries of observables
 * @param learningRate of everything
 * @param decayEvery optimizer steps between two decays of the learning rate
 * @param decay factor of the learning rate at each
 */
public record Jo2026(
    @Option(
            value = "height and width of the training images",
            defaultValue = "16",
            range = "[2,1024]")
        int size,
    @Option(value = "width of the dense layers", defaultValue = "512", range = "[1,)") int hidden,
    @Option(value = "qubits of the latent state", defaultValue = "4", range = "[1,10]") int wires,
    @Option(
            value = "layers of the ansatz in each of the three circuits",
            defaultValue = "10",
            range = "[1,)")
        int reps,
    @Option(
            value = "slope of the LeakyReLU on amplitudes; 1 for none",
            defaultValue = "0.01",
            range = "[0,1]")
        double slope,
    @Option(value = "precision of the circuits' states", defaultValue = "double")
        Precision precision,
    @Option(
            value = "what the quirks below are where they are auto: as released, or otherwise",
            defaultValue = "true")
        boolean faithful,
    @Option(
            value =
                "as released: the data leaves the Hadamard test as the sum of both branches, which"
                    + " is what went in; false: as the branch of ancilla 0; auto: as faithful says",
            defaultValue = "auto")
        Quirk addBranches,
    @Option(
            value =
                "as released: an observable is (M + M^+)/2 of twice as many numbers as it needs;"
                    + " false: its own entries are trained; auto: as faithful says",
            defaultValue = "auto")
        Quirk redundantObservables,
    @Option(
            value = "number of noise levels; each batch holds every image at all of them",
            defaultValue = "10",
            range = "[1,)")
        int timesteps,
    @Option(
            value = "deviation of the first angles in radians",
            defaultValue = "0.1",
            range = "[0,)")
        double angleInit,
    @Option(
            value = "deviation of the first entries of observables",
            defaultValue = "0.1",
            range = "[0,)")
        double observableInit,
    @Option(value = "learning rate of everything", defaultValue = "1e-3", range = "(0,)")
        double learningRate,
    @Option(
            value = "optimizer steps between two decays of the learning rate",
            defaultValue = "2530",
            range = "[1,)")
        int decayEvery,
    @Option(
            value = "factor of the learning rate at each decay",
            defaultValue = "0.97",
            range = "(0,1]")
        double decay) {

  static final String ENCODING = "encoding";
  static final String ANSATZ = "ansatz";
  static final String OBSERVABLE = "observable";

  /** Whether a quirk of the release is there. */
  public enum Quirk {
    /** As {@code faithful} says. */
    AUTO,
    /** It is. */
    TRUE,
    /** It isn't. */
    FALSE;

    private boolean in(boolean faithful) {
      return this == AUTO ? faithful : this == TRUE;
    }
  }

  /** Whether the Hadamard test's branches are added. */
  boolean addsBranches() {
    return addBranches.in(faithful);
  }

  /** Whether observables have twice as many numbers as they need. */
  boolean doublesObservables() {
    return redundantObservables.in(faithful);
  }

  /** Noise as released: {@code beta_t = 1e-4 + 0.0199 (t - 1) / T}, t = 1..T. */
  NoiseSchedule schedule() {
    double[] betas = new double[timesteps];
    for (int t = 1; t <= timesteps; t++) {
      betas[t - 1] = 1e-4 + (0.02 - 1e-4) * (t - 1) / timesteps;
    }
    return NoiseSchedule.ofBetas(betas);
  }
}
