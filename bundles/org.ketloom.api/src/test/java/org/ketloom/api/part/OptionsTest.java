package org.ketloom.api.part;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OptionsTest {

  enum Pattern {
    LINE,
    ALL_PAIRS
  }

  record Sample(
      @Option("how many") int count,
      double scale,
      boolean closed,
      Pattern pattern,
      String title,
      List<Integer> sizes) {
    Sample {
      if (count < 1) {
        throw new IllegalArgumentException("count must be at least 1, found " + count);
      }
    }
  }

  private static final Sample DEFAULTS =
      new Sample(2, 0.5, false, Pattern.LINE, "none", List.of(1, 2));

  private static Sample with(Map<String, ?> changes) {
    return Options.with(DEFAULTS, "sample", changes);
  }

  @Test
  void showsEveryOption() {
    assertEquals(
        List.of(
            new Options.Entry("count", "int", 2, "how many"),
            new Options.Entry("scale", "double", 0.5, ""),
            new Options.Entry("closed", "boolean", false, ""),
            new Options.Entry("pattern", "line|all-pairs", "line", ""),
            new Options.Entry("title", "text", "none", ""),
            new Options.Entry("sizes", "list of integer", List.of(1, 2), "")),
        Options.of(DEFAULTS));
  }

  @Test
  void takesJsonValuesAndText() {
    assertEquals(
        new Sample(3, 2, true, Pattern.ALL_PAIRS, "x", List.of(4, 5)),
        with(
            Map.of(
                "count",
                3L,
                "scale",
                2,
                "closed",
                true,
                "pattern",
                "all-pairs",
                "title",
                "x",
                "sizes",
                List.of(4, 5))));
    assertEquals(
        new Sample(3, 2, true, Pattern.ALL_PAIRS, "x", List.of(4, 5)),
        with(
            Map.of(
                "count",
                "3",
                "scale",
                "2",
                "closed",
                "true",
                "pattern",
                "ALL_PAIRS",
                "title",
                "x",
                "sizes",
                "4, 5")));
    assertSame(DEFAULTS, with(Map.of()));
  }

  @Test
  void namesPartAndOptionOfEveryError() {
    refused(
        "sample has no option \"coutn\"; it has count, scale, closed, pattern, title, sizes",
        "coutn",
        1);
    refused("sample: option \"count\" takes int, found \"1.5\"", "count", 1.5);
    refused("sample: option \"count\" takes int, found \"many\"", "count", "many");
    refused("sample: option \"scale\" takes double, found \"NaN\"", "scale", Double.NaN);
    refused("sample: option \"closed\" takes boolean, found \"yes\"", "closed", "yes");
    refused("sample: option \"pattern\" takes line|all-pairs, found \"ring\"", "pattern", "ring");
    refused("sample: option \"sizes\" takes list of integer, found \"a\"", "sizes", "1,a");
    refused("sample: count must be at least 1, found 0", "count", 0);
  }

  @Test
  void rangesAreRefusedWithWhatWasFound() {
    Options.require(true, "layers must be at least 1", 1);
    assertEquals(
        "layers must be at least 1, found 0",
        assertThrows(
                IllegalArgumentException.class,
                () -> Options.require(false, "layers must be at least 1", 0))
            .getMessage());
  }

  @Test
  void whatIsNoRecordHasNoOptions() {
    assertEquals(List.of(), Options.of("text"));
    assertEquals(
        "thing has no option \"a\"; it has none",
        assertThrows(
                IllegalArgumentException.class,
                () -> Options.with(new Object(), "thing", Map.of("a", 1)))
            .getMessage());
  }

  private static void refused(String message, String option, Object value) {
    assertEquals(
        message,
        assertThrows(IllegalArgumentException.class, () -> with(Map.of(option, value)))
            .getMessage());
  }
}
