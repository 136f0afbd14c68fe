package org.ketloom.runtime.internal.deploy;

import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.ketloom.runtime.internal.parts.PartGate;
import org.osgi.framework.Bundle;
import org.osgi.framework.namespace.PackageNamespace;
import org.osgi.framework.wiring.BundleRevision;

/** Whether a bundle that the framework has installed may be resolved; nothing of it has run. */
record InstalledBundle(Bundle bundle) {

  /**
   * The framework has to have read what was verified, and to understand it as the deployer did.
   *
   * @param sha256 of the jar that was verified
   * @param installed SHA-256 of what the framework read
   */
  void requireSame(PluginJar known, String sha256, String installed) throws Refusal {
    String name = known.name();
    if (!installed.equals(sha256)) {
      throw new Refusal(
          Refusal.Until.SURROUNDINGS,
          name + " was changed between its verification and its installation.");
    }
    if (!PluginDiagnosis.name(bundle).equals(name)) {
      throw new Refusal(
          Refusal.Until.CHANGED,
          name
              + " calls itself "
              + PluginDiagnosis.name(bundle)
              + " when it is installed: its manifest can be read in two ways.");
    }
  }

  /**
   * A package of Ketloom's comes from Ketloom's bundles alone: others that import it would get the
   * plugin's classes where the plugin says the higher version.
   */
  void requireOwnPackages(Bundle... others) throws Refusal {
    if (PluginJar.isReserved(bundle.getSymbolicName())) {
      return;
    }
    Set<String> packages = packages(bundle);
    for (Bundle other : others) {
      if (PartGate.isPlugin(other) || !PluginJar.isReserved(other.getSymbolicName())) {
        continue;
      }
      for (String name : packages(other)) {
        if (packages.contains(name)) {
          throw new Refusal(
              Refusal.Until.SURROUNDINGS,
              PluginDiagnosis.name(bundle)
                  + " exports package "
                  + name
                  + ", which is that of "
                  + PluginDiagnosis.name(other)
                  + ". Import it instead, and leave its classes out of the jar: give Ketloom's"
                  + " artifacts the scope provided.");
        }
      }
    }
  }

  private static Set<String> packages(Bundle bundle) {
    BundleRevision revision = bundle.adapt(BundleRevision.class);
    return revision == null
        ? Set.of()
        : revision.getDeclaredCapabilities(PackageNamespace.PACKAGE_NAMESPACE).stream()
            .map(c -> String.valueOf(c.getAttributes().get(PackageNamespace.PACKAGE_NAMESPACE)))
            .collect(Collectors.toCollection(TreeSet::new));
  }
}
