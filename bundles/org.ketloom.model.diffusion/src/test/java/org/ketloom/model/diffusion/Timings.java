package org.ketloom.model.diffusion;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.ketloom.ansatz.twoqubit.TwoQubitAnsatz;
import org.ketloom.api.data.Dataset;
import org.ketloom.api.data.DatasetProvider;
import org.ketloom.api.data.ImageBatch;
import org.ketloom.api.model.GenerativeModel;
import org.ketloom.api.model.GenerativeModelFactory;
import org.ketloom.api.model.ModelContext;
import org.ketloom.api.part.Part;
import org.ketloom.data.internal.DrawnDigits;
import org.ketloom.data.internal.Mnist;
import org.ketloom.encoding.amplitude.AmplitudeEncoding;
import org.ketloom.encoding.angle.AngleEncoding;
import org.ketloom.observable.adaptive.AdaptiveHead;
import org.ketloom.tck.TestContext;

/**
 * Time and losses of training steps, for a first look: {@code Timings jo2026|hybrid-unet [epochs]
 * [most steps]}. The first learns MNIST's first 8,096 images from the folder in KETLOOM_DATA.
 */
final class Timings {
  private Timings() {}

  public static void main(String[] arguments) throws IOException {
    boolean published = arguments[0].equals("jo2026");
    int epochs = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 1;
    int most = arguments.length > 2 ? Integer.parseInt(arguments[2]) : Integer.MAX_VALUE;
    GenerativeModelFactory factory = published ? new Jo2026Factory() : new HybridUNetFactory();
    Dataset data =
        published
            ? new Mnist(System.getenv("KETLOOM_DATA"), java.util.List.of(), 0, 8096)
                .open(DatasetProvider.Split.TRAIN)
            : new DrawnDigits().open(DatasetProvider.Split.TRAIN);
    Map<String, Part> parts = new HashMap<>();
    parts.put("encoding", published ? new AmplitudeEncoding() : new AngleEncoding());
    parts.put("ansatz", new TwoQubitAnsatz());
    parts.put(
        "observable",
        published
            ? new AdaptiveHead(4, AdaptiveHead.Windows.SLIDING, 16)
            : new AdaptiveHead(2, AdaptiveHead.Windows.WRAP, 1));
    int size = factory.training().batchSize();
    int perEpoch = data.batchesPerEpoch(size);
    ModelContext context =
        TestContext.of(data.shape(), TestEngine.of(0))
            .withClasses(10)
            .withSteps((long) epochs * perEpoch)
            .withParts(parts);
    double[] times = new double[epochs * perEpoch];
    int steps = 0;
    try (GenerativeModel<?> model = factory.create(context)) {
      System.out.println(model.parameters());
      for (int epoch = 0; epoch < epochs && steps < most; epoch++) {
        Map<String, Double> sums = new java.util.LinkedHashMap<>();
        int before = steps;
        long begin = System.nanoTime();
        try (Dataset.Batches batches = data.batches(size, 1, epoch, 0)) {
          while (batches.hasNext() && steps < most) {
            ImageBatch batch = batches.next();
            long start = System.nanoTime();
            model.train(batch, steps).byName().forEach((k, v) -> sums.merge(k, v, Double::sum));
            times[steps++] = (System.nanoTime() - start) / 1e6;
          }
        }
        int n = steps - before;
        System.out.printf("epoch %d, %.1f s:", epoch + 1, (System.nanoTime() - begin) / 1e9);
        sums.forEach((k, v) -> System.out.printf(" %s %.4f", k, v / n));
        System.out.println();
      }
    }
    double[] last = Arrays.copyOfRange(times, steps / 2, steps);
    Arrays.sort(last);
    System.out.printf(
        "median of the later half of %d steps: %.1f ms, best tenth %.1f ms%n",
        steps, last[last.length / 2], last[last.length / 10]);
  }
}
