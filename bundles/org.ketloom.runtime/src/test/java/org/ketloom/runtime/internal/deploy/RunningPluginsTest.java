package org.ketloom.runtime.internal.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.apache.felix.framework.FrameworkFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.ketloom.runtime.internal.parts.Fakes;
import org.ketloom.runtime.internal.parts.LeaseTable;
import org.ketloom.runtime.internal.parts.PartGate;
import org.ketloom.runtime.parts.Leases;
import org.ketloom.runtime.parts.PartIdentity;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.launch.Framework;

/** The end of plugins, in a framework of their own. */
@Timeout(60)
class RunningPluginsTest {
  @TempDir Path folder;

  /** A run takes its lease at the last moment: when the registry is told to hide the plugin. */
  @Test
  void whatIsLeasedBeforeItIsHiddenIsPutBack() throws Exception {
    Framework framework =
        new FrameworkFactory()
            .newFramework(
                Map.of(
                    Constants.FRAMEWORK_STORAGE,
                    folder.resolve("framework").toString(),
                    "felix.log.level",
                    "0"));
    framework.start();
    try {
      BundleContext context = framework.getBundleContext();
      LeaseTable live = new LeaseTable();
      context.registerService(Leases.class, live, null);
      LeaseTable.Lease lease = live.lease("run runs/late");
      PluginTrial trial =
          new PluginTrial(
              context,
              Fakes.registry(),
              new PluginDiagnosis(context, List.of()),
              new TrialMarks(new StoreFolder(folder, step -> {})),
              Duration.ofSeconds(10),
              Duration.ofSeconds(1),
              step -> {});
      Path jar = jar();
      PluginTrial.Running plugin =
          trial.run(
              jar,
              PluginJar.read(jar, "late.jar"),
              DeploymentStore.hash(jar),
              "late.jar",
              List.of());
      List<String> told = new ArrayList<>();
      PartGate gate =
          new PartGate() {
            @Override
            public void tell(Candidates candidates) {}

            @Override
            public void admit(
                Collection<ServiceReference<?>> services,
                Collection<Bundle> current,
                Collection<Bundle> leaving,
                Duration limit) {
              told.add("admit");
            }

            @Override
            public void admit(ServiceReference<?> service, Duration limit) {}

            @Override
            public void refuse(ServiceReference<?> service, String reason) {}

            @Override
            public List<String> remarks(Bundle plugin) {
              return List.of();
            }

            @Override
            public List<String> remarks(String bundle, String version, List<String> parts) {
              return List.of();
            }

            @Override
            public void forget(Bundle bundle) {
              told.add("forget");
            }

            @Override
            public void hide(Bundle bundle) {
              told.add("hide " + (bundle.getState() == Bundle.ACTIVE));
              if (told.size() == 3) {
                lease.hold(
                    List.of(new PartIdentity("late", "example.late", "1.0.0", plugin.hash())));
              }
            }

            @Override
            public void show(Bundle bundle) {
              told.add("show");
            }
          };
      RunningPlugins running = new RunningPlugins(context, trial, gate, told::add, () -> {});
      running.add("0123456789abcdef", plugin);
      running.admit(Set.of("0123456789abcdef"));
      running.admit(Set.of());
      running.awaitGrace(running.leaving());

      assertFalse(running.retire());
      assertEquals(List.of("admit", "admit", "hide true", "show"), told);
      assertTrue(plugin.isActive());
      // As long as the run holds it, it isn't even hidden.
      assertFalse(running.retire());
      assertEquals(4, told.size());
      lease.close();
      assertTrue(running.retire());
      assertEquals(
          List.of("hide true", "forget", "retired example.late 1.0.0"),
          told.subList(4, told.size()));
      assertEquals(Bundle.UNINSTALLED, plugin.bundle().getState());
      running.close();
    } finally {
      framework.stop();
      framework.waitForStop(10_000);
    }
  }

  private Path jar() throws Exception {
    Manifest manifest = new Manifest();
    Attributes headers = manifest.getMainAttributes();
    headers.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    headers.putValue(Constants.BUNDLE_MANIFESTVERSION, "2");
    headers.putValue(Constants.BUNDLE_SYMBOLICNAME, "example.late");
    headers.putValue(Constants.BUNDLE_VERSION, "1.0.0");
    Path jar = folder.resolve("late.jar");
    new JarOutputStream(Files.newOutputStream(jar), manifest).close();
    return jar;
  }
}
