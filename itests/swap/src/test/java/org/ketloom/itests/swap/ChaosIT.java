package org.ketloom.itests.swap;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ketloom.itests.support.Services;
import org.ketloom.itests.swap.Lab.Script;
import org.ketloom.runtime.deploy.Deployer;
import org.ketloom.runtime.deploy.PluginStatus;
import org.ketloom.runtime.deploy.PluginStatus.State;
import org.ketloom.runtime.parts.Leases;
import org.ketloom.runtime.run.Run;
import org.ketloom.runtime.run.RunSettings.Policy;
import org.ketloom.runtime.run.Swap;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.CoreOptions;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.FrameworkListener;

/**
 * Random handling of five plugins, one of which three live runs were composed from: some go through
 * the deployer, others are handled as bundles.
 */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class ChaosIT {
  private static final int ACTIONS = 200;
  private static final int STEPS = 160;
  private static final int REST_AFTER = 10;
  private static final long DEBOUNCE_MILLIS = 20;
  private static final long SEED = 20_26;
  private static final String[] LENGTH = {
    "training.epochs=40", "training.checkpointEvery=10", "training.sampleEvery=10", "seed=1"
  };
  private static final String[][] DEPLOYED = {
    {"wave-1.0.0", "wave-1.1.0", "wave-1.2.0", "wave-1.3.0", "wave-1.4.0"},
    {"chaos-a-1.0.0", "chaos-a-1.1.0"},
    {"chaos-b-1.0.0", "chaos-b-1.1.0"}
  };
  private static final String[][] INSTALLED = {
    {"chaos-c-1.0.0", "chaos-c-1.1.0"}, {"chaos-d-1.0.0", "chaos-d-1.1.0"}
  };

  private final Services services = new Services(ChaosIT.class);
  private final List<Throwable> escaped = new CopyOnWriteArrayList<>();

  @Configuration
  public static Option[] container() throws IOException {
    return new Option[] {
      Jars.container(),
      CoreOptions.systemProperty("ketloom.plugins")
          .value(Files.createTempDirectory("plugins").toString())
    };
  }

  @Test
  public void nothingIsLostAndPinnedRunsDontNotice() throws Exception {
    Lab lab = new Lab(services);
    lab.debounce(DEBOUNCE_MILLIS);
    lab.only("tiny-1.0.0");
    deployer().add(Jars.jar("wave-1.0.0"));
    Path alone = lab.train("alone", Policy.PIN, new Script(), LENGTH);
    Path other = lab.train("other", Policy.PIN, new Script(), otherSeed());

    FrameworkListener errors =
        event -> {
          if (event.getType() == FrameworkEvent.ERROR) {
            escaped.add(event.getThrowable());
          }
        };
    services.context().addFrameworkListener(errors);
    Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
    Thread.setDefaultUncaughtExceptionHandler((thread, e) -> escaped.add(e));
    List<Semaphore> paces = List.of(new Semaphore(0), new Semaphore(0), new Semaphore(0));
    Script adopting = new Script();
    try {
      CompletableFuture<Path> first = begin(lab, "first", Policy.PIN, LENGTH, paces.get(0));
      CompletableFuture<Path> second = begin(lab, "second", Policy.PIN, otherSeed(), paces.get(1));
      CompletableFuture<Path> third =
          begin(lab, "third", Policy.ADOPT, LENGTH, paces.get(2), adopting);
      services.await("three live runs", () -> lab.runs().live().size() == 3 ? true : null);

      Random random = new Random(SEED);
      for (int i = 1; i <= ACTIONS; i++) {
        act(lab, random);
        // Whatever else comes, the third run meets what fits and what doesn't.
        if (i == ACTIONS / 4) {
          deploy(lab, "wave-1.1.0");
        } else if (i == ACTIONS / 2) {
          deploy(lab, "wave-1.2.0");
        }
        // So the runs continue in step with the actions, whatever either takes.
        int allowed = i * STEPS / ACTIONS - (i - 1) * STEPS / ACTIONS;
        paces.subList(0, 2).forEach(pace -> pace.release(allowed));
        if (i % REST_AFTER == 0) {
          // The registry is at rest for long enough, and in that time an epoch ends.
          Thread.sleep(3 * DEBOUNCE_MILLIS);
          int steps = i * STEPS / ACTIONS;
          paces.get(2).release(4);
          services.await(
              "step " + steps + " of the third run",
              () -> adopting.losses.size() >= steps ? true : null);
        } else if (i % REST_AFTER <= 4) {
          paces.get(2).release();
        }
      }
      assertArrayEquals(Lab.weights(alone), Lab.weights(first.get()));
      assertArrayEquals(Lab.weights(other), Lab.weights(second.get()));
      assertEquals(Run.State.FINISHED, lab.runs().info(third.get()).state());
      assertTrue(adopting.losses.stream().allMatch(Double::isFinite));
      assertEquals(STEPS, adopting.losses.size());
      List<Swap.Outcome> outcomes = adopting.swaps.stream().map(Swap::outcome).toList();
      assertTrue(
          "the third run adopted something: " + adopting.swaps,
          outcomes.contains(Swap.Outcome.DONE));
      assertTrue(
          "and something else it didn't: " + adopting.swaps,
          outcomes.stream().anyMatch(o -> o != Swap.Outcome.DONE));
      assertTrue(
          adopting.swaps.stream()
              .filter(s -> s.outcome() == Swap.Outcome.DONE)
              .allMatch(s -> s.to().get("parts.ansatz").version().matches("1\\.[01]\\.0")));
      assertEquals(List.of(), escaped);
      assertEquals(List.of(), services.await(Leases.class).live());
    } finally {
      paces.forEach(pace -> pace.release(STEPS));
      Thread.setDefaultUncaughtExceptionHandler(before);
      services.context().removeFrameworkListener(errors);
    }
    // The container is as good as new.
    lab.only("tiny-1.0.0");
    deployer().rollback(1);
    Path again = lab.train("again", Policy.PIN, new Script(), LENGTH);
    assertArrayEquals(Lab.weights(alone), Lab.weights(again));
    // What the rollback took out ends after its grace.
    services.await(
        "wave 1.0.0 alone",
        () ->
            deployer().plugins().stream()
                    .map(PluginStatus::name)
                    .toList()
                    .equals(List.of("test.wave 1.0.0"))
                ? true
                : null);
  }

  private Deployer deployer() {
    return services.await(Deployer.class);
  }

  private static String[] otherSeed() {
    String[] changed = LENGTH.clone();
    changed[changed.length - 1] = "seed=7";
    return changed;
  }

  private CompletableFuture<Path> begin(
      Lab lab, String name, Policy policy, String[] changes, Semaphore pace, Script... script) {
    Script used = script.length == 0 ? new Script() : script[0];
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return lab.train(name, policy, used.paced(pace), changes);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        },
        task -> new Thread(task, name).start());
  }

  private void act(Lab lab, Random random) throws Exception {
    int plugin = random.nextInt(DEPLOYED.length + INSTALLED.length);
    if (plugin < DEPLOYED.length) {
      deploy(lab, random, DEPLOYED[plugin]);
    } else {
      install(lab, random, INSTALLED[plugin - DEPLOYED.length]);
    }
  }

  private static String name(String plugin) {
    return "test." + plugin.substring(0, plugin.lastIndexOf('-'));
  }

  private static Bundle one(Lab lab, Random random, String name) {
    List<Bundle> there =
        lab.plugins().stream().filter(b -> b.getSymbolicName().equals(name)).toList();
    return there.isEmpty() ? null : there.get(random.nextInt(there.size()));
  }

  private void deploy(Lab lab, String plugin) throws Exception {
    deployer().add(Jars.jar(plugin));
    for (Bundle bundle : lab.plugins()) {
      if (plugin.equals(
          bundle.getSymbolicName().substring("test.".length()) + "-" + bundle.getVersion())) {
        try {
          bundle.start();
        } catch (IllegalStateException e) {
          // An earlier copy of it was retired meanwhile.
          assertEquals(e.toString(), Bundle.UNINSTALLED, bundle.getState());
        }
      }
    }
  }

  /** Deploys, removes, rolls back, stops or starts a plugin. */
  private void deploy(Lab lab, Random random, String[] versions) throws Exception {
    String version = versions[random.nextInt(versions.length)];
    String name = name(version);
    int action = random.nextInt(6);
    switch (action) {
      case 0, 1 -> deployer().add(Jars.jar(version));
      case 2 -> {
        if (deployer().plugins().stream()
            .anyMatch(p -> p.state() == State.CURRENT && p.name().startsWith(name + " "))) {
          deployer().remove(name);
        }
      }
      case 3 -> deployer().rollback(1 + random.nextInt(deployer().deployments().size()));
      default -> {
        Bundle bundle = one(lab, random, name);
        try {
          if (bundle != null && action == 4) {
            bundle.stop();
          } else if (bundle != null) {
            bundle.start();
          }
        } catch (BundleException | IllegalStateException e) {
          // It was retired meanwhile.
          assertEquals(e.toString(), Bundle.UNINSTALLED, bundle.getState());
        }
      }
    }
  }

  /** Installs, removes, replaces, stops, starts or updates a bundle, past the deployer. */
  private void install(Lab lab, Random random, String[] versions) throws Exception {
    String version = versions[random.nextInt(versions.length)];
    Bundle one = one(lab, random, name(version));
    try {
      switch (random.nextInt(6)) {
        case 0 -> lab.install(version);
        case 1 -> {
          if (one != null) {
            lab.uninstall(one);
          }
        }
        case 2 -> {
          lab.install(version);
          if (one != null && !version.endsWith(one.getVersion().toString())) {
            lab.uninstall(one);
          }
        }
        case 3 -> {
          if (one != null) {
            one.stop();
          }
        }
        case 4 -> {
          if (one != null) {
            one.start();
          }
        }
        default -> {
          if (one != null) {
            lab.update(one, version);
          }
        }
      }
    } catch (BundleException e) {
      // An update to a version that is there already is refused by the framework.
      assertEquals(e.toString(), BundleException.DUPLICATE_BUNDLE_ERROR, e.getType());
    }
  }
}
