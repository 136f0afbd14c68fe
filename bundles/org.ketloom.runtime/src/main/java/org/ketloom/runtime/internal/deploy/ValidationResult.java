package org.ketloom.runtime.internal.deploy;

import java.time.Instant;
import java.util.List;
import org.ketloom.api.error.Remedy;

/**
 * The result of a trial of a jar.
 *
 * @param sha256 of the jar
 * @param file name of the file
 * @param bundle symbolic name and version; empty if it couldn't be read
 * @param parts what it brings
 * @param environment what it was checked with
 * @param refusal why it was refused; empty if it was accepted
 * @param remedies what can be done about the refusal
 * @param lasting whether the result would be the same again in the same environment
 * @param time when
 * @param millis how long the trial took
 */
record ValidationResult(
    String sha256,
    String file,
    String bundle,
    List<String> parts,
    String environment,
    String refusal,
    List<Remedy> remedies,
    boolean lasting,
    Instant time,
    long millis) {

  /** Copies the lists. */
  ValidationResult {
    parts = List.copyOf(parts);
    remedies = List.copyOf(remedies);
  }

  boolean accepted() {
    return refusal.isEmpty();
  }

  /** What people call it: the bundle, or the file if that isn't known. */
  String name() {
    return bundle.isEmpty() ? file : bundle;
  }
}
