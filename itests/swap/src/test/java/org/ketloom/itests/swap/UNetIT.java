package org.ketloom.itests.swap;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ketloom.api.model.Blueprint;
import org.ketloom.itests.support.Services;
import org.ketloom.itests.swap.Lab.Script;
import org.ketloom.runtime.Blueprints;
import org.ketloom.runtime.Composer;
import org.ketloom.runtime.Readiness;
import org.ketloom.runtime.Run;
import org.ketloom.runtime.RunSettings;
import org.ketloom.runtime.RunSettings.Policy;
import org.ketloom.runtime.Swap;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;

/** Swaps beside and in the real model. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class UNetIT {
  private final Services services = new Services(UNetIT.class);

  @Configuration
  public static Option[] container() {
    return new Option[] {Jars.container("numerics", "models")};
  }

  private Path train(Lab lab, String name, Policy policy, Script script, String... changes)
      throws Exception {
    Blueprints blueprints = services.await(Blueprints.class);
    Composer composer = services.await(Composer.class);
    var draft = blueprints.set(blueprints.ofModel("hybrid-unet"), List.of(changes));
    services.await(
        "READY", () -> composer.state(draft).state() == Readiness.State.READY ? true : null);
    Blueprint blueprint = blueprints.complete(draft);
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
    String[] small = {
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
    Path alone = train(lab, "alone", Policy.PIN, new Script(), small);
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
              small);
      assertArrayEquals(Lab.weights(alone), Lab.weights(beside));
    } finally {
      model.start();
    }
  }

  /** Prints how long the default model stands still. */
  @Test
  public void aRunOfTheDefaultModelAdopts() throws Exception {
    Lab lab = new Lab(services);
    lab.debounce(0);
    lab.only("wave-1.0.0");
    Script script =
        new Script()
            .at(2, () -> lab.install("wave-1.1.0"))
            .at(5, () -> lab.uninstall(newest(lab)))
            .at(8, () -> lab.install("wave-1.1.0"));
    train(
        lab,
        "default",
        Policy.ADOPT,
        script,
        "parts.ansatz=wave",
        "data.options.count=192",
        "training.epochs=4",
        "training.sampleEvery=0");
    assertEquals(script.swaps.toString(), 3, script.swaps.size());
    for (Swap swap : script.swaps) {
      assertEquals(Swap.Outcome.DONE, swap.outcome());
      System.out.printf(
          Locale.ROOT, "adopting at the default model: pause %d ms%n", swap.pauseMillis());
    }
    assertTrue(script.losses.stream().allMatch(Double::isFinite));
  }

  private static org.osgi.framework.Bundle newest(Lab lab) {
    return lab.plugins().stream()
        .filter(b -> b.getVersion().toString().equals("1.1.0"))
        .findFirst()
        .orElseThrow();
  }
}
