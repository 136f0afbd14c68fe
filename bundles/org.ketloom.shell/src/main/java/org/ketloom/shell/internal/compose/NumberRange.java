package org.ketloom.shell.internal.compose;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Whole numbers from 1 on, as a command line lists them: {@code 4}, {@code 4,6,8}, {@code 1..5}.
 */
final class NumberRange implements ITypeConverter<List<Integer>> {
  private static final int MOST = 10_000;
  private static final String EXPECTED = "numbers from 1 on, such as 4 or 4,6,8 or 1..5";

  /** Made by picocli. */
  NumberRange() {}

  @Override
  public List<Integer> convert(String text) {
    List<Integer> numbers = new ArrayList<>();
    for (String item : text.split(",", -1)) {
      List<Integer> some = of(item.strip());
      if (some.isEmpty() || some.get(0) < 1 || numbers.size() + some.size() > MOST) {
        throw new TypeConversionException(EXPECTED);
      }
      numbers.addAll(some);
    }
    return List.copyOf(numbers);
  }

  /** A number, or those from one to another; empty if the text is neither. */
  static List<Integer> of(String text) {
    if (!text.matches("\\d{1,9}(\\.\\.\\d{1,9})?")) {
      return List.of();
    }
    int dots = text.indexOf('.');
    int from = Integer.parseInt(dots < 0 ? text : text.substring(0, dots));
    int to = dots < 0 ? from : Integer.parseInt(text.substring(dots + 2));
    return to - from >= MOST ? List.of() : IntStream.rangeClosed(from, to).boxed().toList();
  }
}
