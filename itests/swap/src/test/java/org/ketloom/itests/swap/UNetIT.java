package org.ketloom.itests.swap;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;
import static org.junit.Assume.assumeTrue;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.management.JMException;
import javax.management.ObjectName;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ketloom.api.model.Blueprint;
import org.ketloom.itests.support.Services;
import org.ketloom.itests.swap.Lab.Script;
import org.ketloom.runtime.blueprint.Blueprints;
import org.ketloom.runtime.blueprint.Composer;
import org.ketloom.runtime.blueprint.Readiness;
import org.ketloom.runtime.run.Run;
import org.ketloom.runtime.run.RunListener;
import org.ketloom.runtime.run.RunSettings;
import org.ketloom.runtime.run.RunSettings.Policy;
import org.ketloom.runtime.run.Swap;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;

/** Swaps beside and in the real model. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class UNetIT {
  /** Swaps, and those of them after which all that is compiled is compiled. */
  private static final int TIMES = 20;

  private static final int WARM = 10;

  private static final String[] SMALL = {
    "parts.ansatz=wave",
    "data.options.size=8",
    "data.options.count=64",
    "training.batchSize=16",
    "training.epochs=2",
    "training.sampleEvery=1",
    "model.options.channels=6,8",
    "model.options.embedding=8",
    "model.options.wires=3",
    "model.options.layers=1",
    "model.options.timesteps=8"
  };

  private final Services services = new Services(UNetIT.class);

  @Configuration
  public static Option[] container() {
    return new Option[] {Jars.container("numerics", "models")};
  }

  private Blueprint blueprint(String... changes) {
    Blueprints blueprints = services.await(Blueprints.class);
    Composer composer = services.await(Composer.class);
    var draft = blueprints.set(blueprints.ofModel("hybrid-unet"), List.of(changes));
    services.await(
        "READY", () -> composer.state(draft).state() == Readiness.State.READY ? true : null);
    return blueprints.complete(draft);
  }

  private Path train(Lab lab, String name, Policy policy, Script script, String... changes)
      throws Exception {
    Blueprint blueprint = blueprint(changes);
    Path at = lab.folder.resolve(name);
    try (Run run = lab.runs().start(blueprint, at, new RunSettings(policy, false), script)) {
      run.train();
    }
    return at;
  }

  @Test
  public void aPinnedRunIsBitIdenticalWithoutItsAnsatzAndModel() throws Exception {
    Lab lab = new Lab(services);
    lab.only("wave-1.0.0");
    Path alone = train(lab, "alone", Policy.PIN, new Script(), SMALL);
    var model = services.bundle("org.ketloom.model.diffusion");
    try {
      Path beside =
          train(
              lab,
              "beside",
              Policy.PIN,
              new Script()
                  .at(1, () -> lab.install("wave-1.1.0"))
                  .at(2, () -> lab.uninstall(lab.plugins().get(0)))
                  .at(3, model::stop),
              SMALL);
      assertArrayEquals(Lab.weights(alone), Lab.weights(beside));
    } finally {
      model.start();
    }
  }

  /** Installs a newer ansatz, takes it away, installs it again, each when the one before is in. */
  private static final class Changes implements RunListener {
    private final Lab lab;
    private final int times;
    private final List<Swap> swaps = new ArrayList<>();
    private final List<Memory> memory = new ArrayList<>();
    private final List<Memory> settled = new ArrayList<>();
    private Run run;
    private boolean finite = true;

    Changes(Lab lab, int times) {
      this.lab = lab;
      this.times = times;
    }

    @Override
    public void step(Step event) {
      finite &= event.result().byName().values().stream().allMatch(Double::isFinite);
      if (event.step() == 2) {
        change();
      }
    }

    @Override
    public void swapped(Swap swap) {
      swaps.add(swap);
      memory.add(Memory.now());
      if (swaps.size() == WARM || swaps.size() == TIMES) {
        settled.add(Memory.settled());
      }
      change();
    }

    private void change() {
      try {
        if (swaps.size() == times) {
          run.stop();
        } else if (swaps.size() % 2 == 0) {
          lab.install("wave-1.1.0");
        } else {
          lab.uninstall(newest(lab));
        }
      } catch (BundleException | InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /**
   * What is in use once all garbage is gone, in KiB.
   *
   * @param outside of the process, without the heap
   * @param virtualMachine of that, the machine's own: compiled code, classes
   */
  private record Memory(long metaspace, long outside, long virtualMachine) {

    static Memory now() {
      try {
        for (int i = 0; i < 2; i++) {
          System.gc();
          Thread.sleep(20);
        }
        long process =
            (long)
                ManagementFactory.getPlatformMBeanServer()
                    .getAttribute(new ObjectName("org.ketloom:type=NativeMemory"), "Physical");
        return new Memory(
            ManagementFactory.getMemoryPoolMXBeans().stream()
                    .filter(p -> p.getName().equals("Metaspace"))
                    .mapToLong(p -> p.getUsage().getUsed())
                    .sum()
                >> 10,
            (process - Runtime.getRuntime().totalMemory()) >> 10,
            ManagementFactory.getMemoryMXBean().getNonHeapMemoryUsage().getCommitted() >> 10);
      } catch (InterruptedException | JMException e) {
        throw new IllegalStateException(e);
      }
    }

    static void trim() throws JMException {
      ManagementFactory.getPlatformMBeanServer()
          .invoke(
              new ObjectName("com.sun.management:type=DiagnosticCommand"),
              "systemTrimNativeHeap",
              new Object[0],
              new String[0]);
    }

    /** Without it freed memory can't be told from memory that is held. */
    static boolean canTrim() {
      try {
        trim();
        return true;
      } catch (JMException e) {
        return false;
      }
    }

    /** The least in six seconds, in which the compilers come to rest and clear up after them. */
    static Memory settled() {
      try {
        Memory least = now();
        for (int i = 0; i < 12; i++) {
          Thread.sleep(500);
          trim();
          Memory next = now();
          least = next.models() < least.models() ? next : least;
        }
        return least;
      } catch (InterruptedException | JMException e) {
        throw new IllegalStateException(e);
      }
    }

    long models() {
      return outside - virtualMachine;
    }
  }

  private Changes adopt(int times, String... changes) throws Exception {
    Lab lab = new Lab(services);
    lab.configure(Map.of("debounceMillis", 0L));
    lab.only("wave-1.0.0");
    Changes made = new Changes(lab, times);
    try (Run run =
        lab.runs()
            .start(
                blueprint(changes),
                lab.folder.resolve("run"),
                new RunSettings(Policy.ADOPT, false),
                made)) {
      made.run = run;
      run.train();
    }
    assertEquals(made.swaps.toString(), times, made.swaps.size());
    for (Swap swap : made.swaps) {
      assertEquals(swap.toString(), Swap.Outcome.DONE, swap.outcome());
    }
    assertTrue(made.finite);
    return made;
  }

  /** Prints how long the default model pauses. */
  @Test
  public void twentySwapsInARowLeaveNothingBehind() throws Exception {
    assumeTrue("this Java can't give freed native memory back", Memory.canTrim());
    Changes made =
        adopt(
            TIMES,
            "parts.ansatz=wave",
            "data.options.count=64",
            "training.epochs=2000",
            "training.sampleEvery=0");
    System.out.println(
        "adopting at the default model: pauses of "
            + made.swaps.stream().map(s -> Long.toString(s.pauseMillis())).toList()
            + " ms");
    for (int swaps = 5; swaps <= TIMES; swaps += 5) {
      Memory memory = made.memory.get(swaps - 1);
      System.out.printf(
          Locale.ROOT,
          "after %d swaps in a run: metaspace %d KiB; memory outside of the heap %d KiB%n",
          swaps,
          memory.metaspace(),
          memory.outside());
    }
    Memory warm = made.settled.get(0);
    Memory last = made.settled.get(1);
    System.out.printf(
        Locale.ROOT,
        "once the compilers rest and all that is free is given back: %d KiB after %d swaps,"
            + " %d KiB after %d%n",
        warm.outside(),
        WARM,
        last.outside(),
        TIMES);
    assertTrue(made.settled.toString(), last.metaspace() - warm.metaspace() < 1024);
    // Ten swaps that left 2 MiB each behind would be above that.
    assertTrue(made.settled.toString(), last.models() - warm.models() < 12 * 1024);
    // What the models of ten swaps had is given back by the run itself.
    Memory before = made.memory.get(TIMES - 1);
    assertTrue(before + ", " + last, before.models() - last.models() < 64 * 1024);
  }

  private static Bundle newest(Lab lab) {
    return lab.plugins().stream()
        .filter(b -> b.getVersion().toString().equals("1.1.0"))
        .findFirst()
        .orElseThrow();
  }
}
