package org.ketloom.itests.swap;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ketloom.itests.support.Services;
import org.ketloom.itests.swap.Lab.Script;
import org.ketloom.runtime.Leases;
import org.ketloom.runtime.Run;
import org.ketloom.runtime.RunSettings.Policy;
import org.ketloom.runtime.Swap;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.FrameworkListener;

/** Random handling of five plugins, one of which three live runs were composed from. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class ChaosIT {
  private static final int ACTIONS = 200;
  private static final long SEED = 20_26;
  private static final String[] LENGTH = {"training.epochs=40", "training.sampleEvery=10"};
  private static final String[][] PLUGINS = {
    {"wave-1.0.0", "wave-1.1.0", "wave-1.2.0", "wave-1.3.0", "wave-1.4.0"},
    {"chaos-a-1.0.0", "chaos-a-1.1.0"},
    {"chaos-b-1.0.0", "chaos-b-1.1.0"},
    {"chaos-c-1.0.0", "chaos-c-1.1.0"},
    {"chaos-d-1.0.0", "chaos-d-1.1.0"}
  };

  private final Services services = new Services(ChaosIT.class);
  private final List<Throwable> escaped = new CopyOnWriteArrayList<>();

  @Configuration
  public static Option[] container() {
    return new Option[] {Jars.container()};
  }

  @Test
  public void nothingIsLostAndPinnedRunsDontNotice() throws Exception {
    Lab lab = new Lab(services);
    lab.debounce(20);
    lab.only("tiny-1.0.0", "wave-1.0.0");
    Path alone = lab.train("alone", Policy.PIN, new Script(), LENGTH);
    Path other = lab.train("other", Policy.PIN, new Script(), with("seed=7"));

    FrameworkListener errors =
        event -> {
          if (event.getType() == FrameworkEvent.ERROR) {
            escaped.add(event.getThrowable());
          }
        };
    services.context().addFrameworkListener(errors);
    Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
    Thread.setDefaultUncaughtExceptionHandler((thread, e) -> escaped.add(e));
    try {
      CompletableFuture<Path> first = begin(lab, "first", Policy.PIN, LENGTH);
      CompletableFuture<Path> second = begin(lab, "second", Policy.PIN, with("seed=7"));
      Script adopting = new Script();
      CompletableFuture<Path> third = begin(lab, "third", Policy.ADOPT, LENGTH, adopting);
      services.await(
          "three live runs", () -> services.await(Leases.class).live().size() == 3 ? true : null);

      Random random = new Random(SEED);
      for (int i = 0; i < ACTIONS; i++) {
        act(lab, random);
        Thread.sleep(random.nextInt(8));
      }
      assertArrayEquals(Lab.weights(alone), Lab.weights(first.get()));
      assertArrayEquals(Lab.weights(other), Lab.weights(second.get()));
      assertEquals(Run.State.FINISHED, lab.runs().info(third.get()).state());
      assertTrue(adopting.losses.stream().allMatch(Double::isFinite));
      assertEquals(160, adopting.losses.size());
      assertTrue(
          "the third run had something to decide: " + adopting.swaps, !adopting.swaps.isEmpty());
      assertTrue(
          adopting.swaps.stream()
              .filter(s -> s.outcome() == Swap.Outcome.DONE)
              .allMatch(s -> s.to().get("parts.ansatz").version().matches("1\\.[01]\\.0")));
      assertEquals(List.of(), escaped);
      assertEquals(List.of(), services.await(Leases.class).live());
    } finally {
      Thread.setDefaultUncaughtExceptionHandler(before);
      services.context().removeFrameworkListener(errors);
    }
    // The container is as good as new.
    lab.only("tiny-1.0.0", "wave-1.0.0");
    Path again = lab.train("again", Policy.PIN, new Script(), LENGTH);
    assertArrayEquals(Lab.weights(alone), Lab.weights(again));
    assertEquals("all bundles run, and all components are satisfied", services.diagnosis());
  }

  private static String[] with(String more) {
    return new String[] {LENGTH[0], LENGTH[1], more};
  }

  private CompletableFuture<Path> begin(
      Lab lab, String name, Policy policy, String[] changes, Script... script) {
    Script used = script.length == 0 ? new Script() : script[0];
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return lab.train(name, policy, used.slow(8), changes);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        },
        task -> new Thread(task, name).start());
  }

  /** Installs, removes, replaces, stops, starts or updates one of the plugins. */
  private void act(Lab lab, Random random) throws Exception {
    String[] versions = PLUGINS[random.nextInt(PLUGINS.length)];
    String version = versions[random.nextInt(versions.length)];
    String name = "test." + versions[0].substring(0, versions[0].lastIndexOf('-'));
    List<Bundle> there = new ArrayList<>(lab.plugins());
    there.removeIf(b -> !b.getSymbolicName().equals(name));
    Bundle one = there.isEmpty() ? null : there.get(random.nextInt(there.size()));
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
          for (Bundle old : there) {
            if (!version.endsWith(old.getVersion().toString())) {
              lab.uninstall(old);
            }
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
