package org.ketloom.itests.benchmarks;

import java.util.Arrays;
import java.util.Locale;

/** What is computed of a workload; its name in small letters is the benchmark's method. */
enum Task {
  /** Values alone. */
  VALUES("values"),
  /** Values and all gradients. */
  VJP("values + VJP"),
  /** The product of the Hessian with a vector. */
  HVP("Hessian product");

  private final String title;

  Task(String title) {
    this.title = title;
  }

  /**
   * The task of a name.
   *
   * @throws IllegalArgumentException if there is none
   */
  static Task named(String name) {
    return Arrays.stream(values())
        .filter(t -> t.toString().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "there is no task \"" + name + "\"; there are values, vjp, hvp"));
  }

  /** Its name in tables. */
  String title() {
    return title;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
