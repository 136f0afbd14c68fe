package org.ketloom.shell.internal.main;

import java.net.URI;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.ketloom.files.Untrusted;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** What is wrong with a command line, in words for people who have typed it. */
final class UsageWords {
  private static final Map<Class<?>, String> TYPES =
      Map.of(
          int.class, "a whole number",
          Integer.class, "a whole number",
          long.class, "a whole number",
          Long.class, "a whole number",
          double.class, "a number",
          Path.class, "a path",
          URI.class, "an address");

  private UsageWords() {}

  /** One line; a command's own words as they are. */
  static String of(ParameterException e) {
    if (e instanceof MissingParameterException missing) {
      return missing(missing);
    }
    if (e instanceof UnmatchedArgumentException unmatched) {
      return unmatched(unmatched);
    }
    ArgSpec argument = e.getArgSpec();
    String value = e.getValue();
    if (argument == null || value == null) {
      return String.valueOf(e.getMessage());
    }
    String found = ", found \"" + Untrusted.printable(value) + "\"";
    if (argument.type() == Map.class) {
      return name(argument) + " takes " + argument.paramLabel() + found;
    }
    Class<?> type = argument.auxiliaryTypes()[0];
    if (type.isEnum()) {
      return name(argument) + " takes " + names(type) + found;
    }
    if (argument.converters().length > 0 && e.getCause() != null) {
      return name(argument) + " takes " + e.getCause().getMessage() + found;
    }
    String expected = TYPES.get(type);
    if (expected == null) {
      return String.valueOf(e.getMessage());
    }
    boolean tooMuch = expected.equals("a whole number") && value.matches("[+-]?\\d+");
    return name(argument) + " takes " + expected + (tooMuch ? " of fewer digits" : "") + found;
  }

  private static String missing(MissingParameterException e) {
    List<ArgSpec> missing = e.getMissing();
    if (missing.isEmpty()) {
      return String.valueOf(e.getMessage());
    }
    String what =
        missing.stream()
            .map(
                arg ->
                    arg.isOption() && !given(e, arg)
                        ? name(arg) + " " + arg.paramLabel()
                        : label(arg))
            .collect(Collectors.joining(" and "));
    ArgSpec first = missing.get(0);
    return given(e, first)
        ? name(first) + " needs a value: " + first.paramLabel() + " is missing"
        : what + (missing.size() == 1 ? " is missing" : " are missing");
  }

  /** Whether the option itself is there, and its value isn't. */
  private static boolean given(MissingParameterException e, ArgSpec argument) {
    return argument.isOption() && String.valueOf(e.getMessage()).contains("for option");
  }

  private static String unmatched(UnmatchedArgumentException e) {
    String first = Untrusted.printable(e.getUnmatched().get(0));
    if (e.isUnknownOption()) {
      return "there is no option " + first;
    }
    return e.getCommandLine().getSubcommands().isEmpty()
        ? "\"" + first + "\" is one argument too many"
        : "there is no command \"" + first + "\"";
  }

  private static String names(Class<?> type) {
    return Arrays.stream(type.getEnumConstants())
        .map(constant -> constant.toString().toLowerCase(Locale.ROOT))
        .collect(Collectors.joining(", "));
  }

  private static String name(ArgSpec argument) {
    return argument instanceof OptionSpec option ? option.longestName() : label(argument);
  }

  private static String label(ArgSpec argument) {
    return argument instanceof PositionalParamSpec position
        ? position.paramLabel()
        : argument.paramLabel();
  }
}
