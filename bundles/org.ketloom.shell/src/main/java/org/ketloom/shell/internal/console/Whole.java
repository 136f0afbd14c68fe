package org.ketloom.shell.internal.console;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Whole numbers of a range, as options take them. The message says what is expected. */
public abstract class Whole implements ITypeConverter<Integer> {
  private final int least;

  private Whole(int least) {
    this.least = least;
  }

  @Override
  public Integer convert(String text) {
    String digits = text.strip();
    if (digits.matches("[+-]?\\d{1,10}")) {
      long number = Long.parseLong(digits);
      if (number >= least && number <= Integer.MAX_VALUE) {
        return (int) number;
      }
    }
    throw new TypeConversionException(
        digits.matches("\\d{10,}")
            ? "a whole number of " + least + " to " + Integer.MAX_VALUE
            : "a whole number of " + least + " or more");
  }

  /** Of 0 or more. */
  public static final class FromZero extends Whole {
    /** Made by picocli. */
    public FromZero() {
      super(0);
    }
  }

  /** Of 1 or more. */
  public static final class FromOne extends Whole {
    /** Made by picocli. */
    public FromOne() {
      super(1);
    }
  }
}
