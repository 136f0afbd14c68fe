package org.ketloom.itests.composition;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;
import org.junit.runner.RunWith;
import org.ketloom.api.data.ImageShape;
import org.ketloom.api.model.Blueprint;
import org.ketloom.itests.container.Container;
import org.ketloom.itests.support.Services;
import org.ketloom.runtime.blueprint.Blueprints;
import org.ketloom.runtime.blueprint.Composer;
import org.ketloom.runtime.blueprint.Readiness;
import org.ketloom.runtime.run.Run;
import org.ketloom.runtime.run.RunListener;
import org.ketloom.runtime.run.Runs;
import org.ketloom.runtime.run.Sampler;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.CoreOptions;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;

/**
 * The diffusion models, composed from services: runs that are stopped, and continue bit for bit.
 */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class ResumeIT {
  /** Two epochs of four steps. */
  private static final List<String> SHORT =
      List.of(
          "data.options.count=64",
          "training.batchSize=16",
          "training.epochs=2",
          "training.sampleEvery=0");

  private static final String LAST = "checkpoints/step-000000008.safetensors";

  private final Services services = new Services(ResumeIT.class);

  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  @Configuration
  public static Option[] container() {
    return CoreOptions.options(
        Container.base(),
        Container.features(
            "core", "numerics", "encodings", "ansaetze", "observables", "noise", "models"));
  }

  /** The published network. */
  @Test
  public void jo2026() throws IOException {
    Path run =
        twoEpochsAreOneAndOneMore(
            blueprint(
                "jo2026",
                "data.options.size=12",
                "model.options.size=8",
                "model.options.hidden=16",
                "model.options.reps=1",
                "model.options.timesteps=3"));
    // It draws smaller images than it learns from.
    try (Sampler sampler = services.await(Runs.class).open(run, OptionalInt.empty())) {
      assertEquals(new ImageShape(1, 8, 8), sampler.shape());
    }
  }

  @Test
  public void hybridUNet() throws IOException {
    Path run = twoEpochsAreOneAndOneMore(smallUNet());
    assertEquals(9, Files.readAllLines(run.resolve("loss.csv")).size());
  }

  /** Trajectories are drawn anew in each step, by its number. */
  @Test
  public void hybridUNetOnTrajectories() throws IOException {
    twoEpochsAreOneAndOneMore(
        smallUNet(
            "parts.noise=uniform",
            "parts.noise.options.depolarizing=0.05",
            "parts.noise.options.amplitudeDamping=0.05",
            "parts.observable=pauli",
            "engine=trajectories",
            "engine.options.trajectories=5"));
  }

  private Blueprint smallUNet(String... changes) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "data.options.size=8",
                "model.options.channels=6,8",
                "model.options.embedding=8",
                "model.options.wires=3",
                "model.options.layers=1",
                "model.options.timesteps=8",
                "model.options.warmUp=6"));
    all.addAll(List.of(changes));
    return blueprint("hybrid-unet", all.toArray(String[]::new));
  }

  /** The folder of the run that was stopped after its first epoch, and continued. */
  private Path twoEpochsAreOneAndOneMore(Blueprint blueprint) throws IOException {
    Runs runs = services.await(Runs.class);
    Path straight = folder.getRoot().toPath().resolve("straight");
    try (Run run = runs.start(blueprint, straight, RunListener.NONE)) {
      assertEquals(Run.State.FINISHED, run.train());
    }
    Path broken = folder.getRoot().toPath().resolve("broken");
    AtomicReference<Run> first = new AtomicReference<>();
    RunListener stopping =
        new RunListener() {
          @Override
          public void epoch(Epoch event) {
            first.get().stop();
          }
        };
    try (Run run = runs.start(blueprint, broken, stopping)) {
      first.set(run);
      assertEquals(Run.State.STOPPED, run.train());
    }
    try (Run run = runs.resume(broken, RunListener.NONE)) {
      assertEquals(Run.State.FINISHED, run.train());
    }
    assertArrayEquals(
        Files.readAllBytes(straight.resolve(LAST)), Files.readAllBytes(broken.resolve(LAST)));
    assertEquals(
        Files.readString(straight.resolve("loss.csv")),
        Files.readString(broken.resolve("loss.csv")));
    return broken;
  }

  private Blueprint blueprint(String model, String... changes) {
    Blueprints blueprints = services.await(Blueprints.class);
    Composer composer = services.await(Composer.class);
    List<String> all = new ArrayList<>(SHORT);
    all.addAll(List.of(changes));
    var draft = blueprints.set(blueprints.ofModel(model), all);
    services.await(
        "state READY of " + draft.json(),
        () -> composer.state(draft).state() == Readiness.State.READY ? true : null);
    return blueprints.complete(draft);
  }
}
