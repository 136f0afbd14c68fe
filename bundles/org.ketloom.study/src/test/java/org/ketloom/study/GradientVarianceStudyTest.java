package org.ketloom.study;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.ketloom.study.GradientVarianceStudy.Depth;
import org.ketloom.study.GradientVarianceStudy.Width;

class GradientVarianceStudyTest {
  @Test
  void widthsAreByQubitsAndLayersWhereTheyAreScaled() {
    assertEquals(0.25, Width.SCALED.radians(4, Depth.LINEAR.layers(4)));
    assertEquals(0.125, Width.SCALED.radians(4, Depth.QUADRATIC.layers(4)));
    assertEquals(0.01, Width.of(0.01).radians(4, 4));
  }

  @Test
  void numbersOutOfRangeAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> Width.of(-1));
    assertThrows(IllegalArgumentException.class, () -> study(List.of(1), 20));
    assertThrows(IllegalArgumentException.class, () -> study(List.of(), 20));
    assertThrows(IllegalArgumentException.class, () -> study(List.of(2), 1));
    assertEquals(List.of(2, 4), study(List.of(4, 2), 20).qubits());
  }

  private static GradientVarianceStudy study(List<Integer> qubits, int samples) {
    return new GradientVarianceStudy(
        Optional.empty(),
        Map.of(),
        "chain",
        Map.of(),
        qubits,
        List.of(Depth.LINEAR),
        List.of(Width.FULL),
        samples,
        1);
  }
}
