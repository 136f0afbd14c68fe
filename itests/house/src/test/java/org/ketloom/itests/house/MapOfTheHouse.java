package org.ketloom.itests.house;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The table of CONTRIBUTING that says which bundle may import which. */
final class MapOfTheHouse {
  private static final String TABLE = "| folder | is | may import |";
  private static final Pattern CODE = Pattern.compile("`([^`]+)`");

  /**
   * @param folders patterns of bundles' names
   * @param may what they may import, as it is written
   */
  private record Row(List<String> folders, String may) {}

  private final List<Row> rows;
  private final List<String> bundles;

  private MapOfTheHouse(List<Row> rows, List<String> bundles) {
    this.rows = rows;
    this.bundles = bundles;
  }

  /**
   * Reads the table.
   *
   * @param bundles the bundles that there are
   */
  static MapOfTheHouse read(Path contributing, List<String> bundles) {
    List<Row> rows = new ArrayList<>();
    try {
      Files.readAllLines(contributing).stream()
          .dropWhile(line -> !line.equals(TABLE))
          .skip(2)
          .takeWhile(line -> line.startsWith("|"))
          .forEach(
              line -> {
                String[] cells = line.split("\\|");
                rows.add(new Row(folders(cells[1]), cells[3].strip()));
              });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (rows.isEmpty()) {
      throw new IllegalStateException(contributing + " has no table \"" + TABLE + "\"");
    }
    return new MapOfTheHouse(rows, bundles);
  }

  private static List<String> folders(String cell) {
    List<String> found = new ArrayList<>();
    Matcher matcher = CODE.matcher(cell);
    while (matcher.find()) {
      String name = matcher.group(1).replaceFirst("^bundles/", "");
      if (name.equals("launcher")) {
        name = "org.ketloom.launcher";
      }
      found.add(name.startsWith(".") ? found.get(0) + name : name);
    }
    return found;
  }

  private static boolean matches(String pattern, String bundle) {
    return bundle.matches(
        pattern.replace(".", "\\.").replaceAll("\\*|<[a-z]+>", "[A-Za-z0-9_.-]+"));
  }

  /**
   * The bundles that a bundle may import.
   *
   * @throws IllegalStateException if the table has no row for it, or names what isn't there
   */
  Set<String> allowed(String bundle) {
    Row row =
        rows.stream()
            .filter(r -> r.folders().stream().anyMatch(f -> matches(f, bundle)))
            .findFirst()
            .orElseThrow(
                () ->
                    new IllegalStateException(
                        "the map of the house in CONTRIBUTING.md has no row for "
                            + bundle
                            + ": add one that says what it may import"));
    Set<String> allowed = new TreeSet<>();
    // What is named one by one in a row is one family; wildcards are plugins, which don't know each
    // other.
    bundles.stream().filter(row.folders()::contains).forEach(allowed::add);
    if (row.may().startsWith("all but ")) {
      String kind = row.may().substring("all but ".length()).replaceFirst("s$", "");
      bundles.stream()
          .filter(b -> !b.startsWith("org.ketloom." + kind + "."))
          .forEach(allowed::add);
    } else if (!List.of("", "nothing", "third parties", "Felix").contains(row.may())) {
      for (String name : row.may().split(",\\s*")) {
        String full = "org.ketloom." + name;
        if (!bundles.contains(full)) {
          throw new IllegalStateException(
              "the map of the house in CONTRIBUTING.md lets "
                  + bundle
                  + " import "
                  + name
                  + ", which is no bundle");
        }
        allowed.add(full);
      }
    }
    allowed.remove(bundle);
    return allowed;
  }
}
