package org.ketloom.model.diffusion;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.ketloom.api.random.SplitMix64;
import org.ketloom.nn.NoiseSchedule;

class PathTest {
  private static final int STEPS = 7;

  static List<Path> paths() {
    List<Path> paths = new ArrayList<>(List.of(new Path.Straight()));
    for (HybridUNet.Prediction prediction : HybridUNet.Prediction.values()) {
      NoiseSchedule schedule = NoiseSchedule.of(NoiseSchedule.Shape.COSINE, 20);
      paths.add(new Path.Levels(schedule, prediction));
    }
    return paths;
  }

  /** A network that gives its target sees the image. */
  @ParameterizedTest
  @MethodSource("paths")
  void theImageIsFoundInTheTarget(Path path) {
    SplitMix64 random = new SplitMix64(3);
    for (int i = 0; i < 100; i++) {
      Path.Place place = path.random(random);
      double x = random.nextGaussian();
      double e = random.nextGaussian();
      double xt = place.signal() * x + place.noise() * e;
      assertEquals(x, path.image(place, path.target(place, x, e, xt), xt), 1e-9, place.toString());
    }
  }

  @ParameterizedTest
  @MethodSource("paths")
  void theVisitedPlacesLeadFromNoiseToTheImage(Path path) {
    List<Path.Place> visited = path.visited(STEPS);
    assertEquals(STEPS + 1, visited.size());
    assertEquals(1000, visited.get(0).time(), 1e-12);
    assertEquals(1, visited.get(0).noise(), 1e-3);
    assertEquals(new Path.Place(0, 0, 1, 0), visited.get(STEPS));
  }

  @Test
  void aStraightPathIsOfConstantVelocity() {
    List<Path.Place> visited = new Path.Straight().visited(STEPS);
    for (int k = 0; k < STEPS; k++) {
      assertEquals(1.0 / STEPS, visited.get(k).noise() - visited.get(k + 1).noise(), 1e-12);
      assertEquals(1.0 / STEPS, visited.get(k + 1).signal() - visited.get(k).signal(), 1e-12);
    }
  }
}
