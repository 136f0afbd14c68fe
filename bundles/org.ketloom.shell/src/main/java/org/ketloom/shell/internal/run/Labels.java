package org.ketloom.shell.internal.run;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/** The classes that are asked for, as people write them. */
final class Labels {
  private static final Pattern RANGE = Pattern.compile("(\\d{1,9})(?:-(\\d{1,9}))?");

  private Labels() {}

  /**
   * Reads {@code 0-9}, {@code 1,3,5-7}, names of classes, {@code all}, or {@code any} (-1).
   *
   * @param classes names of the classes
   * @throws IllegalArgumentException naming what is no class
   */
  static List<Integer> parse(String text, List<String> classes) {
    if (text.equals("all")) {
      return IntStream.range(0, classes.size()).boxed().toList();
    }
    List<Integer> labels = new ArrayList<>();
    for (String item : text.split(",", -1)) {
      String name = item.strip();
      Matcher range = RANGE.matcher(name);
      if (name.equals("any")) {
        labels.add(-1);
      } else if (range.matches()) {
        int first = Integer.parseInt(range.group(1));
        int last = range.group(2) == null ? first : Integer.parseInt(range.group(2));
        if (first > last || last >= classes.size()) {
          throw wrong(name, classes);
        }
        IntStream.rangeClosed(first, last).forEach(labels::add);
      } else if (classes.contains(name)) {
        labels.add(classes.indexOf(name));
      } else {
        throw wrong(name, classes);
      }
    }
    return labels;
  }

  /** The shortest text that {@link #parse} reads as these labels, for a name: {@code 0-4,7}. */
  static String ranges(List<Integer> labels) {
    StringBuilder text = new StringBuilder();
    for (int first = 0; first < labels.size(); ) {
      int last = first;
      while (last + 1 < labels.size()
          && labels.get(first) >= 0
          && labels.get(last + 1) == labels.get(last) + 1) {
        last++;
      }
      text.append(first == 0 ? "" : ",").append(labels.get(first) < 0 ? "any" : labels.get(first));
      if (last > first) {
        text.append('-').append(labels.get(last));
      }
      first = last + 1;
    }
    return text.toString();
  }

  private static IllegalArgumentException wrong(String name, List<String> classes) {
    List<String> known =
        IntStream.range(0, classes.size())
            .mapToObj(
                i ->
                    classes.get(i).equals(Integer.toString(i))
                        ? classes.get(i)
                        : i + " (" + classes.get(i) + ")")
            .toList();
    return new IllegalArgumentException(
        "--labels: \""
            + name
            + "\" is not a class; classes are "
            + String.join(", ", known)
            + ", and any");
  }
}
