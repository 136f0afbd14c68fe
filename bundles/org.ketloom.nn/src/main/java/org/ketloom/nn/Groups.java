package org.ketloom.nn;

/** Names of the usual groups of parameters. */
public final class Groups {
  /** Weights of classical layers. */
  public static final String CLASSICAL = "classical";

  /** Angles of circuits. */
  public static final String CIRCUIT = "circuit";

  /** Entries of trainable observables. */
  public static final String OBSERVABLE = "observable";

  private Groups() {}
}
