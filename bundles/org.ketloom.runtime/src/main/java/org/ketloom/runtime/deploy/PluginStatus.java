package org.ketloom.runtime.deploy;

import java.util.List;

/**
 * A plugin as it is at the moment.
 *
 * @param name what people call it: symbolic name and version, or the name of the file
 * @param file name of its file in the folder of plugins; empty if it has none
 * @param state its state
 * @param parts what it brings, as {@code ansatz ladder}
 * @param detail why it was refused, which runs hold it, or which of its parts were left out or are
 *     no first choice
 */
public record PluginStatus(
    String name, String file, State state, List<String> parts, String detail) {

  /** States of a plugin. */
  public enum State {
    /** Its parts are the first choice. */
    CURRENT,
    /** Another took its place, or it was removed; runs still hold it. */
    RETIRING,
    /** Not taken. */
    REFUSED
  }

  /** Copies the parts. */
  public PluginStatus {
    parts = List.copyOf(parts);
  }
}
