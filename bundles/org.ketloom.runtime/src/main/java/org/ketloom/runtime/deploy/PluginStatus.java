package org.ketloom.runtime.deploy;

import java.util.List;
import org.ketloom.api.error.Remedy;

/**
 * A plugin as it is at the moment.
 *
 * @param name what people call it: symbolic name and version, or the name of the file
 * @param file name of its file in the folder of plugins; empty if it has none
 * @param state its state
 * @param parts what it brings, as {@code ansatz ladder}
 * @param detail why it was refused, which runs hold it, or which of its parts were left out or are
 *     no first choice
 * @param remedies what can be done about that
 */
public record PluginStatus(
    String name,
    String file,
    State state,
    List<String> parts,
    String detail,
    List<Remedy> remedies) {

  /** States of a plugin. */
  public enum State {
    /** Its parts are the first choice. */
    CURRENT,
    /** Another took its place, or it was removed; runs still hold it. */
    RETIRING,
    /** Its file is there, and hasn't been looked at yet. */
    PENDING,
    /** Not taken. */
    REFUSED,
    /** It was to end and doesn't: its code is still running, and out of reach for everybody. */
    STUCK
  }

  /** Copies the lists. */
  public PluginStatus {
    parts = List.copyOf(parts);
    remedies = List.copyOf(remedies);
  }

  /** Without remedies. */
  public PluginStatus(String name, String file, State state, List<String> parts, String detail) {
    this(name, file, state, parts, detail, List.of());
  }

  /** The detail with its remedies; the plugin isn't named in it. */
  public Notice notice() {
    return new Notice(detail, remedies);
  }
}
