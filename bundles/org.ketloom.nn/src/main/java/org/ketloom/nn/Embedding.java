package org.ketloom.nn;

/** A table with a trainable row per class, time step or the like. */
public final class Embedding {
  private final Parameter table;

  /**
   * A table.
   *
   * @param name of the layer; its parameter is {@code name.weight}
   * @param group whose learning rate the table follows
   * @param initializer first values, usually a normal distribution
   */
  public Embedding(
      ParameterStore store,
      String name,
      int rows,
      int width,
      String group,
      Initializer initializer) {
    table = store.create(name + ".weight", group, initializer, rows, width);
  }

  /**
   * Looks rows up.
   *
   * @param rows one number per sample
   * @return {@code [rows.length, width]}
   * @throws IllegalArgumentException naming the sample whose row doesn't exist
   */
  public Variable apply(Tape tape, int... rows) {
    return Functions.embedding(tape.parameter(table), rows);
  }
}
