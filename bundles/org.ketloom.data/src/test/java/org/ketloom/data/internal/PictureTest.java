package org.ketloom.data.internal;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.ketloom.api.data.ImageShape;

class PictureTest {
  @Test
  void smallerIsTheMeanOfWhatIsCovered() {
    Picture picture = picture(1, 4, 4, 0, 10, 20, 30, 40, 50, 60, 70, 1, 1, 9, 9, 1, 1, 9, 9);
    assertPixels(picture.resized(2), 25, 45, 1, 9);
    assertPixels(picture(1, 3, 3, 90, 90, 90, 0, 0, 0, 0, 0, 0).resized(2), 60, 60, 0, 0);
    assertPixels(picture(1, 3, 3, 0, 0, 90, 0, 0, 90, 0, 0, 90).resized(2), 0, 60, 0, 60);
  }

  @Test
  void largerIsBilinear() {
    assertPixels(
        picture(1, 2, 2, 0, 100, 0, 100).resized(4),
        0,
        25,
        75,
        100,
        0,
        25,
        75,
        100,
        0,
        25,
        75,
        100,
        0,
        25,
        75,
        100);
    assertPixels(picture(1, 1, 1, 77).resized(2), 77, 77, 77, 77);
  }

  @Test
  void theCentralSquareOfEachChannelIsUsed() {
    Picture wide = picture(2, 2, 4, 9, 8, 1, 5, 2, 6, 9, 8, 9, 8, 3, 7, 4, 10, 9, 8);
    assertPixels(wide.resized(2), 1, 5, 2, 6, 3, 7, 4, 10);
    Picture tall = picture(1, 4, 2, 9, 9, 1, 2, 3, 4, 9, 9);
    assertPixels(tall.resized(2), 1, 2, 3, 4);
    Picture square = picture(1, 2, 2, 1, 2, 3, 4);
    assertSame(square, square.resized(2));
  }

  @Test
  void keepsFlatImagesFlatAndMeansNear() {
    Random random = new Random(1);
    for (int from = 1; from <= 40; from++) {
      for (int to = 1; to <= 40; to++) {
        int[] flat = new int[from * from];
        Arrays.fill(flat, 255);
        int[] expected = new int[to * to];
        Arrays.fill(expected, 255);
        assertPixels(picture(1, from, from, flat).resized(to), expected);
        if (to < from) {
          int[] noise = random.ints((long) from * from, 0, 256).toArray();
          double mean = mean(picture(1, from, from, noise));
          assertEquals(mean, mean(picture(1, from, from, noise).resized(to)), 0.5);
        }
      }
    }
  }

  private static double mean(Picture picture) {
    double sum = 0;
    for (byte b : picture.pixels()) {
      sum += b & 0xFF;
    }
    return sum / picture.pixels().length;
  }

  private static Picture picture(int channels, int height, int width, int... values) {
    byte[] pixels = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      pixels[i] = (byte) values[i];
    }
    return new Picture(new ImageShape(channels, height, width), pixels);
  }

  private static void assertPixels(Picture picture, int... expected) {
    int[] found = new int[picture.pixels().length];
    for (int i = 0; i < found.length; i++) {
      found[i] = picture.pixels()[i] & 0xFF;
    }
    assertArrayEquals(expected, found);
  }
}
