package org.ketloom.itests.plugin;

/** A class that is loaded when it is needed, and that can't be once its bundle is gone. */
final class Late {
  private Late() {}

  static void needed() {
    Thread.onSpinWait();
  }
}
