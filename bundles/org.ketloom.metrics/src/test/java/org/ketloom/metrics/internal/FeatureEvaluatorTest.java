package org.ketloom.metrics.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SplittableRandom;
import java.util.concurrent.CancellationException;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.ketloom.api.data.Dataset;
import org.ketloom.api.data.DatasetProvider;
import org.ketloom.api.data.ImageBatch;
import org.ketloom.api.data.ImageShape;
import org.ketloom.api.model.Figure;
import org.ketloom.api.model.Progress;
import org.ketloom.api.part.Options;
import org.ketloom.api.part.PartKind;
import org.ketloom.data.internal.DrawnDigits;
import org.ketloom.metrics.Evaluator;
import org.ketloom.metrics.FeatureNetwork;
import org.ketloom.metrics.FeatureNetworkProvider;
import org.ketloom.runtime.parts.PartIdentity;
import org.ketloom.runtime.parts.PartRegistry;
import org.ketloom.runtime.parts.RegisteredPart;
import org.osgi.framework.Version;

class FeatureEvaluatorTest {
  private static final int SIDE = 8;
  private static final Evaluator.Stages GO = (stage, done, total) -> true;

  /** Mean brightness of the rows and columns; tells classes by the label that it has memorised. */
  record Profiles(boolean tellsClasses) implements FeatureNetworkProvider {
    @Override
    public FeatureNetwork open(Dataset training, Dataset test, Progress progress) {
      return new FeatureNetwork() {
        @Override
        public String description() {
          return "profiles";
        }

        @Override
        public int dimension() {
          return 2 * SIDE;
        }

        @Override
        public List<String> classes() {
          return tellsClasses ? training.classes() : List.of();
        }

        @Override
        public Output apply(ImageBatch images) {
          float[][] features = new float[images.size()][2 * SIDE];
          for (int i = 0; i < images.size(); i++) {
            for (int p = 0; p < SIDE * SIDE; p++) {
              float value = images.pixels()[i * SIDE * SIDE + p];
              features[i][p / SIDE] += value;
              features[i][SIDE + p % SIDE] += value;
            }
          }
          return new Output(features, tellsClasses ? images.labels().clone() : new int[0]);
        }

        @Override
        public void close() {}
      };
    }
  }

  private final List<RegisteredPart> registered = new ArrayList<>();
  private final FeatureEvaluator evaluator = new FeatureEvaluator(new Registered(registered));
  private final Dataset train;
  private final Dataset test;

  FeatureEvaluatorTest() {
    DatasetProvider digits = new DrawnDigits(SIDE, 3000, 0, List.of());
    try {
      train = digits.open(DatasetProvider.Split.TRAIN);
      test = digits.open(DatasetProvider.Split.TEST);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    register("profiles", "1.0.0", new Profiles(true));
  }

  private void register(String name, String version, FeatureNetworkProvider provider) {
    registered.add(
        new RegisteredPart(
            FeatureNetworkProvider.KIND,
            name,
            Version.parseVersion(version),
            "example." + name,
            "",
            Options.of(provider),
            registered.size(),
            provider));
  }

  /** Parts in the order of choice, whatever their versions. */
  private record Registered(List<RegisteredPart> parts) implements PartRegistry {
    @Override
    public List<PartKind> kinds() {
      return List.of(FeatureNetworkProvider.KIND);
    }

    @Override
    public Optional<RegisteredPart> find(PartKind kind, String name, String versionRange) {
      return parts(kind).stream().filter(part -> part.name().equals(name)).findFirst();
    }

    @Override
    public List<RegisteredPart> engines() {
      return List.of();
    }

    @Override
    public List<String> refused() {
      return List.of();
    }

    @Override
    public PartIdentity identity(RegisteredPart part) {
      return new PartIdentity(part.name(), part.bundle(), part.version().toString(), "");
    }

    @Override
    public void addListener(Runnable listener) {}

    @Override
    public void removeListener(Runnable listener) {}
  }

  private Evaluator.Request request(int samples, boolean conditional) {
    return new Evaluator.Request(train, test, samples, conditional, 20, 5, "profiles", Map.of());
  }

  /** Draws other training images of the class that is asked for, or of any. */
  private ImageBatch draw(int[] labels, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int[] places = new int[labels.length];
    for (int i = 0; i < places.length; i++) {
      // Digit k is at k, k + 10, ...
      places[i] =
          10 * random.nextInt(train.size() / 10) + (labels[i] < 0 ? random.nextInt(10) : labels[i]);
    }
    return train.get(places);
  }

  private static Map<String, Figure> byName(Evaluator.Report report) {
    return report.measures().stream().collect(Collectors.toMap(Figure::name, m -> m));
  }

  @Test
  void featuresAreTheRegistrysFirstChoice() throws IOException {
    register("profiles", "1.1.0", new Profiles(false));
    assertEquals(List.of("profiles"), evaluator.features());
    Evaluator.Report report =
        evaluator.evaluate(request(300, true), (labels, seed, p) -> draw(labels, seed), GO);
    assertEquals("profiles", report.classifier(), "the first one tells classes");
    registered.clear();
    assertEquals(
        "there are no features \"profiles\"; there are none",
        assertThrows(IllegalArgumentException.class, () -> evaluator.check(request(300, true)))
            .getMessage());
  }

  @Test
  void aModelThatDrawsRealImagesIsAsGoodAsRealImages() throws IOException {
    Evaluator.Report report =
        evaluator.evaluate(request(300, true), (labels, seed, p) -> draw(labels, seed), GO);
    assertEquals(300, report.samples());
    assertEquals(300, report.reference());
    assertEquals("profiles", report.classifier());
    Map<String, Figure> found = byName(report);
    assertEquals(9, found.size());
    for (String name : List.of("frechet-distance", "precision", "recall", "jsd")) {
      Figure m = found.get(name);
      assertEquals(
          m.real().getAsDouble(),
          m.value(),
          0.25 * Math.abs(m.real().getAsDouble()) + 0.05,
          m::toString);
      assertEquals(300, m.images());
    }
    assertEquals(1, found.get("class-agreement").value());
    assertEquals(60, found.get("class-entropy").images());
    assertTrue(found.get("class-entropy").value() > 0.9);
    // Copies of training images give themselves away.
    Figure copies = found.get("nearest-infidelity");
    assertTrue(copies.value() < 1e-5 && copies.real().getAsDouble() > 0.01, copies::toString);
  }

  @Test
  void aCollapsedModelIsFoundOut() throws IOException {
    Map<String, Figure> found =
        byName(
            evaluator.evaluate(
                request(200, true),
                (labels, seed, p) -> {
                  int[] places = new int[labels.length];
                  Arrays.fill(places, 7);
                  return train.get(places);
                },
                GO));
    assertEquals(0, found.get("class-entropy").value());
    assertEquals(0.1, found.get("class-agreement").value(), 0.04);
    assertTrue(found.get("recall").value() < 0.1);
    assertTrue(
        found.get("frechet-distance").value()
            > 10 * found.get("frechet-distance").real().getAsDouble());
  }

  @Test
  void equalSeedsGiveEqualReports() throws IOException {
    Evaluator.Generator generator = (labels, seed, p) -> draw(labels, seed);
    assertEquals(
        evaluator.evaluate(request(600, true), generator, GO),
        evaluator.evaluate(request(600, true), generator, GO));
  }

  @Test
  void withoutClassesThereIsNoAgreement() throws IOException {
    Evaluator.Report report =
        evaluator.evaluate(
            request(200, false),
            (labels, seed, p) -> {
              assertTrue(Arrays.stream(labels).allMatch(l -> l == -1));
              return draw(labels, seed);
            },
            GO);
    assertFalse(byName(report).containsKey("class-agreement"));
    assertEquals(200, byName(report).get("class-entropy").images());
  }

  @Test
  void fewerSamplesThanAMetricNeedsAreRefusedBeforeAnythingIsDrawn() {
    Evaluator.Generator never =
        (labels, seed, p) -> {
          throw new AssertionError("nothing is to be drawn");
        };
    assertRefuses(request(99, true), never, "at least 100 drawn images, found 99");
    Evaluator.Request few =
        new Evaluator.Request(train, test, 12, true, 2, 5, "profiles", Map.of());
    assertRefuses(few, never, "at least 17 drawn images, found 12");
    assertRefuses(
        new Evaluator.Request(train, test, 400, true, 100, 5, "profiles", Map.of()),
        never,
        "at least 500 drawn images, found 400");
    assertRefuses(
        new Evaluator.Request(train, test, 500, true, 100, 5, "profiles", Map.of()),
        never,
        "at least 500 test images, found 300");
    assertRefuses(
        new Evaluator.Request(train, test, 200, true, 20, 5, "inception", Map.of()),
        never,
        "there are profiles");
  }

  /** Features of a known number, which must not be trained. */
  record Costly() implements FeatureNetworkProvider {
    @Override
    public OptionalInt dimension(ImageShape images) {
      return OptionalInt.of(images.height() * 40);
    }

    @Override
    public FeatureNetwork open(Dataset training, Dataset none, Progress progress) {
      throw new AssertionError("nothing is to be trained");
    }
  }

  @Test
  void splitsThatAreTooSmallForTheDistanceAreRefusedBeforeAnythingIsTrained() {
    register("costly", "1.0.0", new Costly());
    register(FeatureNetworkProvider.DEFAULT, "1.0.0", new Costly());
    Evaluator.Generator never =
        (labels, seed, p) -> {
          throw new AssertionError("nothing is to be drawn");
        };
    Evaluator.Request test300 =
        new Evaluator.Request(train, test, 400, true, 20, 5, "costly", Map.of());
    String told =
        assertThrows(IllegalArgumentException.class, () -> evaluator.check(test300)).getMessage();
    assertEquals(
        "the Fréchet distance on 320 features needs at least 321 test images, found 300; take data"
            + " with more of them",
        told);
    assertRefuses(
        new Evaluator.Request(test, train, 400, true, 20, 5, "costly", Map.of()),
        never,
        "at least 321 training images, found 300");
    assertRefuses(
        new Evaluator.Request(train, test, 250, true, 20, 5, "costly", Map.of()),
        never,
        "at least 321 drawn images, found 250; draw more");
    // Here only the opened network tells the number; the classifier isn't trained then either.
    register("late", "1.0.0", new Profiles(false));
    assertRefuses(
        new Evaluator.Request(train, test, 12, true, 2, 5, "late", Map.of()),
        never,
        "at least 17 drawn images, found 12");
  }

  private void assertRefuses(Evaluator.Request request, Evaluator.Generator g, String part) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> evaluator.evaluate(request, g, GO))
            .getMessage();
    assertTrue(message.contains(part), message);
  }

  @Test
  void canBeStopped() {
    assertThrows(
        CancellationException.class,
        () ->
            evaluator.evaluate(
                request(200, true),
                (labels, seed, p) -> draw(labels, seed),
                (stage, done, total) -> !stage.equals("comparing")));
  }

  @Test
  void featuresComeAndGo() {
    register("other", "1.0.0", new Profiles(false));
    assertEquals(List.of("profiles", "other"), evaluator.features());
    registered.remove(1);
    assertEquals(List.of("profiles"), evaluator.features());
  }
}
