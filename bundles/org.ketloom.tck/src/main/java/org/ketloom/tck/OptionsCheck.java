package org.ketloom.tck;

import java.lang.reflect.Constructor;
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
    List<Options.Entry> options = Options.of(part);
    if (options.isEmpty()) {
      return;
    }
    try {
      Constructor<?> unused = part.getClass().getDeclaredConstructor();
    } catch (NoSuchMethodException e) {
      throw new Violation(
          Check.OPTIONS,
          part.getClass().getSimpleName()
              + " has "
              + options.size()
              + " options, but no constructor without arguments that sets their defaults");
    }
    for (Options.Entry option : options) {
      for (Object value : oddValues(option.type())) {
        String what = "option \"" + option.name() + "\" = " + quoted(value);
        Part changed;
        try {
          changed =
              calls.call(what, () -> Options.with(part, "the part", Map.of(option.name(), value)));
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
      // Refused where it is used: some options fit only some numbers of wires.
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

  private static List<Object> oddValues(String type) {
    return switch (type) {
      case "int", "integer", "long" -> List.of(-1, 0, Integer.MIN_VALUE);
      case "double" -> List.of(-1.0, 0.0, 1e300);
      case "text" -> List.of("", "no such thing");
      case "boolean" -> List.of(false, true);
      default -> type.startsWith("list of ") ? List.of(List.of(), "-1") : List.of();
    };
  }

  private static String quoted(Object value) {
    return value instanceof String ? "\"" + value + "\"" : String.valueOf(value);
  }
}
