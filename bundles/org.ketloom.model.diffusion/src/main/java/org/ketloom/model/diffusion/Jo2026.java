package org.ketloom.model.diffusion;

import static org.ketloom.api.part.Options.require;

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
 * The network that was published with arXiv 2602.03405 (Jo et al., "Enhancing quantum diffusion
 * models for complex image generation"), as its released code has it: dense encoder and decoder
 * around three circuits on four qubits, whose angles are looked up by step and class, and trainable
 * observables on all four. It learns the mean of the posterior of the step before from unit vectors
 * alone, by their infidelity. {@link Jo2026Network} gives the layers, {@link UnitImages} what is
 * done to an image.
 *
 * @param size height and width of the images that it learns; {@code 2 size^2} numbers enter it
 * @param hidden width of the dense layers
 * @param wires qubits of the latent state
 * @param reps layers of the ansatz in each of the three circuits
 * @param slope of the LeakyReLU between the second and the third circuit; 1 for none
 * @param precision of the circuits' states
 * @param faithful whether quirks that are left {@code auto} are as released
 * @param addBranches quirk of the release: whether the data goes on from the Hadamard test as the
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
@Component(
    service = GenerativeModelFactory.class,
    property = {
      Part.NAME + "=jo2026",
      Part.DESCRIPTION
          + "=The published hybrid diffusion network of arXiv 2602.03405, for grey images; it"
          + " learned from 8,096: --set data.options.count=8096"
    })
public record Jo2026(
    @Option("height and width of the images that it learns, at least 2") int size,
    @Option("width of the dense layers") int hidden,
    @Option("qubits of the latent state") int wires,
    @Option("layers of the ansatz in each of the three circuits") int reps,
    @Option("slope of the LeakyReLU on amplitudes, 0 to 1; 1 for none") double slope,
    @Option("precision of the circuits' states") Precision precision,
    @Option("what the quirks below are where they are auto: as released, or otherwise")
        boolean faithful,
    @Option(
            "as released: the data leaves the Hadamard test as the sum of both branches, which is"
                + " what went in; false: as the branch of ancilla 0; auto: as faithful says")
        Quirk addBranches,
    @Option(
            "as released: an observable is (M + M^+)/2 of twice as many numbers as it needs; false:"
                + " its own entries are trained; auto: as faithful says")
        Quirk redundantObservables,
    @Option("number of noise levels; each batch holds every image at all of them") int timesteps,
    @Option("deviation of the first angles in radians") double angleInit,
    @Option("deviation of the first entries of observables") double observableInit,
    @Option("learning rate of everything") double learningRate,
    @Option("optimizer steps between two decays of the learning rate") int decayEvery,
    @Option("factor of the learning rate at each decay") double decay)
    implements GenerativeModelFactory {

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

  /** The released settings; 2,530 steps are 10 epochs of 8,096 images. */
  public Jo2026() {
    this(
        16,
        512,
        4,
        10,
        0.01,
        Precision.DOUBLE,
        true,
        Quirk.AUTO,
        Quirk.AUTO,
        10,
        0.1,
        0.1,
        1e-3,
        2530,
        0.97);
  }

  /** Checks the ranges. */
  public Jo2026 {
    require(size >= 2 && size <= 1024, "size is 2 to 1024", size);
    require(hidden >= 1, "hidden must be at least 1", hidden);
    require(wires >= 1 && wires <= 10, "wires (qubits) are 1 to 10", wires);
    require(reps >= 1, "reps must be at least 1", reps);
    require(slope >= 0 && slope <= 1, "slope is 0 to 1", slope);
    require(timesteps >= 1, "timesteps must be at least 1", timesteps);
    require(angleInit >= 0, "angleInit must not be negative", angleInit);
    require(observableInit >= 0, "observableInit must not be negative", observableInit);
    require(learningRate > 0, "learningRate must be positive", learningRate);
    require(decayEvery >= 1, "decayEvery must be at least 1", decayEvery);
    require(decay > 0 && decay <= 1, "decay is above 0, at most 1", decay);
  }

  /** Whether the Hadamard test's branches are added. */
  boolean addsBranches() {
    return addBranches.in(faithful);
  }

  /** Whether observables have twice as many numbers as they need. */
  boolean doublesObservables() {
    return redundantObservables.in(faithful);
  }

  @Override
  public List<Slot> slots() {
    return List.of(
        new Slot(ENCODING, Encoding.KIND, PartSelection.of("amplitude")),
        new Slot(ANSATZ, Ansatz.KIND, PartSelection.of("two-qubit")),
        new Slot(
            OBSERVABLE,
            ObservableHead.KIND,
            PartSelection.of(
                "adaptive", Map.of("locality", 4, "windows", "sliding", "copies", 16))));
  }

  @Override
  public Blueprint.Training training() {
    return new Blueprint.Training(100, 32, 1, 10);
  }

  @Override
  public GenerativeModel<Jo2026Sampling> create(ModelContext context) {
    return new Jo2026Model(this, context);
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
