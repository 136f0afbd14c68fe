package org.ketloom.circuits;

import java.util.Locale;

/** What SVG is written with. */
final class Svg {
  private Svg() {}

  /** A length, to a hundredth. */
  static String number(double value) {
    String text = String.format(Locale.ROOT, "%.2f", value);
    return text.replaceFirst("\\.?0+$", "");
  }

  /** Text for contents and attributes. */
  static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
