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
            new Options.Entry("count", "int", 2, "", "how many"),
            new Options.Entry("scale", "double", 0.5, "", ""),
            new Options.Entry("closed", "boolean", false, "", ""),
            new Options.Entry("pattern", "line|all-pairs", "line", "", ""),
            new Options.Entry("title", "text", "none", "", ""),
            new Options.Entry("sizes", "list of integer", List.of(1, 2), "", "")),
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
    refused("sample: option \"count\" takes a whole number, found \"1.5\"", "count", 1.5);
    refused("sample: option \"count\" takes a whole number, found \"many\"", "count", "many");
    refused("sample: option \"scale\" takes a number, found \"NaN\"", "scale", Double.NaN);
    refused("sample: option \"closed\" takes true or false, found \"yes\"", "closed", "yes");
    refused("sample: option \"pattern\" takes line, all-pairs, found \"ring\"", "pattern", "ring");
    refused("sample: option \"sizes\" takes a list of whole numbers, found \"a\"", "sizes", "1,a");
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

  /** What a sample of a part may work with. */
  interface Helper extends Part {}

  record Helped(Helper helper, @Option("how many") int count) {}

  @Test
  void aPartThatAPartWorksWithIsNoOption() {
    Helper helper = new Helper() {};
    Helped prototype = new Helped(helper, 1);
    assertEquals(Map.of("count", 1), Options.values(prototype));
    assertEquals(new Helped(helper, 2), Options.with(prototype, "helped", Map.of("count", "2")));
    assertEquals(
        "helped has no option \"helper\"; it has count",
        assertThrows(
                IllegalArgumentException.class,
                () -> Options.with(prototype, "helped", Map.of("helper", "x")))
            .getMessage());
  }

  record Learning(
      @Option(value = "rate", defaultValue = "1e-3", range = "(0,1]") double rate,
      @Option(
              value = "widths",
              defaultValue = {"16", "32"},
              range = "[1,)")
          List<Integer> widths,
      @Option(value = "names", defaultValue = "") List<String> names) {}

  record Model(
      @Option(value = "qubits", defaultValue = "4", range = "[1,10]") int wires,
      Learning learning,
      @Option(value = "pattern", defaultValue = "all-pairs") Pattern pattern) {
    Model() {
      this(4, Options.defaults(Learning.class), Pattern.LINE);
    }

    Model {
      Options.require(wires != 7, "wires must not be 7", wires);
    }
  }

  @Test
  void defaultsAndRangesStandAtTheOption() {
    Learning learning = new Learning(1e-3, List.of(16, 32), List.of());
    assertEquals(learning, Options.defaults(Learning.class));
    assertEquals(new Model(4, learning, Pattern.ALL_PAIRS), Options.defaults(Model.class));
    assertEquals(
        new Options.Entry("rate", "double", 1e-3, "(0,1]", "rate"), Options.of(learning).get(0));
  }

  @Test
  void aRecordInARecordStandsForItsOptions() {
    assertEquals(
        List.of("wires", "rate", "widths", "names", "pattern"),
        List.copyOf(Options.values(new Model()).keySet()));
    assertEquals(
        new Model(5, new Learning(0.5, List.of(16, 32), List.of()), Pattern.LINE),
        Options.with(new Model(), "model", Map.of("rate", 0.5, "wires", "5")));
  }

  @Test
  void whatIsOutOfItsRangeIsRefused() {
    outOfRange("model: wires must be 1 to 10, found 0", "wires", 0);
    outOfRange("model: wires must be 1 to 10, found 11", "wires", "11");
    outOfRange("model: wires must not be 7, found 7", "wires", 7);
    outOfRange("model: rate must be above 0 and at most 1, found 0.0", "rate", 0);
    outOfRange("model: widths must be at least 1, found -2", "widths", List.of(4, -2));
    Options.with(new Model(), "model", Map.of("rate", 1, "widths", List.of(), "wires", 10));
  }

  private static void outOfRange(String message, String option, Object value) {
    assertEquals(
        message,
        assertThrows(
                IllegalArgumentException.class,
                () -> Options.with(new Model(), "model", Map.of(option, value)))
            .getMessage());
  }

  @Test
  void rangesSayWhatTheyTake() {
    Map<String, String> rules =
        Map.of(
            "[0,1)", "must be 0 to below 1",
            "(0,1)", "must be above 0 and below 1",
            "(0,)", "must be above 0",
            "(,5]", "must be at most 5",
            "(,-1e3)", "must be below -1E+3");
    rules.forEach((text, rule) -> assertEquals(rule, OptionRange.parse(text).rule()));
    assertEquals(
        "range \"1 to 5\" is not an interval; write for example [1,64], (0,1] or [1,)",
        assertThrows(IllegalArgumentException.class, () -> OptionRange.parse("1 to 5"))
            .getMessage());
  }

  record NoDefault(@Option("how many") int count) {}

  record Odd(@Option(value = "how many", defaultValue = "0", range = "[1,)") int count) {}

  record Twice(Odd odd, int count) {}

  @Test
  void aRecordWithoutFittingDefaultsIsRefused() {
    assertEquals(
        "NoDefault: option \"count\" has no defaultValue in its @Option",
        assertThrows(IllegalArgumentException.class, () -> Options.defaults(NoDefault.class))
            .getMessage());
    assertEquals(
        "Odd: count must be at least 1, found 0",
        assertThrows(IllegalArgumentException.class, () -> Options.defaults(Odd.class))
            .getMessage());
    assertEquals(
        "two options of one part are called \"count\"",
        assertThrows(IllegalArgumentException.class, () -> Options.of(new Twice(new Odd(1), 2)))
            .getMessage());
  }

  private static void refused(String message, String option, Object value) {
    assertEquals(
        message,
        assertThrows(IllegalArgumentException.class, () -> with(Map.of(option, value)))
            .getMessage());
  }
}
