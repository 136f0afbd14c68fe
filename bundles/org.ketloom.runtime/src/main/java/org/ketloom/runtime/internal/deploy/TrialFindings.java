package org.ketloom.runtime.internal.deploy;

import java.util.List;
import java.util.stream.Collectors;
import org.ketloom.tck.Finding;
import org.osgi.framework.Bundle;

/** Findings of the conformance kit as refusals of a plugin. */
final class TrialFindings {
  private static final int MAX_FINDINGS = 3;

  private TrialFindings() {}

  /**
   * Refuses a part that doesn't conform.
   *
   * @param what the part
   * @param findings what is wrong with it; empty if it conforms
   */
  static void require(Bundle bundle, String what, List<Finding> findings) throws Refusal {
    if (!findings.isEmpty()) {
      boolean time = findings.stream().allMatch(f -> f.check() == Finding.Check.TIME);
      throw new Refusal(
          Refusal.Until.CHANGED,
          PluginDiagnosis.name(bundle)
              + ", "
              + what
              + (time ? ", takes too long: " : ", doesn't pass the conformance kit: ")
              + findings.stream()
                  .limit(MAX_FINDINGS)
                  .map(Finding::toString)
                  .collect(Collectors.joining("; "))
              + (findings.size() > MAX_FINDINGS
                  ? "; and " + (findings.size() - MAX_FINDINGS) + " more findings"
                  : "")
              + ".");
    }
  }

  /** Refuses a plugin whose code failed, or took too long, when it was started. */
  static Refusal notStarted(Bundle bundle, Finding finding) {
    return new Refusal(
        finding.check() == Finding.Check.TIME ? Refusal.Until.CHANGED : Refusal.Until.SURROUNDINGS,
        PluginDiagnosis.name(bundle) + " doesn't start: " + finding.message() + ".");
  }
}
