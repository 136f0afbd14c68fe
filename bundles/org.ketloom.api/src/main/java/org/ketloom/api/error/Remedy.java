package org.ketloom.api.error;

import java.nio.file.Path;

/** Something that can be done about an error. */
public sealed interface Remedy {

  /** Take another folder for the run. */
  record OtherRunFolder() implements Remedy {}

  /** Take another folder for the study. */
  record OtherStudyFolder() implements Remedy {}

  /**
   * Go on with a run.
   *
   * @param folder of the run
   */
  record ResumeRun(Path folder) implements Remedy {}

  /**
   * Bring back the parts that a run was trained with, or continue with the current ones.
   *
   * @param folder of the run
   */
  record ResumeWithCurrentParts(Path folder) implements Remedy {}

  /**
   * Look at what became of a run.
   *
   * @param folder of the run
   */
  record ShowRun(Path folder) implements Remedy {}

  /** See which runs there are. */
  record ListRuns() implements Remedy {}

  /**
   * Download the files of a data set.
   *
   * @param data name of the data set
   */
  record Download(String data) implements Remedy {}

  /** Name the folder that holds the files of the data set. */
  record NameDataFolder() implements Remedy {}

  /**
   * Set an option of the features that images are measured on.
   *
   * @param option its name
   * @param example a value that it may have
   */
  record SetFeatureOption(String option, String example) implements Remedy {}

  /** See which plugins, files and deployments there are. */
  record ListPlugins() implements Remedy {}

  /** See which deployments there are, and go back to one of them. */
  record ChooseDeployment() implements Remedy {}

  /**
   * Make the plugins of a deployment current again.
   *
   * @param deployment its number
   */
  record GoBack(int deployment) implements Remedy {}

  /** Ask what became of a plugin. */
  record AskAboutPlugin() implements Remedy {}

  /** Have the jar of a plugin tried again. */
  record AddPluginAgain() implements Remedy {}

  /**
   * Take a plugin away.
   *
   * @param name of the plugin or its file
   */
  record RemovePlugin(String name) implements Remedy {}

  /** Build the jar with a project that is made for plugins. */
  record NewPlugin() implements Remedy {}
}
