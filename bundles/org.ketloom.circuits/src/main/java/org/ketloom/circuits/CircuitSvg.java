package org.ketloom.circuits;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.Instruction;

/**
 * Draws a circuit as SVG 1.1: a line per wire, gates as boxes with their angles below the name,
 * what is no unitary gate in dashed boxes, and what is read below the drawing. x are features, w
 * weights, s per-sample angles.
 *
 * <p>All is drawn in {@code currentColor} on no background, without style sheets and scripts. A
 * gate is a group of class {@code gate}, with the classes {@code feature}, {@code weight} and
 * {@code sample} for what it reads, and a title that says all of it. Text is in the serif font that
 * there is; boxes are wide enough for wide ones, such as DejaVu.
 */
public final class CircuitSvg {
  private static final double ROW = 46;
  private static final double BOX = 34;
  private static final double GAP = 12;
  private static final double MARGIN = 8;
  private static final double NAME = 15;
  private static final double ANGLE = 11;
  private static final double LINE = 17;
  private static final double LEAST_BOX = 30;
  private static final double NOT_RADIUS = 9;
  private static final double CONTROL_RADIUS = 3.5;
  private static final double SWAP_ARM = 5;

  private final Circuit circuit;
  private final List<List<CircuitGlyph>> columns = new ArrayList<>();
  private final StringBuilder svg = new StringBuilder();
  private final double left;

  private CircuitSvg(Circuit circuit) {
    this.circuit = circuit;
    circuit.start().ifPresent(start -> columns.add(List.of(CircuitGlyph.of(start))));
    for (List<Instruction> column : CircuitColumns.of(circuit)) {
      columns.add(column.stream().map(CircuitGlyph::of).toList());
    }
    left =
        MARGIN
            + IntStream.range(0, circuit.wires())
                .mapToDouble(w -> wireLabel(w).width(NAME))
                .max()
                .orElse(0)
            + 6;
  }

  /**
   * The drawing.
   *
   * @param circuit the circuit
   * @param width in pixels, after which the wires continue below; a column is never broken. 0 for
   *     all in one row.
   * @return a whole SVG document
   */
  public static String draw(Circuit circuit, int width) {
    return new CircuitSvg(circuit).drawing(width);
  }

  private String drawing(int most) {
    List<List<List<CircuitGlyph>>> rows = rows(most == 0 ? Double.POSITIVE_INFINITY : most);
    double width = rows.stream().mapToDouble(this::width).max().orElse(left + MARGIN);
    List<String> lines = legend(Math.max(width, most == 0 ? 480 : Math.min(most, 480)));
    double widest =
        lines.stream().mapToDouble(line -> line.length() * ANGLE * 0.56).max().orElse(0);
    width = Math.max(width, widest + 2 * MARGIN);
    double rowHeight = circuit.wires() * ROW;
    double height =
        MARGIN * 2
            + rows.size() * rowHeight
            + (rows.size() - 1) * LINE
            + (lines.isEmpty() ? 0 : lines.size() * LINE + 4);
    svg.append("<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" width=\"")
        .append(Svg.number(width))
        .append("\" height=\"")
        .append(Svg.number(height))
        .append("\" viewBox=\"0 0 ")
        .append(Svg.number(width))
        .append(' ')
        .append(Svg.number(height))
        .append("\" font-family=\"'STIX Two Text', 'Times New Roman', Times, serif\">\n<title>")
        .append(Svg.escaped(circuit.toString()))
        .append("</title>\n<g fill=\"none\" stroke=\"currentColor\" stroke-width=\"1\">\n");
    double top = MARGIN;
    for (int i = 0; i < rows.size(); i++) {
      row(rows.get(i), top, i);
      top += rowHeight + LINE;
    }
    svg.append("</g>\n");
    double baseline = top;
    for (String line : lines) {
      text(MARGIN, baseline, ANGLE, "start", Svg.escaped(line));
      baseline += LINE;
    }
    return svg.append("</svg>\n").toString();
  }

  private List<List<List<CircuitGlyph>>> rows(double most) {
    List<List<List<CircuitGlyph>>> rows = new ArrayList<>();
    List<List<CircuitGlyph>> row = new ArrayList<>();
    double used = left + GAP + MARGIN;
    for (List<CircuitGlyph> column : columns) {
      double wide = columnWidth(column) + GAP;
      if (!row.isEmpty() && used + wide > most) {
        rows.add(row);
        row = new ArrayList<>();
        used = left + GAP + MARGIN;
      }
      row.add(column);
      used += wide;
    }
    rows.add(row);
    return rows;
  }

  private double width(List<List<CircuitGlyph>> row) {
    return left + GAP + row.stream().mapToDouble(c -> columnWidth(c) + GAP).sum() + MARGIN;
  }

  private void row(List<List<CircuitGlyph>> row, double top, int index) {
    // A wire is broken by boxes, so that these need no background.
    List<List<double[]>> breaks = new ArrayList<>();
    for (int w = 0; w < circuit.wires(); w++) {
      breaks.add(new ArrayList<>());
    }
    StringBuilder wires = new StringBuilder();
    double x = left + GAP;
    int lengthBefore = svg.length();
    for (List<CircuitGlyph> column : row) {
      double wide = columnWidth(column);
      for (CircuitGlyph glyph : column) {
        glyph(glyph, x + wide / 2, top, breaks);
      }
      x += wide + GAP;
    }
    for (int w = 0; w < circuit.wires(); w++) {
      double from = left;
      double y = y(w, top);
      for (double[] gap : breaks.get(w)) {
        wires.append(segment(from, gap[0], y));
        from = gap[1];
      }
      wires.append(segment(from, x, y));
    }
    svg.insert(lengthBefore, "<path class=\"wires\" d=\"" + wires + "\"/>\n");
    for (int w = 0; w < circuit.wires(); w++) {
      if (index == 0) {
        text(left - 6, y(w, top) + NAME / 3, NAME, "end", wireLabel(w).svg(NAME));
      } else {
        text(left - 6, y(w, top) + ANGLE / 3, ANGLE, "end", Integer.toString(w));
      }
    }
  }

  private static String segment(double from, double to, double y) {
    return "M" + Svg.number(from) + " " + Svg.number(y) + "H" + Svg.number(to);
  }

  /** Its initial state, with its number as subscript; its number alone where a box prepares it. */
  private MathText wireLabel(int wire) {
    Optional<List<Integer>> prepared = circuit.start().map(start -> start.wires());
    String number = Integer.toString(wire);
    List<MathText.Piece> pieces = new ArrayList<>();
    if (prepared.isEmpty() || !prepared.get().contains(wire)) {
      pieces.addAll(MathText.of("|0>").pieces());
    }
    pieces.add(new MathText.Piece(number, number, false, MathText.Place.SUBSCRIPT));
    return new MathText(pieces);
  }

  private void glyph(CircuitGlyph glyph, double x, double top, List<List<double[]>> breaks) {
    svg.append("<g class=\"").append(String.join(" ", classes(glyph))).append("\"><title>");
    svg.append(Svg.escaped(glyph.words())).append("</title>");
    links(glyph, x, top);
    for (int control : glyph.controls()) {
      svg.append("<circle fill=\"currentColor\" stroke=\"none\" cx=\"").append(Svg.number(x));
      svg.append("\" cy=\"").append(Svg.number(y(control, top))).append("\" r=\"");
      svg.append(Svg.number(CONTROL_RADIUS)).append("\"/>");
    }
    switch (glyph.shape()) {
      case NOT -> {
        double y = y(glyph.targets().get(0), top);
        svg.append("<circle cx=\"").append(Svg.number(x)).append("\" cy=\"").append(Svg.number(y));
        svg.append("\" r=\"").append(Svg.number(NOT_RADIUS)).append("\"/><path d=\"M");
        svg.append(Svg.number(x)).append(' ').append(Svg.number(y - NOT_RADIUS)).append('v');
        svg.append(Svg.number(2 * NOT_RADIUS)).append("\"/>");
      }
      case SWAP -> {
        for (int target : glyph.targets()) {
          double y = y(target, top);
          svg.append("<path d=\"");
          for (int direction = -1; direction <= 1; direction += 2) {
            svg.append('M').append(Svg.number(x - SWAP_ARM)).append(' ');
            svg.append(Svg.number(y - direction * SWAP_ARM)).append('l');
            svg.append(Svg.number(2 * SWAP_ARM)).append(' ');
            svg.append(Svg.number(2 * direction * SWAP_ARM));
          }
          svg.append("\"/>");
        }
      }
      case BOX -> boxes(glyph, x, top, breaks);
    }
    svg.append("</g>\n");
  }

  private static List<String> classes(CircuitGlyph glyph) {
    List<String> classes = new ArrayList<>(List.of(glyph.dashed() ? "channel" : "gate"));
    classes.addAll(glyph.sources());
    return classes;
  }

  /** Lines from wire to wire, from edge to edge of what stands on these. */
  private void links(CircuitGlyph glyph, double x, double top) {
    Integer above = null;
    for (int wire : glyph.touched()) {
      boolean inside =
          above != null
              && glyph.together()
              && glyph.targets().contains(above)
              && glyph.targets().contains(wire);
      if (above != null && !inside) {
        svg.append("<path d=\"M").append(Svg.number(x)).append(' ');
        svg.append(Svg.number(y(above, top) + reach(glyph, above))).append('V');
        svg.append(Svg.number(y(wire, top) - reach(glyph, wire))).append("\"/>");
      }
      above = wire;
    }
  }

  private static double reach(CircuitGlyph glyph, int wire) {
    if (glyph.controls().contains(wire)) {
      return 0;
    }
    return switch (glyph.shape()) {
      case BOX -> BOX / 2;
      case NOT -> NOT_RADIUS;
      case SWAP -> 0;
    };
  }

  private void boxes(CircuitGlyph glyph, double x, double top, List<List<double[]>> breaks) {
    double wide = boxWidth(glyph);
    TreeSet<Integer> sorted = new TreeSet<>(glyph.targets());
    List<TreeSet<Integer>> boxes =
        glyph.together()
            ? List.of(sorted)
            : sorted.stream().map(w -> new TreeSet<>(List.of(w))).toList();
    for (TreeSet<Integer> box : boxes) {
      double up = y(box.first(), top) - BOX / 2;
      double down = y(box.last(), top) + BOX / 2;
      svg.append("<rect x=\"").append(Svg.number(x - wide / 2)).append("\" y=\"");
      svg.append(Svg.number(up)).append("\" width=\"").append(Svg.number(wide));
      svg.append("\" height=\"").append(Svg.number(down - up)).append('"');
      svg.append(glyph.dashed() ? " stroke-dasharray=\"3 2\"/>" : "/>");
      boolean angles = !glyph.angles().pieces().isEmpty();
      double middle = (up + down) / 2;
      text(x, middle + (angles ? -1 : NAME / 3), NAME, "middle", glyph.name().svg(NAME));
      if (angles) {
        text(x, middle + ANGLE + 1, ANGLE, "middle", glyph.angles().svg(ANGLE));
      }
      for (int wire : box) {
        breaks.get(wire).add(new double[] {x - wide / 2, x + wide / 2});
        if (glyph.ordered()) {
          String port = Integer.toString(glyph.targets().indexOf(wire));
          text(x - wide / 2 + 3, y(wire, top) + 3, 8, "start", port);
        }
      }
    }
  }

  private void text(double x, double y, double size, String anchor, String content) {
    svg.append("<text fill=\"currentColor\" stroke=\"none\" x=\"").append(Svg.number(x));
    svg.append("\" y=\"").append(Svg.number(y)).append("\" font-size=\"");
    svg.append(Svg.number(size)).append("\" text-anchor=\"").append(anchor).append("\">");
    svg.append(content).append("</text>");
  }

  private static double y(int wire, double top) {
    return top + (wire + 0.5) * ROW;
  }

  private static double columnWidth(List<CircuitGlyph> column) {
    return column.stream().mapToDouble(CircuitSvg::boxWidth).max().orElse(0);
  }

  private static double boxWidth(CircuitGlyph glyph) {
    if (glyph.shape() != CircuitGlyph.Shape.BOX) {
      return 2 * NOT_RADIUS;
    }
    double text = Math.max(glyph.name().width(NAME), glyph.angles().width(ANGLE));
    return Math.max(LEAST_BOX, text + (glyph.ordered() ? 22 : 10));
  }

  /** What is prepared and what is read, in lines that aren't wider than the drawing. */
  private List<String> legend(double width) {
    List<String> all = new ArrayList<>();
    circuit.start().ifPresent(s -> all.add(CircuitText.describe(s)));
    all.addAll(CircuitText.readoutErrors(circuit));
    CircuitText.observables(circuit).forEach(o -> all.add(o.replace('<', '⟨').replace('>', '⟩')));
    int most = (int) Math.max(30, (width - 2 * MARGIN) / (ANGLE * 0.56));
    List<String> lines = new ArrayList<>();
    for (String whole : all) {
      StringBuilder line = new StringBuilder();
      for (String word : whole.split(" ")) {
        if (line.length() > 0 && line.length() + 1 + word.length() > most) {
          lines.add(line.toString());
          line.setLength(0);
          line.append("    ");
        } else if (line.length() > 0) {
          line.append(' ');
        }
        line.append(word);
      }
      lines.add(line.toString());
    }
    return lines;
  }
}
