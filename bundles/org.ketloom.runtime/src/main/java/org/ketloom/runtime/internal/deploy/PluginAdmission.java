package org.ketloom.runtime.internal.deploy;

import java.nio.file.Path;
import java.util.List;
import org.ketloom.runtime.deploy.Deployment;
import org.ketloom.runtime.deploy.Plugin;
import org.ketloom.runtime.internal.parts.PartGate;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Version;

/** Whether a jar may be tried at all, beside what is there; nothing of it runs before. */
final class PluginAdmission {
  private final BundleContext context;
  private final JarVerification verification;
  private final RunningPlugins running;
  private final Runnable retire;

  /**
   * Rules for a framework.
   *
   * @param retire ends what nobody holds any more
   */
  PluginAdmission(
      BundleContext context,
      JarVerification verification,
      RunningPlugins running,
      Runnable retire) {
    this.context = context;
    this.verification = verification;
    this.running = running;
    this.retire = retire;
  }

  /**
   * Looks at what is deployed and at what runs.
   *
   * @param jar what the manifest says
   * @param sha256 of the jar
   * @param copy content that doesn't change
   * @param file name of the file
   * @param before what is deployed
   * @throws Refusal if it may not be tried
   */
  void require(PluginJar jar, String sha256, Path copy, String file, Deployment before)
      throws Refusal {
    verification.require(copy, sha256, file);
    String name = jar.name();
    for (Plugin plugin : before.plugins()) {
      if (plugin.toString().equals(name) && !plugin.sha256().equals(sha256)) {
        throw new Refusal(
            Refusal.Until.SURROUNDINGS,
            name
                + " is deployed already with other content (SHA-256 "
                + shortened(plugin.sha256())
                + ", that of "
                + file
                + " is "
                + shortened(sha256)
                + "). What a run was made with must stay what it was: give the new content a version"
                + " of its own, for example "
                + next(jar.version())
                + ".");
      }
    }
    List<PluginTrial.Running> others = running.leaving(name, sha256);
    if (others.stream().allMatch(p -> running.holders(p).isEmpty())) {
      running.awaitGrace(others);
      retire.run();
    }
    for (PluginTrial.Running other : running.leaving(name, sha256)) {
      List<String> holders = running.holders(other);
      throw new Refusal(
          Refusal.Until.SURROUNDINGS,
          name
              + " is still held with other content by "
              + (holders.isEmpty() ? "bundles that use its packages" : String.join(", ", holders))
              + ". Give the new content a version of its own, for example "
              + next(jar.version())
              + ".");
    }
    for (Bundle bundle : context.getBundles()) {
      if (!jar.bundle().equals(bundle.getSymbolicName())
          || bundle.getLocation().startsWith(PartGate.TRIAL)) {
        continue;
      }
      if (RunningPlugins.isUsed(bundle) || isFoundation(jar.bundle())) {
        List<String> live = running.live();
        throw new Refusal(
            Refusal.Until.SURROUNDINGS,
            name
                + " would change "
                + PluginDiagnosis.name(bundle)
                + ", which other bundles have loaded their classes from: that isn't hot. "
                + (live.isEmpty()
                    ? "Stop Ketloom, put the jar in the place of that bundle, and start it again"
                    : "It is refused while "
                        + String.join(", ", live)
                        + (live.size() == 1 ? " is live" : " are live")
                        + ": stop these runs first, which writes their checkpoints")
                + ".");
      }
      if (jar.version().equals(bundle.getVersion())) {
        throw new Refusal(
            Refusal.Until.SURROUNDINGS,
            name
                + " belongs to Ketloom itself. Give yours a version or a symbolic name of its own.");
      }
    }
    // Another version of a bundle of Ketloom's is a plugin like others, if somebody vouches for it.
    if (PluginJar.isReserved(jar.bundle()) && verification.level() == JarVerification.Level.NONE) {
      throw new Refusal(
          Refusal.Until.SURROUNDINGS,
          name
              + " has a name of Ketloom's own bundles, org.ketloom.*, and nobody vouches for it. Give"
              + " yours a symbolic name of its own, or set deploy.verify to digest or signed in"
              + " conf/ketloom.properties.");
    }
  }

  private static boolean isFoundation(String bundle) {
    return bundle.equals("org.ketloom.api") || bundle.startsWith("org.ketloom.nd4j");
  }

  private static String shortened(String sha256) {
    return sha256.substring(0, 12);
  }

  private static Version next(Version version) {
    return new Version(version.getMajor(), version.getMinor(), version.getMicro() + 1);
  }
}
