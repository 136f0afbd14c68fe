package org.ketloom.metrics.internal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.ketloom.api.data.Dataset;
import org.ketloom.api.data.ImageBatch;
import org.ketloom.api.model.Figure;
import org.ketloom.api.random.SplitMix64;
import org.ketloom.metrics.Bins;
import org.ketloom.metrics.Classes;
import org.ketloom.metrics.Evaluator;
import org.ketloom.metrics.FeatureNetwork;
import org.ketloom.metrics.FrechetDistance;
import org.ketloom.metrics.Infidelity;
import org.ketloom.metrics.KernelDistance;
import org.ketloom.metrics.PrecisionRecall;

/** One evaluation with its networks. */
final class Measurement {
  private static final int TOGETHER = 500;

  /** Pixels of more images aren't kept: comparing them one by one would take long. */
  private static final int KEPT = 500;

  /** Images without a class are drawn only for the entropy: one per this many with a class. */
  private static final int UNCONDITIONAL_PART = 5;

  private static final int COMPARISONS = 5;

  private final Evaluator.Request request;
  private final Evaluator.Generator generator;
  private final Evaluator.Stages stages;
  private final FeatureNetwork network;
  private final @Nullable FeatureNetwork classifier;

  /**
   * Images as the networks see them.
   *
   * @param features what the distances are measured on
   * @param seen their classes
   * @param pixels of the first ones, an array for each
   */
  private record Images(float[][] features, int[] seen, float[][] pixels) {}

  /** Gives images from one place to another. */
  private interface Source {
    ImageBatch get(int from, int to);
  }

  /**
   * @param classifier tells the classes; null if there are none
   */
  Measurement(
      Evaluator.Request request,
      Evaluator.Generator generator,
      Evaluator.Stages stages,
      FeatureNetwork network,
      @Nullable FeatureNetwork classifier) {
    this.request = request;
    this.generator = generator;
    this.stages = stages;
    this.network = network;
    this.classifier = classifier;
  }

  Evaluator.Report report() {
    int n = request.samples();
    ImageBatch test = choose(request.test());
    ImageBatch train = choose(request.training());
    Images reference = look("reading test images", test);
    Images training = look("reading training images", train);
    int[] labels = new int[n];
    Arrays.setAll(labels, i -> request.conditional() ? test.labels()[i % test.size()] : -1);
    Images drawn = draw("drawing " + n + " images", labels, 0);

    List<Figure> measures = new ArrayList<>(distances(drawn, training, reference));
    if (classifier != null) {
      if (request.conditional()) {
        measures.add(
            new Figure(
                "class-agreement",
                Classes.agreement(labels, drawn.seen()),
                OptionalDouble.empty(),
                OptionalDouble.of(Classes.agreement(test.labels(), reference.seen())),
                n,
                OptionalInt.empty(),
                Figure.Better.HIGHER));
      }
      measures.add(entropy(classifier, drawn, reference));
    }
    return new Evaluator.Report(
        network.description(),
        classifier == null ? "" : classifier.description(),
        n,
        test.size(),
        measures);
  }

  private List<Figure> distances(Images drawn, Images training, Images reference) {
    List<Figure> measures = new ArrayList<>();
    float[][] ours = drawn.features();
    float[][] real = training.features();
    float[][] to = reference.features();
    measures.add(
        measure(
            "frechet-distance",
            FrechetDistance.of(ours, to),
            FrechetDistance.of(real, to),
            to,
            Figure.Better.LOWER));
    compared(1);
    KernelDistance.Estimate kernel = KernelDistance.estimate(ours, to, request.seed());
    measures.add(
        new Figure(
            "kernel-distance",
            kernel.mean(),
            kernel.deviation(),
            OptionalDouble.of(KernelDistance.estimate(real, to, request.seed()).mean()),
            request.samples(),
            OptionalInt.of(to.length),
            Figure.Better.LOWER));
    compared(2);
    PrecisionRecall of = PrecisionRecall.of(ours, to, PrecisionRecall.NEIGHBOURS);
    PrecisionRecall ofReal = PrecisionRecall.of(real, to, PrecisionRecall.NEIGHBOURS);
    measures.add(
        measure("precision", of.precision(), ofReal.precision(), to, Figure.Better.HIGHER));
    measures.add(measure("recall", of.recall(), ofReal.recall(), to, Figure.Better.HIGHER));
    compared(3);
    Bins bins = Bins.of(to, request.bins(), request.seed());
    Bins.Comparison in = bins.compare(ours);
    Bins.Comparison inReal = bins.compare(real);
    measures.add(measure("ndb", in.different(), inReal.different(), to, Figure.Better.LOWER));
    measures.add(measure("jsd", in.divergence(), inReal.divergence(), to, Figure.Better.LOWER));
    compared(4);
    // To training images: copies of them would show as a value far below that of test images.
    measures.add(
        new Figure(
            "nearest-infidelity",
            Infidelity.toNearest(drawn.pixels(), pieces(request.training())),
            OptionalDouble.empty(),
            OptionalDouble.of(Infidelity.toNearest(reference.pixels(), pieces(request.training()))),
            drawn.pixels().length,
            OptionalInt.of(request.training().size()),
            Figure.Better.AS_REAL));
    compared(COMPARISONS);
    return measures;
  }

  private Figure entropy(FeatureNetwork classifier, Images drawn, Images reference) {
    int classes = classifier.classes().size();
    int[] seen = drawn.seen();
    if (request.conditional()) {
      int[] any = new int[Math.max(classes, request.samples() / UNCONDITIONAL_PART)];
      Arrays.fill(any, -1);
      seen = draw("drawing " + any.length + " without a class", any, 1).seen();
    }
    int[] real = Arrays.copyOf(reference.seen(), Math.min(seen.length, reference.seen().length));
    return new Figure(
        "class-entropy",
        Classes.entropy(seen, classes),
        OptionalDouble.empty(),
        OptionalDouble.of(Classes.entropy(real, classes)),
        seen.length,
        OptionalInt.empty(),
        Figure.Better.HIGHER);
  }

  private Figure measure(
      String name, double value, double real, float[][] reference, Figure.Better better) {
    return new Figure(
        name,
        value,
        OptionalDouble.empty(),
        OptionalDouble.of(real),
        request.samples(),
        OptionalInt.of(reference.length),
        better);
  }

  private void compared(int done) {
    FeatureEvaluator.tell(stages, "comparing", done, COMPARISONS);
  }

  /** As many images as are drawn, or all if there are fewer, in random order. */
  private ImageBatch choose(Dataset data) {
    int[] places = new int[data.size()];
    Arrays.setAll(places, i -> i);
    SplitMix64 random = new SplitMix64(request.seed());
    int n = Math.min(request.samples(), places.length);
    for (int i = 0; i < n; i++) {
      int j = random.nextInt(i, places.length);
      int place = places[j];
      places[j] = places[i];
      places[i] = place;
    }
    return data.get(Arrays.copyOf(places, n));
  }

  private Images look(String stage, ImageBatch images) {
    int size = images.shape().size();
    return look(
        images.size(),
        (from, to) -> {
          FeatureEvaluator.tell(stages, stage, from, images.size());
          return new ImageBatch(
              images.shape(),
              Arrays.copyOfRange(images.pixels(), from * size, to * size),
              Arrays.copyOfRange(images.labels(), from, to));
        });
  }

  private Images draw(String stage, int[] labels, int purpose) {
    int n = labels.length;
    return look(
        n,
        (from, to) ->
            generator.sample(
                Arrays.copyOfRange(labels, from, to),
                noise(request.seed(), purpose, from),
                (done, total) ->
                    stages.update(stage, from * total + done * (to - from), n * total)));
  }

  /**
   * The seed of a piece's noise. Each number goes through the mixing function before the next one
   * comes: sums would give the pieces of one evaluation to another one whose seed is near.
   */
  static long noise(long seed, int purpose, int from) {
    long mixed = SplitMix64.mix(seed + SplitMix64.GOLDEN_GAMMA);
    mixed = SplitMix64.mix((mixed ^ purpose) + SplitMix64.GOLDEN_GAMMA);
    return SplitMix64.mix((mixed ^ from) + SplitMix64.GOLDEN_GAMMA);
  }

  /** All images of a data set, some at a time. */
  private static Iterable<float[][]> pieces(Dataset data) {
    return () ->
        IntStream.iterate(0, from -> from < data.size(), from -> from + TOGETHER)
            .mapToObj(
                from ->
                    pixels(
                        data.get(
                            IntStream.range(from, Math.min(from + TOGETHER, data.size()))
                                .toArray())))
            .iterator();
  }

  private static float[][] pixels(ImageBatch images) {
    int size = images.shape().size();
    float[][] rows = new float[images.size()][];
    Arrays.setAll(rows, i -> Arrays.copyOfRange(images.pixels(), i * size, (i + 1) * size));
    return rows;
  }

  private Images look(int n, Source source) {
    float[][] features = new float[n][];
    int[] seen = new int[n];
    float[][] pixels = new float[Math.min(n, KEPT)][];
    for (int from = 0; from < n; from += TOGETHER) {
      int to = Math.min(n, from + TOGETHER);
      ImageBatch images = source.get(from, to);
      FeatureNetwork.Output output = network.apply(images);
      System.arraycopy(output.features(), 0, features, from, to - from);
      if (classifier != null) {
        int[] classes =
            classifier == network ? output.classes() : classifier.apply(images).classes();
        System.arraycopy(classes, 0, seen, from, to - from);
      }
      if (from < pixels.length) {
        System.arraycopy(pixels(images), 0, pixels, from, Math.min(to, pixels.length) - from);
      }
    }
    return new Images(features, seen, pixels);
  }
}
