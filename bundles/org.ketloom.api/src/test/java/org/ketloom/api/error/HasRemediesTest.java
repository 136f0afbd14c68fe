package org.ketloom.api.error;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class HasRemediesTest {
  private static final Remedy OTHER = new Remedy.OtherRunFolder();

  @Test
  void remediesAreFoundBehindWrappers() {
    Exception found = new FileProblemException("runs/a is not empty", OTHER);
    assertEquals(List.of(OTHER), HasRemedies.of(found));
    assertEquals(
        List.of(OTHER),
        HasRemedies.of(new IllegalStateException("it failed", new IOException(found))));
    assertEquals(List.of(), HasRemedies.of(new IllegalStateException("it failed")));
  }

  @Test
  void theNearestCauseCounts() {
    Exception inner = new InvalidInputException("b", new Remedy.ListRuns());
    Exception outer = new FileProblemException("a", OTHER);
    outer.initCause(inner);
    assertEquals(List.of(OTHER), HasRemedies.of(outer));
  }
}
