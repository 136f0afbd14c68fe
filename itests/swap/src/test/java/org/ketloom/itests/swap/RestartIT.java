package org.ketloom.itests.swap;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.ToIntFunction;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;
import org.ketloom.itests.container.Container;
import org.osgi.framework.Bundle;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.launch.FrameworkFactory;
import org.osgi.framework.wiring.BundleRevision;

/** A whole container, with the command line in it, that is stopped and started again. */
public class RestartIT {
  private static final String BLUEPRINT =
      "{\"model\": \"tiny\", \"data\": {\"name\": \"digits\", \"options\": {\"size\": 8,"
          + " \"count\": 960}}, \"training\": {\"epochs\": 30, \"checkpointEvery\": 3,"
          + " \"sampleEvery\": 0}}";

  @Rule public final TemporaryFolder temporary = new TemporaryFolder();
  private Path folder;
  private Path jars;
  private Framework framework;

  @Before
  public void makePlugins() throws IOException {
    folder = temporary.getRoot().toPath();
    jars = Jars.make();
    Files.writeString(folder.resolve("tiny.json"), BLUEPRINT);
  }

  @After
  public void end() throws Exception {
    stop();
  }

  private void start() throws Exception {
    start("wave-1.0.0");
  }

  private void start(String wave) throws Exception {
    Map<String, String> configuration = new HashMap<>();
    configuration.put(Constants.FRAMEWORK_STORAGE, folder.resolve("felix-" + wave).toString());
    configuration.put("felix.log.level", "1");
    framework =
        ServiceLoader.load(FrameworkFactory.class).iterator().next().newFramework(configuration);
    framework.start();
    List<Path> all =
        new java.util.ArrayList<>(
            Container.jars("core", "encodings", "ansaetze", "observables", "shell"));
    all.add(jars.resolve("tiny-1.0.0.jar"));
    all.add(jars.resolve(wave + ".jar"));
    List<Bundle> bundles = new java.util.ArrayList<>();
    for (Path jar : all) {
      bundles.add(framework.getBundleContext().installBundle("reference:" + jar.toUri()));
    }
    for (Bundle bundle : bundles) {
      String name = bundle.getSymbolicName();
      boolean onDemand = name.contains("gogo.jline");
      if ((bundle.adapt(BundleRevision.class).getTypes() & BundleRevision.TYPE_FRAGMENT) == 0
          && !onDemand) {
        bundle.start();
      }
    }
  }

  private void stop() throws Exception {
    if (framework != null) {
      framework.stop();
      framework.waitForStop(60_000);
      framework = null;
    }
  }

  @SuppressWarnings("unchecked") // The service's property says which one it is.
  private CompletableFuture<Integer> command(String... arguments) throws Exception {
    ServiceReference<?>[] found = {null};
    await(
        () -> {
          try {
            ServiceReference<?>[] all =
                framework
                    .getBundleContext()
                    .getServiceReferences(ToIntFunction.class.getName(), "(ketloom.command=main)");
            found[0] = all == null ? null : all[0];
          } catch (org.osgi.framework.InvalidSyntaxException e) {
            throw new IllegalStateException(e);
          }
          return found[0] != null;
        },
        "the command line");
    ToIntFunction<String[]> main =
        (ToIntFunction<String[]>) framework.getBundleContext().getService(found[0]);
    return CompletableFuture.supplyAsync(
        () -> main.applyAsInt(arguments), task -> new Thread(task, arguments[0]).start());
  }

  private CompletableFuture<Integer> serve() throws Exception {
    return command(
        "serve",
        "--runs",
        folder.resolve("runs").toString(),
        "--compositions",
        folder.resolve("conf").toString());
  }

  private void await(BooleanSupplier condition, String what) throws InterruptedException {
    long end = System.nanoTime() + 60_000_000_000L;
    while (!condition.getAsBoolean()) {
      assertTrue(what, System.nanoTime() < end);
      Thread.sleep(20);
    }
  }

  private boolean is(String run, String state) {
    Path manifest = folder.resolve("runs").resolve(run).resolve("manifest.json");
    try {
      return Files.exists(manifest)
          && Files.readString(manifest).contains("\"state\": \"" + state + "\"");
    } catch (IOException e) {
      return false;
    }
  }

  /** A composition, and a run that asked for it; bit by bit as if nothing had happened. */
  @Test
  public void aContainerThatStartsAgainGoesOn() throws Exception {
    start();
    String blueprint = folder.resolve("tiny.json").toString();
    Path runs = folder.resolve("runs");
    command("train", "--blueprint", blueprint, "--run", folder.resolve("alone").toString()).get();
    Path conf = Files.createDirectories(folder.resolve("conf"));
    Files.writeString(
        conf.resolve("mine.json"),
        "{\"blueprint\": " + BLUEPRINT + ", \"run\": \"" + runs.resolve("mine") + "\"}");
    serve();
    await(() -> Files.isDirectory(runs.resolve("mine-1/checkpoints")), "a checkpoint of mine-1");
    stop();
    assertTrue(is("mine-1", "stopped"));

    start();
    // In the foreground, until the container stops under it: it can be resumed all the same.
    CompletableFuture<Integer> training =
        command(
            "train",
            "--blueprint",
            blueprint,
            "--auto-resume",
            "--run",
            runs.resolve("asked").toString());
    await(() -> Files.isDirectory(runs.resolve("asked/checkpoints")), "a checkpoint of asked");
    interrupt();
    training.get();
    assertTrue(is("asked", "stopped"));
    serve();
    await(() -> is("mine-1", "finished") && is("asked", "finished"), "both runs to finish");
    stop();
    for (String run : List.of("mine-1", "asked")) {
      assertArrayEquals(Lab.weights(folder.resolve("alone")), Lab.weights(runs.resolve(run)));
    }
  }

  /** A run is stopped, its part is upgraded, and it is resumed. */
  @Test
  public void anUpgradedPartIsTakenWhereSomebodySaysSo() throws Exception {
    String run = folder.resolve("runs/pinned").toString();
    start();
    CompletableFuture<Integer> training =
        command("train", "--blueprint", folder.resolve("tiny.json").toString(), "--run", run);
    await(() -> Files.isDirectory(Path.of(run, "checkpoints")), "a checkpoint");
    interrupt();
    assertEquals(130, (int) training.get());
    stop();

    start("wave-1.1.0");
    assertEquals(1, (int) command("resume", run).get());
    assertTrue(is("pinned", "stopped"));
    assertEquals(0, (int) command("resume", run, "--current-parts").get());
    assertTrue(is("pinned", "finished"));
    assertTrue(Files.readString(Path.of(run, "manifest.json")).contains("\"kind\": \"resume\""));
  }

  /** As the launcher does when the process gets a signal. */
  private void interrupt() throws Exception {
    ServiceReference<?> reference =
        framework.getBundleContext()
            .getServiceReferences(ToIntFunction.class.getName(), "(ketloom.command=main)")[0];
    ((AutoCloseable) framework.getBundleContext().getService(reference)).close();
  }
}
