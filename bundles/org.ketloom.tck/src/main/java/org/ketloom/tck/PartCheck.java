package org.ketloom.tck;

import java.util.function.Consumer;
import org.ketloom.tck.Calls.Violation;

/** The checks of one kind of parts, applied to one part. */
interface PartCheck {
  /** For parts of which only the options are checked. */
  PartCheck NONE =
      new PartCheck() {
        @Override
        public void check(Consumer<Finding> findings) {
          // Nothing is asked for.
        }

        @Override
        public void requireWorks() {
          // Nothing is asked for.
        }
      };

  /**
   * All checks.
   *
   * @param findings told of what leaves the other checks worth making
   * @throws Violation ending with what doesn't
   * @throws IllegalArgumentException if the part throws one where it must not
   */
  void check(Consumer<Finding> findings) throws Violation;

  /**
   * Whether the part can be used at all: what is left of the checks for a part with odd options.
   *
   * @throws Violation saying what it does instead
   * @throws IllegalArgumentException if the part says itself that it can't be used so
   */
  void requireWorks() throws Violation;
}
