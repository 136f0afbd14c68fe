package org.ketloom.tck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.ketloom.api.error.InvalidInputException;
import org.ketloom.api.error.Remedy;

/** What a call throws is the plugin's code too. */
@Timeout(60)
class CallsTest {
  private static final Duration LIMIT = Duration.ofMillis(300);
  private static final Duration LONG = Duration.ofSeconds(50);

  /** Says nothing before a test lets it. */
  private static final class Speechless extends IllegalArgumentException {
    private static final long serialVersionUID = 1;
    private final transient CountDownLatch end;

    Speechless(CountDownLatch end) {
      this.end = end;
    }

    @Override
    public String getMessage() {
      while (true) {
        try {
          end.await();
          return "";
        } catch (InterruptedException e) {
          // It says nothing all the same.
        }
      }
    }
  }

  /** Can't be shown. */
  private static final class Failing extends IllegalStateException {
    private static final long serialVersionUID = 1;

    @Override
    public String toString() {
      throw new IllegalStateException("no text");
    }
  }

  /** Says something else each time. */
  private static final class Fickle extends IllegalArgumentException {
    private static final long serialVersionUID = 1;
    private boolean asked;

    @Override
    public String getMessage() {
      if (asked) {
        throw new IllegalStateException("asked twice");
      }
      asked = true;
      return "at first";
    }

    @Override
    public String toString() {
      return "fickle";
    }
  }

  @Test
  void anExceptionThatNeverSaysWhatItIsTakesNoMoreThanTheCall() {
    CountDownLatch end = new CountDownLatch(1);
    try (Calls calls = new Calls(LIMIT, LONG)) {
      Calls.Violation violation =
          assertThrows(
              Calls.Violation.class,
              () ->
                  calls.call(
                      "it",
                      () -> {
                        throw new Speechless(end);
                      }));
      assertEquals(Finding.Check.TIME, violation.finding().check());
      assertTrue(violation.getMessage().contains("Speechless.getMessage"), violation.getMessage());
    } finally {
      end.countDown();
    }
  }

  @Test
  void anExceptionThatCannotBeShownIsNamed() {
    try (Calls calls = new Calls(LONG, LONG)) {
      Calls.Violation violation =
          assertThrows(
              Calls.Violation.class,
              () ->
                  calls.call(
                      "it",
                      () -> {
                        throw new Failing();
                      }));
      assertEquals(Finding.Check.EXCEPTION, violation.finding().check());
      assertEquals(
          "it threw "
              + Failing.class.getName()
              + ", which can't be read: its methods throw java.lang.IllegalStateException",
          violation.getMessage());
    }
  }

  @Test
  void aMessageIsReadOnce() {
    try (Calls calls = new Calls(LONG, LONG)) {
      IllegalArgumentException refused =
          assertThrows(
              IllegalArgumentException.class,
              () ->
                  calls.call(
                      "it",
                      () -> {
                        throw new Fickle();
                      }));
      assertEquals("at first", refused.getMessage());
      assertEquals("at first", refused.getMessage());
      InvalidInputException known = new InvalidInputException("known", new Remedy.ListPlugins());
      assertSame(
          known,
          assertThrows(
              InvalidInputException.class,
              () ->
                  calls.call(
                      "it",
                      () -> {
                        throw known;
                      })));
    }
  }
}
