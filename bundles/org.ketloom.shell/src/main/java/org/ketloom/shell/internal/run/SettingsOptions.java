package org.ketloom.shell.internal.run;

import org.jspecify.annotations.Nullable;
import org.ketloom.runtime.run.RunSettings;
import picocli.CommandLine.Option;

/** The options that say how a run behaves in its container. */
public final class SettingsOptions {
  @Option(
      names = "--policy",
      paramLabel = "POLICY",
      description = {
        "What the run does when a newer version of one of its parts becomes available: pin keeps"
            + " the one that it has (the default), adopt continues with the new one from the next"
            + " epoch if its parameters are equal, restart starts over with it."
      })
  private @Nullable String policy;

  @Option(
      names = "--auto-resume",
      negatable = true,
      description = "Whether `ketloom serve` and `ketloom shell` resume the run when they start.")
  private @Nullable Boolean autoResume;

  /** What is asked for, on top of what there was. */
  public RunSettings on(RunSettings before) {
    return new RunSettings(
        policy == null ? before.policy() : RunSettings.Policy.of(policy),
        autoResume == null ? before.autoResume() : autoResume);
  }

  /** Whether anything is asked for. */
  boolean asked() {
    return policy != null || autoResume != null;
  }
}
