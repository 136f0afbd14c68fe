package org.ketloom.itests.benchmarks;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.ketloom.ansatz.controlledring.ControlledRingAnsatz;
import org.ketloom.ansatz.twoqubit.TwoQubitAnsatz;
import org.ketloom.api.data.ImageBatch;
import org.ketloom.api.data.ImageShape;
import org.ketloom.api.model.GenerativeModel;
import org.ketloom.api.model.ModelContext;
import org.ketloom.api.part.Options;
import org.ketloom.api.part.Part;
import org.ketloom.encoding.angle.AngleEncoding;
import org.ketloom.model.diffusion.HybridUNet;
import org.ketloom.model.lastqgan.LastQgan;
import org.ketloom.observable.adaptive.AdaptiveHead;
import org.ketloom.observable.pauli.PauliHead;
import org.nd4j.nativeblas.NativeOpsHolder;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Optimizer steps of models with their defaults, on images of noise. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class TrainingBenchmark {
  private static final ImageShape IMAGES = new ImageShape(1, 28, 28);
  private static final int CLASSES = 10;
  private static final int STEPS = 10_000;

  /** Steps of LaSt-QGAN's first phase, which are not measured. */
  private static final int AUTOENCODER_STEPS = 5;

  /**
   * {@code quantum} and {@code dense}: what stands at the lowest level of the diffusion U-Net;
   * {@code last-qgan}: a step of its encoder, critic and generator.
   */
  @Param("quantum")
  public String model;

  /** Threads of the engine, and of the native code. */
  @Param("1")
  public int threads;

  private GenerativeModel trained;
  private ImageBatch batch;
  private long step;

  /** Is made by the benchmark harness. */
  public TrainingBenchmark() {}

  /** Builds the model. */
  @Setup
  public void setUp() {
    boolean gan = model.equals("last-qgan");
    trained = gan ? lastQgan() : hybridUNet();
    int size = gan ? 128 : 64;
    Random random = new Random(1);
    float[] pixels = new float[size * IMAGES.size()];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = 2 * random.nextFloat() - 1;
    }
    // Of this thread, which the harness also runs the steps on.
    NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(threads);
    batch = new ImageBatch(IMAGES, pixels, random.ints(size, 0, CLASSES).toArray());
    for (int i = 0; gan && i < AUTOENCODER_STEPS; i++) {
      train();
    }
  }

  private GenerativeModel hybridUNet() {
    return Options.with(new HybridUNet(), "hybrid-unet", Map.of("bottleneck", model))
        .create(
            context(
                Map.of(
                    "encoding", new AngleEncoding(),
                    "ansatz", new TwoQubitAnsatz(),
                    "observable", new AdaptiveHead(2, AdaptiveHead.Windows.WRAP, 1))));
  }

  private GenerativeModel lastQgan() {
    return Options.with(new LastQgan(), "last-qgan", Map.of("autoencoderSteps", AUTOENCODER_STEPS))
        .create(
            context(
                Map.of(
                    "ansatz",
                    new ControlledRingAnsatz(),
                    "observable",
                    new PauliHead(List.of("X", "Z")))));
  }

  private ModelContext context(Map<String, Part> parts) {
    return new ModelContext(IMAGES, CLASSES, STEPS, 1, EngineBenchmark.engine(threads), parts);
  }

  /** Releases the model's memory. */
  @TearDown
  public void tearDown() {
    trained.close();
  }

  /** One optimizer step. */
  @Benchmark
  public Map<String, Double> train() {
    return trained.train(batch, step++);
  }
}
