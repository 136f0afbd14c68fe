package org.ketloom.shell.internal.console;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;

/**
 * Options of sampling, features and parts, which {@code --option} changes. Until 2.0.0 some
 * commands took them by {@code --set}, which is for values of Blueprints now; such a command line
 * still works.
 */
public final class OptionChanges {
  private OptionChanges() {}

  /**
   * What {@code --option} says, on top of what was said in the former way.
   *
   * @param former what {@code --set} says, if it is no path of a Blueprint
   */
  public static Map<String, String> of(
      CommandSpec spec, Map<String, String> former, Map<String, String> changes) {
    if (!former.isEmpty()) {
      String first = former.keySet().iterator().next();
      PrintWriter err = spec.commandLine().getErr();
      err.println(
          "ketloom: note: an option is changed by --option "
              + first
              + "="
              + former.get(first)
              + " now; --set changes values of Blueprints");
      err.flush();
    }
    Map<String, String> all = new LinkedHashMap<>(former);
    all.putAll(changes);
    return all;
  }
}
