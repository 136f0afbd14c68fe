package org.ketloom.api.part;

import java.math.BigDecimal;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An interval of numbers.
 *
 * @param low the lower end, if there is one
 * @param lowIsIn whether the lower end is in it
 * @param high the upper end, if there is one
 * @param highIsIn whether the upper end is in it
 */
record OptionRange(
    Optional<BigDecimal> low, boolean lowIsIn, Optional<BigDecimal> high, boolean highIsIn) {
  private static final String NUMBER = "\\s*(-?[0-9.]+(?:[eE][+-]?[0-9]+)?)?\\s*";
  private static final Pattern FORM =
      Pattern.compile("([\\[(])" + NUMBER + "," + NUMBER + "([\\])])");

  /**
   * Reads {@code [1,64]}, {@code (0,1]}, {@code [1,)}.
   *
   * @throws IllegalArgumentException if it is none
   */
  static OptionRange parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "range \"" + text + "\" is not an interval; write for example [1,64], (0,1] or [1,)");
    }
    return new OptionRange(
        Optional.ofNullable(matcher.group(2)).map(BigDecimal::new),
        matcher.group(1).equals("["),
        Optional.ofNullable(matcher.group(3)).map(BigDecimal::new),
        matcher.group(4).equals("]"));
  }

  boolean contains(Number value) {
    BigDecimal number = new BigDecimal(value.toString());
    boolean above = low.map(number::compareTo).map(c -> lowIsIn ? c >= 0 : c > 0).orElse(true);
    boolean below = high.map(number::compareTo).map(c -> highIsIn ? c <= 0 : c < 0).orElse(true);
    return above && below;
  }

  /** As a sentence continues after the option's name: {@code must be 1 to 64}. */
  String rule() {
    if (low.isPresent() && high.isPresent()) {
      return lowIsIn
          ? "must be " + low.get() + " to " + (highIsIn ? "" : "below ") + high.get()
          : "must be above "
              + low.get()
              + (highIsIn ? " and at most " : " and below ")
              + high.get();
    }
    if (low.isPresent()) {
      return (lowIsIn ? "must be at least " : "must be above ") + low.get();
    }
    return high.map(end -> (highIsIn ? "must be at most " : "must be below ") + end)
        .orElse("may be any number");
  }
}
