package org.ketloom.shell.internal.console;

import java.util.List;
import java.util.stream.Collectors;
import org.ketloom.api.error.HasRemedies;
import org.ketloom.api.error.Remedy;

/** What can be done about an error, in the words of the command line. */
final class Remedies {
  private Remedies() {}

  /** To be put behind a message; empty if nothing is known. */
  static String of(Throwable thrown) {
    List<Remedy> remedies = HasRemedies.of(thrown);
    return remedies.isEmpty()
        ? ""
        : remedies.stream().map(Remedies::words).collect(Collectors.joining(", or ", "; ", ""));
  }

  private static String words(Remedy remedy) {
    if (remedy instanceof Remedy.OtherRunFolder) {
      return "choose another folder with --run";
    }
    if (remedy instanceof Remedy.OtherStudyFolder) {
      return "choose another folder with --out";
    }
    if (remedy instanceof Remedy.ResumeRun run) {
      return "resume it with `ketloom resume " + Messages.word(run.folder()) + "`";
    }
    if (remedy instanceof Remedy.ShowRun run) {
      return "`ketloom runs show "
          + Messages.word(run.folder())
          + "` lists the swap when it is done";
    }
    if (remedy instanceof Remedy.ListRuns) {
      return "`ketloom runs list` shows the runs in a folder";
    }
    if (remedy instanceof Remedy.Download download) {
      return "fetch it with `ketloom data get " + download.data() + "`";
    }
    if (remedy instanceof Remedy.NameDataFolder) {
      return "name the folder of the files with --data DIR";
    }
    if (remedy instanceof Remedy.SetFeatureOption set) {
      return "name it with --option " + set.option() + "=" + set.example();
    }
    throw new IllegalArgumentException("no words for " + remedy);
  }
}
