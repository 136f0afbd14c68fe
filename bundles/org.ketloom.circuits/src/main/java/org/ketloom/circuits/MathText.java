package org.ketloom.circuits;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A label as {@link CircuitText} writes it, set as mathematics: {@code RY} with a subscript, {@code
 * 1.5E-7*w12} as 1.5 times a power of ten times w with a subscript.
 *
 * @param pieces what is set one after another
 */
record MathText(List<Piece> pieces) {
  private static final Pattern TOKEN =
      Pattern.compile(
          "R([XYZ]+)|([xws])(\\d+)|([0-9.]+)E\\+?(-?\\d+)|\\|(\\d)>|<(\\d)\\||[A-Z][A-Za-z]+|.");

  /** Where a piece stands. */
  enum Place {
    LINE,
    SUBSCRIPT,
    SUPERSCRIPT
  }

  /**
   * A piece.
   *
   * @param text in Unicode
   * @param latex the same in LaTeX's mathematics
   * @param italic whether it is a variable
   */
  record Piece(String text, String latex, boolean italic, Place place) {
    private static Piece line(String text, String latex) {
      return new Piece(text, latex, false, Place.LINE);
    }
  }

  MathText {
    pieces = List.copyOf(pieces);
  }

  /** Sets a name, an angle, or several with commas between them. */
  static MathText of(String label) {
    List<Piece> pieces = new ArrayList<>();
    Matcher token = TOKEN.matcher(label);
    while (token.find()) {
      add(pieces, token);
    }
    return new MathText(pieces);
  }

  private static void add(List<Piece> pieces, Matcher token) {
    if (token.group(1) != null) {
      pieces.add(Piece.line("R", "R"));
      pieces.add(new Piece(token.group(1), token.group(1), false, Place.SUBSCRIPT));
    } else if (token.group(2) != null) {
      pieces.add(new Piece(token.group(2), token.group(2), true, Place.LINE));
      pieces.add(new Piece(token.group(3), token.group(3), false, Place.SUBSCRIPT));
    } else if (token.group(4) != null) {
      pieces.add(Piece.line(token.group(4) + "×10", token.group(4) + "\\times 10"));
      String exponent = token.group(5);
      pieces.add(new Piece(exponent.replace('-', '−'), exponent, false, Place.SUPERSCRIPT));
    } else if (token.group(6) != null) {
      pieces.add(Piece.line("|" + token.group(6) + "⟩", "\\ket{" + token.group(6) + "}"));
    } else if (token.group(7) != null) {
      pieces.add(Piece.line("⟨" + token.group(7) + "|", "\\bra{" + token.group(7) + "}"));
    } else {
      pieces.add(
          switch (token.group()) {
            case "*" -> Piece.line("\u2009", "\\,");
            case "-" -> Piece.line("−", "-");
            case "," -> Piece.line(",\u2009", ",");
            case "π" -> Piece.line("π", "\\pi ");
            case "ρ" -> new Piece("ρ", "\\rho", true, Place.LINE);
            case "ψ" -> Piece.line("|ψ⟩", "\\ket{\\psi}");
            default ->
                Piece.line(
                    token.group(),
                    token.group().length() > 1 ? "\\mathrm{" + token.group() + "}" : token.group());
          });
    }
  }

  /**
   * About how wide it is in a serif font.
   *
   * @param size of the font
   * @return in the unit of the size
   */
  double width(double size) {
    return pieces.stream()
            .mapToDouble(
                p ->
                    p.text().chars().mapToDouble(MathText::em).sum()
                        * (p.place() == Place.LINE ? 1 : 0.7))
            .sum()
        * size;
  }

  private static double em(int character) {
    return character == '\u2009' ? 0.25 : Character.isUpperCase(character) ? 0.75 : 0.6;
  }

  /** Contents of an SVG text element. */
  String svg(double size) {
    StringBuilder svg = new StringBuilder();
    double shifted = 0;
    for (Piece piece : pieces) {
      double shift =
          switch (piece.place()) {
            case LINE -> 0;
            case SUBSCRIPT -> 0.25;
            case SUPERSCRIPT -> -0.4;
          };
      svg.append("<tspan");
      if (shift != shifted) {
        svg.append(" dy=\"").append(Svg.number((shift - shifted) * size)).append('"');
      }
      if (piece.place() != Place.LINE) {
        svg.append(" font-size=\"").append(Svg.number(0.7 * size)).append('"');
      }
      if (piece.italic()) {
        svg.append(" font-style=\"italic\"");
      }
      svg.append('>').append(Svg.escaped(piece.text())).append("</tspan>");
      shifted = shift;
    }
    return svg.toString();
  }

  /** LaTeX, for its mathematics. */
  String latex() {
    return pieces.stream()
        .map(
            p ->
                switch (p.place()) {
                  case LINE -> p.latex();
                  case SUBSCRIPT -> "_{" + p.latex() + "}";
                  case SUPERSCRIPT -> "^{" + p.latex() + "}";
                })
        .collect(Collectors.joining());
  }
}
