package org.ketloom.itests.benchmarks;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.ketloom.ansatz.clusterstate.ClusterStateAnsatz;
import org.ketloom.ansatz.controlledring.ControlledRingAnsatz;
import org.ketloom.ansatz.twoqubit.TwoQubitAnsatz;
import org.ketloom.api.data.ImageBatch;
import org.ketloom.api.data.ImageShape;
import org.ketloom.api.model.GenerativeModel;
import org.ketloom.api.part.Options;
import org.ketloom.api.part.Part;
import org.ketloom.convolution.onednn.OneDnnEngine;
import org.ketloom.encoding.amplitude.AmplitudeEncoding;
import org.ketloom.encoding.angle.AngleEncoding;
import org.ketloom.encoding.reuploading.ReuploadingEncoding;
import org.ketloom.model.diffusion.HybridUNet;
import org.ketloom.model.diffusion.HybridUNetFactory;
import org.ketloom.model.diffusion.Jo2026Factory;
import org.ketloom.model.lastqgan.LastQganFactory;
import org.ketloom.model.latentflow.LatentFlowFactory;
import org.ketloom.observable.adaptive.AdaptiveHead;
import org.ketloom.observable.pauli.PauliHead;
import org.ketloom.tck.TestContext;
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

  /** What is trained, in the order of the table. */
  public enum Subject {
    /** The diffusion U-Net. */
    HYBRID_UNET("hybrid-unet, batch 64", 64),
    /** The same with dense layers in the place of the circuit. */
    CONTROL("its classical control, batch 64", 64),
    /** The published network; each image enters a step at 10 noise levels. */
    JO2026("jo2026, 32 images at 10 noise levels", 32),
    /** LaSt-QGAN's second phase: critic and generator, the circuit of 10 qubits; latents known. */
    LAST_QGAN("last-qgan, batch 128", 128),
    /** The same in the first epoch, in which images pass through the encoder. */
    LAST_QGAN_FIRST("last-qgan, batch 128, images new to it", 128),
    /** Latent flow's second phase: the circuit of 8 qubits and 8 layers; latents known. */
    LATENT_FLOW("latent-flow, batch 128", 128),
    /** 40 images by 40 passes with guidance. */
    HYBRID_UNET_DRAWS("hybrid-unet draws 40 images", 40),
    /** The same of the classical control. */
    CONTROL_DRAWS("its classical control draws 40 images", 40);

    /** Steps of its first phase, which are not measured. */
    private static final int AUTOENCODER_STEPS = 5;

    /** Steps after it in which latents are only measured. */
    private static final int MEASURED_STEPS = 64;

    private final String title;
    private final int batch;

    Subject(String title, int batch) {
      this.title = title;
      this.batch = batch;
    }

    String title() {
      return title;
    }

    /** By which a command line asks for it, such as {@code hybrid-unet}. */
    String option() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Builds the model. */
    GenerativeModel<?> create(TestContext context) {
      return switch (this) {
        case HYBRID_UNET, HYBRID_UNET_DRAWS -> unet(context, HybridUNet.Kind.QUANTUM);
        case CONTROL, CONTROL_DRAWS -> unet(context, HybridUNet.Kind.DENSE);
        case JO2026 ->
            new Jo2026Factory()
                .create(
                    with(
                        context,
                        new AmplitudeEncoding(),
                        new AdaptiveHead(4, AdaptiveHead.Windows.SLIDING, 16)));
        case LAST_QGAN, LAST_QGAN_FIRST ->
            Options.with(
                    new LastQganFactory(),
                    "last-qgan",
                    Map.of("autoencoderSteps", AUTOENCODER_STEPS))
                .create(
                    context.withParts(
                        Map.of(
                            "ansatz",
                            new ControlledRingAnsatz(),
                            "observable",
                            new PauliHead(List.of("X", "Z")))));
        case LATENT_FLOW ->
            Options.with(
                    new LatentFlowFactory(),
                    "latent-flow",
                    Map.of(
                        "autoencoderSteps",
                        AUTOENCODER_STEPS,
                        "layers",
                        8,
                        "circuits",
                        1,
                        "precision",
                        "single"))
                .create(
                    context.withParts(
                        Map.of(
                            "encoding",
                            new ReuploadingEncoding("y", 1, false, false, 0),
                            "ansatz",
                            new ClusterStateAnsatz(true),
                            "observable",
                            new PauliHead(List.of("X", "Z", "ZZ*")))));
      };
    }

    /** Steps before the first that is measured. */
    int begin() {
      return switch (this) {
        case LAST_QGAN, LAST_QGAN_FIRST -> AUTOENCODER_STEPS;
        case LATENT_FLOW -> AUTOENCODER_STEPS + MEASURED_STEPS;
        default -> 0;
      };
    }

    private static GenerativeModel<?> unet(TestContext context, HybridUNet.Kind bottleneck) {
      Map<String, Object> options =
          Map.of("bottleneck", bottleneck.name().toLowerCase(Locale.ROOT));
      return Options.with(new HybridUNetFactory(), "hybrid-unet", options)
          .create(
              with(
                  context, new AngleEncoding(), new AdaptiveHead(2, AdaptiveHead.Windows.WRAP, 1)));
    }

    private static TestContext with(TestContext context, Part encoding, Part observable) {
      return context.withParts(
          Map.of("encoding", encoding, "ansatz", new TwoQubitAnsatz(), "observable", observable));
    }
  }

  /** What is trained. */
  @Param("HYBRID_UNET")
  public Subject subject;

  /** Threads of the engine, and of the native code. */
  @Param("1")
  public int threads;

  /** Whether convolutions are ND4J's own. */
  @Param("false")
  public boolean nd4j;

  private GenerativeModel<?> model;
  private ImageBatch batch;
  private long step;

  /** Is made by the benchmark harness. */
  public TrainingBenchmark() {}

  /** Builds the model. */
  @Setup
  public void setUp() {
    TestContext context =
        TestContext.of(IMAGES, EngineBenchmark.engine(threads))
            .withClasses(CLASSES)
            .withSteps(10_000);
    model = subject.create(nd4j ? context : context.withConvolutions(new OneDnnEngine()));
    Random random = new Random(1);
    float[] pixels = new float[subject.batch * IMAGES.size()];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = 2 * random.nextFloat() - 1;
    }
    // Of this thread, which the harness also runs the steps on.
    NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(threads);
    batch = new ImageBatch(IMAGES, pixels, random.ints(subject.batch, 0, CLASSES).toArray());
    for (int i = 0; i < subject.begin(); i++) {
      train();
    }
  }

  /** Releases the model's memory. */
  @TearDown
  public void tearDown() {
    model.close();
  }

  /** One optimizer step, or the drawing of a batch. */
  @Benchmark
  public Object train() {
    if (subject == Subject.HYBRID_UNET_DRAWS || subject == Subject.CONTROL_DRAWS) {
      return draw(model);
    }
    if (subject == Subject.LAST_QGAN_FIRST) {
      for (int i = 0; i < batch.size(); i++) {
        batch.pixels()[i * IMAGES.size()] = -1f + 1e-6f * (step % 1_000_000);
      }
    }
    return model.train(batch, step++);
  }

  private <S extends Record> ImageBatch draw(GenerativeModel<S> drawing) {
    return drawing.sample(batch.labels(), step++, drawing.samplingOptions(), (done, all) -> true);
  }
}
