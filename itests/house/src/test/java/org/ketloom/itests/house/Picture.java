package org.ketloom.itests.house;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Arrows as an SVG: who uses others stands above them, and no arrow runs behind a box (Sugiyama's
 * layers, IEEE Trans. Syst. Man Cybern. 11, 109, 1981). An arrow that follows from two others is
 * left out.
 */
final class Picture {
  private static final int WIDTH = 150;
  private static final int HEIGHT = 32;
  private static final int GAP = 24;
  private static final int RISE = 46;
  private static final int MARGIN = 16;
  private static final int SWEEPS = 8;

  private final String title;
  private final Map<String, Set<String>> arrows;

  /**
   * @param title what the picture shows, for who can't see it
   * @param arrows groups, and which others each uses; no cycle
   */
  Picture(String title, Map<String, Set<String>> arrows) {
    this.title = title;
    this.arrows = new TreeMap<>(arrows);
    arrows.values().forEach(all -> all.forEach(to -> this.arrows.putIfAbsent(to, Set.of())));
  }

  /** A box, or a place where an arrow passes between the boxes of a row. */
  private static final class Place {
    final String name;
    final boolean box;
    final List<Place> below = new ArrayList<>();

    Place(String name, boolean box) {
      this.name = name;
      this.box = box;
    }

    int width() {
      return box ? WIDTH : 0;
    }
  }

  /** The picture. */
  String svg() {
    List<List<Place>> rows = rows();
    int width = rows.stream().mapToInt(row -> width(row) + 2 * MARGIN).max().orElse(2 * MARGIN);
    int height = 2 * MARGIN + rows.size() * HEIGHT + (rows.size() - 1) * RISE;
    Map<Place, Integer> middles = new HashMap<>();
    for (List<Place> row : rows) {
      int x = (width - width(row)) / 2;
      for (Place place : row) {
        middles.put(place, x + place.width() / 2);
        x += place.width() + GAP;
      }
    }
    StringBuilder lines = new StringBuilder();
    StringBuilder boxes = new StringBuilder();
    for (int i = 0; i < rows.size(); i++) {
      int y = MARGIN + i * (HEIGHT + RISE);
      for (Place place : rows.get(i)) {
        int x = middles.get(place);
        if (place.box) {
          place.below.forEach(to -> lines.append(arrow(x, y, to, middles)));
          boxes.append(box(place.name, x, y));
        }
      }
    }
    return String.format(
            Locale.ROOT,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\""
                + " height=\"%d\" font-family=\"sans-serif\" font-size=\"13\">%n",
            width,
            height,
            width,
            height)
        .concat("<title>" + title + "</title>\n")
        .concat(
            "<defs><marker id=\"head\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"7\""
                + " markerHeight=\"7\" orient=\"auto\"><path d=\"M0 0 8 4 0 8z\" fill=\"#667\"/>"
                + "</marker></defs>\n")
        .concat(
            "<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n" + lines + boxes + "</svg>\n")
        .replace("\r\n", "\n");
  }

  /** Boxes and passing places from the top row down, ordered so that few arrows cross. */
  private List<List<Place>> rows() {
    Map<String, Integer> ranks = new HashMap<>();
    arrows.keySet().forEach(name -> rank(name, ranks, new HashSet<>()));
    int top = ranks.values().stream().mapToInt(r -> r).max().orElse(0);
    List<List<Place>> rows = new ArrayList<>();
    for (int row = 0; row <= top; row++) {
      rows.add(new ArrayList<>());
    }
    Map<String, Place> places = new TreeMap<>();
    arrows.keySet().forEach(name -> places.put(name, new Place(name, true)));
    places.forEach((name, place) -> rows.get(top - ranks.get(name)).add(place));
    arrows.forEach(
        (name, all) -> {
          for (String to : all) {
            if (!follows(name, to)) {
              Place from = places.get(name);
              for (int rank = ranks.get(name) - 1; rank > ranks.get(to); rank--) {
                Place passing = new Place(name + " to " + to, false);
                rows.get(top - rank).add(passing);
                from.below.add(passing);
                from = passing;
              }
              from.below.add(places.get(to));
            }
          }
        });
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
      for (int row = 1; row <= top; row++) {
        List<Place> above = rows.get(row - 1);
        order(
            rows.get(row),
            place -> above.stream().filter(p -> p.below.contains(place)).toList(),
            above);
      }
      for (int row = top - 1; row >= 0; row--) {
        order(rows.get(row), place -> place.below, rows.get(row + 1));
      }
    }
    return rows;
  }

  /** Sorts a row by the mean place of the neighbours in the next row. */
  private static void order(
      List<Place> row, Function<Place, List<Place>> neighbours, List<Place> next) {
    Map<Place, Double> means = new HashMap<>();
    for (int i = 0; i < row.size(); i++) {
      double own = (double) i / row.size();
      means.put(
          row.get(i),
          neighbours.apply(row.get(i)).stream()
              .mapToDouble(p -> (next.indexOf(p) + 0.5) / next.size())
              .average()
              .orElse(own));
    }
    row.sort(Comparator.comparing(means::get));
  }

  private static int width(List<Place> row) {
    return row.stream().mapToInt(p -> p.width() + GAP).sum() - GAP;
  }

  private static String arrow(int x, int y, Place to, Map<Place, Integer> middles) {
    StringBuilder points = new StringBuilder(x + "," + (y + HEIGHT));
    int row = y + HEIGHT + RISE;
    Place at = to;
    while (!at.box) {
      int middle = middles.get(at);
      points.append(" ").append(middle).append(",").append(row);
      points.append(" ").append(middle).append(",").append(row + HEIGHT);
      row += HEIGHT + RISE;
      at = at.below.get(0);
    }
    points.append(" ").append(middles.get(at)).append(",").append(row);
    return "<polyline points=\""
        + points
        + "\" fill=\"none\" stroke=\"#667\" marker-end=\"url(#head)\"/>\n";
  }

  private static String box(String name, int middle, int y) {
    return String.format(
        Locale.ROOT,
        "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"5\" fill=\"#eef2fb\""
            + " stroke=\"#445\"/><text x=\"%d\" y=\"%d\" text-anchor=\"middle\">%s</text>%n",
        middle - WIDTH / 2,
        y,
        WIDTH,
        HEIGHT,
        middle,
        y + HEIGHT / 2 + 5,
        name);
  }

  /** Whether another arrow leads there in more than one step. */
  private boolean follows(String from, String to) {
    return arrows.get(from).stream()
        .anyMatch(between -> !between.equals(to) && reached(between).contains(to));
  }

  private Set<String> reached(String from) {
    Set<String> found = new TreeSet<>();
    List<String> open = new ArrayList<>(List.of(from));
    while (!open.isEmpty()) {
      for (String to : arrows.get(open.remove(open.size() - 1))) {
        if (found.add(to)) {
          open.add(to);
        }
      }
    }
    return found;
  }

  private int rank(String name, Map<String, Integer> ranks, Set<String> above) {
    if (!above.add(name)) {
      throw new IllegalStateException("a cycle of arrows through " + name);
    }
    Integer known = ranks.get(name);
    if (known == null) {
      int rank = 0;
      for (String to : arrows.get(name)) {
        rank = Math.max(rank, 1 + rank(to, ranks, above));
      }
      known = rank;
      ranks.put(name, known);
    }
    above.remove(name);
    return known;
  }
}
