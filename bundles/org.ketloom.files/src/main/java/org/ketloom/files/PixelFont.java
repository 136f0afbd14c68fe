package org.ketloom.files;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;

/**
 * Letters of 5x7 dots for pictures whose bytes are to be the same on every machine. The fonts of
 * Java differ between machines, and there are none where the system has no font library, as in many
 * containers. Accents are left out; what isn't Latin is a question mark.
 */
public final class PixelFont {
  /** Each dot is so many pixels wide and high. */
  private static final int SCALE = 2;

  private static final int COLUMNS = 5;
  private static final int ROWS = 7;
  private static final int ADVANCE = (COLUMNS + 1) * SCALE;

  /** Height of a line with the space to the next one, in pixels. */
  public static final int LINE = (ROWS + 2) * SCALE;

  private static final char FIRST = ' ';

  /** Five columns of each letter from space to tilde in hexadecimal, the lowest bit on top. */
  private static final String LETTERS =
      "0000000000"
          + "00005F0000"
          + "0007000700"
          + "147F147F14"
          + "242A7F2A12"
          + "2313086462"
          + "3649552250"
          + "0005030000"
          + "001C224100"
          + "0041221C00"
          + "14083E0814"
          + "08083E0808"
          + "0050300000"
          + "0808080808"
          + "0060600000"
          + "2010080402"
          + "3E5149453E"
          + "00427F4000"
          + "4261514946"
          + "2141454B31"
          + "1814127F10"
          + "2745454539"
          + "3C4A494930"
          + "0171090503"
          + "3649494936"
          + "064949291E"
          + "0036360000"
          + "0056360000"
          + "0814224100"
          + "1414141414"
          + "0041221408"
          + "0201510906"
          + "324979413E"
          + "7E1111117E"
          + "7F49494936"
          + "3E41414122"
          + "7F4141221C"
          + "7F49494941"
          + "7F09090901"
          + "3E4149497A"
          + "7F0808087F"
          + "00417F4100"
          + "2040413F01"
          + "7F08142241"
          + "7F40404040"
          + "7F020C027F"
          + "7F0408107F"
          + "3E4141413E"
          + "7F09090906"
          + "3E4151215E"
          + "7F09192946"
          + "4649494931"
          + "01017F0101"
          + "3F4040403F"
          + "1F2040201F"
          + "3F4038403F"
          + "6314081463"
          + "0708700807"
          + "6151494543"
          + "007F414100"
          + "0204081020"
          + "0041417F00"
          + "0402010204"
          + "4040404040"
          + "0001020400"
          + "2054545478"
          + "7F48444438"
          + "3844444420"
          + "384444487F"
          + "3854545418"
          + "087E090102"
          + "0C5252523E"
          + "7F08040478"
          + "00447D4000"
          + "2040443D00"
          + "7F10284400"
          + "00417F4000"
          + "7C04180478"
          + "7C08040478"
          + "3844444438"
          + "7C14141408"
          + "081414187C"
          + "7C08040408"
          + "4854545420"
          + "043F444020"
          + "3C4040207C"
          + "1C2040201C"
          + "3C4030403C"
          + "4428102844"
          + "0C5050503C"
          + "4464544C44"
          + "0008364100"
          + "00007F0000"
          + "0041360800"
          + "0804081008";

  /** Takes a pixel that is to be inked. */
  @FunctionalInterface
  public interface Ink {
    /** A pixel by its distance from the left and the top of the text. */
    void at(int x, int y);
  }

  private PixelFont() {}

  /** Width of a text in pixels. */
  public static int width(String text) {
    String plain = plain(text);
    return plain.isEmpty() ? 0 : plain.length() * ADVANCE - SCALE;
  }

  /** Draws a text in one line. */
  public static void draw(String text, Ink ink) {
    String plain = plain(text);
    for (int i = 0; i < plain.length(); i++) {
      int letter = (plain.charAt(i) - FIRST) * 2 * COLUMNS;
      for (int column = 0; column < COLUMNS; column++) {
        int dots = Integer.parseInt(LETTERS, letter + 2 * column, letter + 2 * column + 2, 16);
        for (int row = 0; row < ROWS; row++) {
          if ((dots >> row & 1) == 1) {
            dot(i * ADVANCE + column * SCALE, row * SCALE, ink);
          }
        }
      }
    }
  }

  private static void dot(int x, int y, Ink ink) {
    for (int dy = 0; dy < SCALE; dy++) {
      for (int dx = 0; dx < SCALE; dx++) {
        ink.at(x + dx, y + dy);
      }
    }
  }

  /**
   * Breaks a text into lines at its spaces, and words that are too long wherever the line ends.
   *
   * @param width of a line in pixels; one letter fits at least
   */
  public static List<String> wrap(String text, int width) {
    int most = Math.max(1, (width + SCALE) / ADVANCE);
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String word : plain(text).strip().split(" +")) {
      if (line.length() > 0 && line.length() + 1 + word.length() > most) {
        lines.add(line.toString());
        line.setLength(0);
      }
      line.append(line.length() == 0 ? "" : " ").append(word);
      while (line.length() > most) {
        lines.add(line.substring(0, most));
        line.delete(0, most);
      }
    }
    if (line.length() > 0) {
      lines.add(line.toString());
    }
    return lines;
  }

  private static String plain(String text) {
    return Normalizer.normalize(text, Normalizer.Form.NFKD)
        .replaceAll("\\p{M}", "")
        .replace("ß", "ss")
        .replaceAll("\\s", " ")
        .replaceAll("[^ -~]", "?");
  }
}
