package org.ketloom.runtime.internal.run;

import java.time.Duration;
import org.ketloom.runtime.blueprint.Blueprints;
import org.ketloom.runtime.blueprint.Composer;
import org.ketloom.runtime.internal.parts.LeaseTable;
import org.ketloom.runtime.parts.PartRegistry;

/** Runs for the tests of other rooms. */
public final class RunsFixture {
  private RunsFixture() {}

  /** Runs that look for newer parts at once, and wait a minute for one that isn't ready. */
  public static FolderRuns runs(
      Blueprints blueprints, Composer composer, PartRegistry registry, LeaseTable leases) {
    return new FolderRuns(
        blueprints,
        composer,
        registry,
        leases,
        new LiveRuns(),
        Duration.ZERO,
        Duration.ofMinutes(1),
        System::nanoTime);
  }
}
