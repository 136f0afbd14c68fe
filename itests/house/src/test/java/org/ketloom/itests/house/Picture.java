package org.ketloom.itests.house;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Arrows as an SVG: who uses others stands above them. An arrow that follows from two others is
 * left out.
 */
final class Picture {
  private static final int WIDTH = 150;
  private static final int HEIGHT = 32;
  private static final int GAP = 24;
  private static final int RISE = 46;
  private static final int MARGIN = 16;

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

  /** The picture. */
  String svg() {
    Map<String, Integer> ranks = new HashMap<>();
    arrows.keySet().forEach(name -> rank(name, ranks, new HashSet<>()));
    int top = ranks.values().stream().mapToInt(r -> r).max().orElse(0);
    List<List<String>> rows = new ArrayList<>();
    for (int rank = top; rank >= 0; rank--) {
      int wanted = rank;
      rows.add(arrows.keySet().stream().filter(n -> ranks.get(n) == wanted).toList());
    }
    int widest = rows.stream().mapToInt(List::size).max().orElse(1);
    int width = 2 * MARGIN + widest * WIDTH + (widest - 1) * GAP;
    int height = 2 * MARGIN + rows.size() * HEIGHT + (rows.size() - 1) * RISE;
    Map<String, int[]> corners = new HashMap<>();
    for (int row = 0; row < rows.size(); row++) {
      List<String> names = rows.get(row);
      int indent = (width - names.size() * (WIDTH + GAP) + GAP) / 2;
      for (int i = 0; i < names.size(); i++) {
        corners.put(
            names.get(i), new int[] {indent + i * (WIDTH + GAP), MARGIN + row * (HEIGHT + RISE)});
      }
    }
    StringBuilder svg = new StringBuilder();
    svg.append(
        String.format(
            Locale.ROOT,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" width=\"%d\""
                + " height=\"%d\" font-family=\"sans-serif\" font-size=\"13\">%n",
            width,
            height,
            width,
            height));
    svg.append("<title>").append(title).append("</title>\n");
    svg.append(
        "<defs><marker id=\"head\" viewBox=\"0 0 8 8\" refX=\"8\" refY=\"4\" markerWidth=\"7\""
            + " markerHeight=\"7\" orient=\"auto\"><path d=\"M0 0 8 4 0 8z\" fill=\"#667\"/>"
            + "</marker></defs>\n");
    svg.append("<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n");
    arrows.forEach(
        (name, all) -> {
          int[] from = corners.get(name);
          for (String to : all) {
            if (!follows(name, to)) {
              int[] at = corners.get(to);
              svg.append(
                  String.format(
                      Locale.ROOT,
                      "<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\" stroke=\"#667\""
                          + " marker-end=\"url(#head)\"/>%n",
                      from[0] + WIDTH / 2,
                      from[1] + HEIGHT,
                      at[0] + WIDTH / 2,
                      at[1]));
            }
          }
        });
    arrows
        .keySet()
        .forEach(
            name -> {
              int[] corner = corners.get(name);
              svg.append(
                  String.format(
                      Locale.ROOT,
                      "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"5\" fill=\"#eef2fb\""
                          + " stroke=\"#445\"/>"
                          + "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">%s</text>%n",
                      corner[0],
                      corner[1],
                      WIDTH,
                      HEIGHT,
                      corner[0] + WIDTH / 2,
                      corner[1] + HEIGHT / 2 + 5,
                      name));
            });
    return svg.append("</svg>\n").toString().replace("\r\n", "\n");
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
