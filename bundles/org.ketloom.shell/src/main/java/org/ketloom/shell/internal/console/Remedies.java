package org.ketloom.shell.internal.console;

import java.util.List;
import java.util.stream.Collectors;
import org.ketloom.api.error.Remedy;

/** What can be done about an error, in the words of the command line. */
final class Remedies {
  private Remedies() {}

  /** A message with what can be done behind it. */
  static String behind(String message, List<Remedy> remedies) {
    return remedies.isEmpty()
        ? message
        : message.replaceFirst("\\.$", "")
            + remedies.stream().map(Remedies::words).collect(Collectors.joining(", or ", "; ", ""));
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
    if (remedy instanceof Remedy.ResumeWithCurrentParts run) {
      return "bring back what it was trained with, or continue with the current parts by `ketloom"
          + " resume "
          + Messages.word(run.folder())
          + " --current-parts`, which its provenance then records";
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
    if (remedy instanceof Remedy.ListPlugins) {
      return "`ketloom deploy list` shows the names of plugins and files";
    }
    if (remedy instanceof Remedy.ChooseDeployment) {
      return "`ketloom deploy list` shows the deployments, `ketloom deploy rollback N` goes back to"
          + " one of them";
    }
    if (remedy instanceof Remedy.GoBack back) {
      return "`ketloom deploy rollback " + back.deployment() + "` brings it back";
    }
    if (remedy instanceof Remedy.AskAboutPlugin) {
      return "`ketloom deploy why` tells what becomes of it";
    }
    if (remedy instanceof Remedy.AddPluginAgain) {
      return "`ketloom deploy add` with its jar tries it again";
    }
    if (remedy instanceof Remedy.RemovePlugin plugin) {
      return "`ketloom deploy remove " + Messages.word(plugin.name()) + "` takes it away";
    }
    if (remedy instanceof Remedy.NewPlugin) {
      return "`ketloom plugin new` makes a project that builds such a jar";
    }
    throw new IllegalArgumentException("no words for " + remedy);
  }
}
