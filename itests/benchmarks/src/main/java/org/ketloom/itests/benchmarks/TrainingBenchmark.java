package org.ketloom.itests.benchmarks;

import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.ketloom.ansatz.twoqubit.TwoQubitAnsatz;
import org.ketloom.api.data.ImageBatch;
import org.ketloom.api.data.ImageShape;
import org.ketloom.api.model.GenerativeModel;
import org.ketloom.api.model.ModelContext;
import org.ketloom.api.part.Options;
import org.ketloom.encoding.angle.AngleEncoding;
import org.ketloom.model.diffusion.HybridUNet;
import org.ketloom.observable.adaptive.AdaptiveHead;
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

/** Optimizer steps of the diffusion U-Net with its defaults, on images of noise. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
public class TrainingBenchmark {
  private static final ImageShape IMAGES = new ImageShape(1, 28, 28);
  private static final int BATCH = 64;
  private static final int CLASSES = 10;

  /** What stands at the lowest level: {@code quantum}, or {@code dense} for the control. */
  @Param("quantum")
  public String bottleneck;

  /** Threads of the engine, and of the native code. */
  @Param("1")
  public int threads;

  private GenerativeModel model;
  private ImageBatch batch;
  private long step;

  /** Is made by the benchmark harness. */
  public TrainingBenchmark() {}

  /** Builds the model. */
  @Setup
  public void setUp() {
    Map<String, Object> options = Map.of("bottleneck", bottleneck);
    model =
        Options.with(new HybridUNet(), "hybrid-unet", options)
            .create(
                new ModelContext(
                    IMAGES,
                    CLASSES,
                    10_000,
                    1,
                    EngineBenchmark.engine(threads),
                    Map.of(
                        "encoding", new AngleEncoding(),
                        "ansatz", new TwoQubitAnsatz(),
                        "observable", new AdaptiveHead(2, AdaptiveHead.Windows.WRAP, 1))));
    Random random = new Random(1);
    float[] pixels = new float[BATCH * IMAGES.size()];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = 2 * random.nextFloat() - 1;
    }
    // Of this thread, which the harness also runs the steps on.
    NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(threads);
    batch = new ImageBatch(IMAGES, pixels, random.ints(BATCH, 0, CLASSES).toArray());
  }

  /** Releases the model's memory. */
  @TearDown
  public void tearDown() {
    model.close();
  }

  /** One optimizer step. */
  @Benchmark
  public Map<String, Double> train() {
    return model.train(batch, step++);
  }
}
