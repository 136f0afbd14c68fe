package org.ketloom.tck;

import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.ketloom.api.part.Options;
import org.ketloom.api.part.Part;
import org.ketloom.tck.Calls.Violation;
import org.ketloom.tck.Finding.Check;

/** Odd values of each option are refused, or give a part that works. */
final class OptionsCheck {
  private final Calls calls;
  private final Function<Part, PartCheck> checks;

  /**
   * Checks options.
   *
   * @param checks gives the checks of a part of the kind in question
   */
  OptionsCheck(Calls calls, Function<Part, PartCheck> checks) {
    this.calls = calls;
    this.checks = checks;
  }

  /** Odd values of each option are refused, or give a part that works. */
  void check(Part part) throws Violation {
    if (!part.getClass().isRecord() || part.getClass().getRecordComponents().length == 0) {
      return;
    }
    try {
      part.getClass().getDeclaredConstructor();
    } catch (NoSuchMethodException e) {
      throw new Violation(
          Check.OPTIONS,
          part.getClass().getSimpleName()
              + " has "
              + part.getClass().getRecordComponents().length
              + " options, but no constructor without arguments that sets their defaults");
    }
    for (RecordComponent option : part.getClass().getRecordComponents()) {
      for (Object value : oddValues(option.getType())) {
        String what = "option \"" + option.getName() + "\" = " + quoted(value);
        Part changed;
        try {
          changed =
              calls.call(
                  what, () -> Options.with(part, "the part", Map.of(option.getName(), value)));
        } catch (IllegalArgumentException e) {
          continue;
        }
        works(changed, what);
      }
    }
  }

  private void works(Part part, String what) throws Violation {
    try {
      checks.apply(part).requireWorks();
    } catch (IllegalArgumentException e) {
      // Refused where it is used: some options fit some numbers of wires alone.
      return;
    } catch (Violation e) {
      throw new Violation(
          e.finding().check() == Check.TIME ? Check.TIME : Check.OPTIONS,
          what
              + " is accepted, but then "
              + e.getMessage()
              + "; refuse it in the compact constructor");
    }
  }

  private static List<Object> oddValues(Class<?> type) {
    if (type == int.class || type == long.class) {
      return List.of(-1, 0, Integer.MIN_VALUE);
    }
    if (type == double.class) {
      return List.of(-1.0, 0.0, 1e300);
    }
    if (type == String.class) {
      return List.of("", "no such thing");
    }
    if (type == List.class) {
      return List.of(List.of(), "-1");
    }
    return type == boolean.class ? List.of(false, true) : List.of();
  }

  private static String quoted(Object value) {
    return value instanceof String ? "\"" + value + "\"" : String.valueOf(value);
  }
}
