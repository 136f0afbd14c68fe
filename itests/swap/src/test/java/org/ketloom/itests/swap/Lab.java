package org.ketloom.itests.swap;

import static org.junit.Assert.assertEquals;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.ketloom.api.model.Blueprint;
import org.ketloom.itests.support.Services;
import org.ketloom.runtime.blueprint.Blueprints;
import org.ketloom.runtime.blueprint.Composer;
import org.ketloom.runtime.blueprint.Draft;
import org.ketloom.runtime.blueprint.Readiness;
import org.ketloom.runtime.job.Jobs;
import org.ketloom.runtime.run.Run;
import org.ketloom.runtime.run.RunListener;
import org.ketloom.runtime.run.RunSettings;
import org.ketloom.runtime.run.Runs;
import org.ketloom.runtime.run.Swap;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.wiring.FrameworkWiring;
import org.osgi.service.cm.ConfigurationAdmin;

/** Trains runs of {@code Tiny} in the container, while plugins are handled. */
final class Lab {
  private static final List<String> SMALL = List.of("data.options.size=8", "data.options.count=64");

  final Services services;
  final Path folder;

  Lab(Services services) {
    this.services = services;
    try {
      folder = Files.createTempDirectory("swap");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Does something after some steps, on the run's thread. */
  static final class Script implements RunListener {
    private final Map<Long, Action> actions = new HashMap<>();
    final List<Swap> swaps = new CopyOnWriteArrayList<>();
    final List<Double> losses = new CopyOnWriteArrayList<>();
    private long millisPerStep;
    private Semaphore pace;

    interface Action {
      void run() throws Exception;
    }

    Script at(long step, Action action) {
      actions.put(step, action);
      return this;
    }

    Script slow(long millis) {
      millisPerStep = millis;
      return this;
    }

    /** Waits for a permit after each step. */
    Script paced(Semaphore by) {
      pace = by;
      return this;
    }

    @Override
    public void step(Step event) {
      losses.add(event.result().loss());
      Action action = actions.remove(event.step());
      try {
        if (action != null) {
          action.run();
        }
        if (millisPerStep > 0) {
          Thread.sleep(millisPerStep);
        }
        if (pace != null) {
          pace.acquire();
        }
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void swapped(Swap swap) {
      swaps.add(swap);
    }
  }

  /** How long parts must have come, or gone, to stay. */
  void debounce(long millis) throws IOException {
    // Whatever else the machine does, what a test installs is adopted at the next epoch.
    configure(Map.of("debounceMillis", millis, "adoptMillis", 10_000L));
  }

  void configure(Map<String, Object> more) throws IOException {
    Hashtable<String, Object> pool = new Hashtable<>(more);
    pool.put("threads", 2);
    services.await(ConfigurationAdmin.class).getConfiguration(Jobs.PID, "?").update(pool);
  }

  Runs runs() {
    return services.await(Runs.class);
  }

  /** Four steps per epoch. */
  Draft draft(String... changes) {
    List<String> all = new ArrayList<>(SMALL);
    all.addAll(List.of(changes));
    Blueprints blueprints = services.await(Blueprints.class);
    return blueprints.set(blueprints.ofModel("tiny"), all);
  }

  Blueprint blueprint(String... changes) {
    Draft draft = draft(changes);
    Composer composer = services.await(Composer.class);
    services.await(
        "state READY of " + draft.json(),
        () -> composer.state(draft).state() == Readiness.State.READY ? true : null);
    return services.await(Blueprints.class).complete(draft);
  }

  Path train(String name, RunSettings.Policy policy, Script script, String... changes)
      throws IOException {
    Path at = folder.resolve(name);
    try (Run run = runs().start(blueprint(changes), at, new RunSettings(policy, false), script)) {
      run.train();
    }
    return at;
  }

  /** The last checkpoint's arrays. */
  static byte[] weights(Path run) throws IOException {
    try (var files = Files.list(run.resolve("checkpoints"))) {
      return Files.readAllBytes(
          files
              .filter(f -> f.toString().endsWith(".safetensors"))
              .sorted()
              .reduce((a, b) -> b)
              .orElseThrow());
    }
  }

  Bundle install(String plugin) throws BundleException {
    Bundle bundle = services.context().installBundle(Jars.jar(plugin).toUri().toString());
    bundle.start();
    return bundle;
  }

  /** The bundle of a name, whatever its version, if it is there. */
  List<Bundle> plugins() {
    return Arrays.stream(services.context().getBundles())
        .filter(b -> b.getSymbolicName() != null && b.getSymbolicName().startsWith("test."))
        .toList();
  }

  /** Out of the container, with its class loader. */
  void uninstall(Bundle bundle) throws BundleException, InterruptedException {
    bundle.uninstall();
    refresh(bundle);
  }

  void update(Bundle bundle, String plugin)
      throws BundleException, IOException, InterruptedException {
    try (InputStream in = Files.newInputStream(Jars.jar(plugin))) {
      bundle.update(in);
    }
    refresh(bundle);
  }

  private void refresh(Bundle bundle) throws InterruptedException {
    CountDownLatch done = new CountDownLatch(1);
    services
        .context()
        .getBundle(Constants.SYSTEM_BUNDLE_ID)
        .adapt(FrameworkWiring.class)
        .refreshBundles(
            List.of(bundle),
            event -> {
              if (event.getType() == FrameworkEvent.PACKAGES_REFRESHED) {
                done.countDown();
              }
            });
    done.await(60, TimeUnit.SECONDS);
  }

  /** Only these plugins, and no other. */
  void only(String... plugins) throws BundleException, InterruptedException {
    for (Bundle bundle : plugins()) {
      try {
        uninstall(bundle);
      } catch (IllegalStateException e) {
        // The deployer retired it meanwhile.
        assertEquals(e.toString(), Bundle.UNINSTALLED, bundle.getState());
      }
    }
    for (String plugin : plugins) {
      install(plugin);
    }
  }
}
