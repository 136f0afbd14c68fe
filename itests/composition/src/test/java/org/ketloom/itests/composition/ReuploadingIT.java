package org.ketloom.itests.composition;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;
import org.junit.runner.RunWith;
import org.ketloom.api.model.Blueprint;
import org.ketloom.files.Safetensors;
import org.ketloom.itests.container.Container;
import org.ketloom.itests.support.Services;
import org.ketloom.runtime.blueprint.Blueprints;
import org.ketloom.runtime.blueprint.Composer;
import org.ketloom.runtime.blueprint.Readiness;
import org.ketloom.runtime.run.Run;
import org.ketloom.runtime.run.RunListener;
import org.ketloom.runtime.run.Runs;
import org.ketloom.runtime.run.Swap;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.CoreOptions;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;

/** An encoding with weights, between the layers of the ansatz, in runs of the real model. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class ReuploadingIT {
  private static final String WEIGHTS = "bottleneck.circuit.weights";
  private static final String ENCODING = "bottleneck.circuit.encoding";
  private static final List<String> UPLOADING = List.of("parts.encoding=reuploading");

  /** Two epochs of four steps. */
  private static final List<String> SMALL =
      List.of(
          "data.options.size=8",
          "data.options.count=64",
          "training.batchSize=16",
          "training.epochs=2",
          "training.sampleEvery=0",
          "model.options.channels=6,8",
          "model.options.embedding=8",
          "model.options.wires=3",
          "model.options.layers=2",
          "model.options.timesteps=8");

  private final Services services = new Services(ReuploadingIT.class);

  @Rule public final TemporaryFolder folder = new TemporaryFolder();

  @Configuration
  public static Option[] container() {
    return CoreOptions.options(
        Container.base(),
        Container.features("core", "numerics", "encodings", "ansaetze", "observables", "models"));
  }

  /** Asks its run to stop as soon as something has happened. */
  private static class Stopping implements RunListener {
    Run run;

    void stop() {
      run.stop();
    }
  }

  private static final class AfterAnEpoch extends Stopping {
    @Override
    public void epoch(Epoch event) {
      stop();
    }
  }

  private static final class AfterASwap extends Stopping {
    final CountDownLatch trains = new CountDownLatch(1);
    final List<Swap> swaps = new ArrayList<>();

    @Override
    public void step(Step event) {
      trains.countDown();
    }

    @Override
    public void swapped(Swap swap) {
      swaps.add(swap);
      stop();
    }
  }

  @Test
  public void resumesBitForBit() throws IOException {
    Path straight = train("straight", RunListener.NONE, Run.State.FINISHED, UPLOADING);
    Path broken = stopped("broken", UPLOADING);
    resume(broken);
    assertArrayEquals(
        Files.readAllBytes(checkpoint(straight)), Files.readAllBytes(checkpoint(broken)));
    assertEquals(
        Files.readString(straight.resolve("loss.csv")),
        Files.readString(broken.resolve("loss.csv")));
    // A scale and an offset for three features in two uploads.
    assertEquals(12, floats(broken, ENCODING).length);
  }

  /** Only what is new starts anew, and what is taken back leaves no trace. */
  @Test
  public void aStoppedRunGetsItAndKeepsItsAnsatzsWeights() throws IOException {
    Path straight = train("straight", RunListener.NONE, Run.State.FINISHED, List.of());
    Path run = stopped("run", List.of());
    float[] before = floats(run, WEIGHTS);
    Swap swap = services.await(Runs.class).swap(run, UPLOADING, 0, Duration.ofMinutes(2));
    assertEquals(swap.reason(), Swap.Outcome.DONE, swap.outcome());
    assertArrayEquals(before, floats(run, WEIGHTS), 0);
    assertEquals(12, floats(run, ENCODING).length);
    services.await(Runs.class).undo(run);
    resume(run);
    assertArrayEquals(
        Files.readAllBytes(checkpoint(straight)), Files.readAllBytes(checkpoint(run)));
    assertFalse(Safetensors.read(checkpoint(run)).containsKey(ENCODING));
  }

  @Test
  public void aLiveRunGetsIt() throws Exception {
    AfterASwap listener = new AfterASwap();
    Path run = folder.getRoot().toPath().resolve("live");
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try {
      Future<Path> trained =
          thread.submit(
              (Callable<Path>)
                  () ->
                      train("live", listener, Run.State.STOPPED, List.of("training.epochs=9999")));
      assertTrue("no step was made", listener.trains.await(2, TimeUnit.MINUTES));
      Swap swap = services.await(Runs.class).swap(run, UPLOADING, 0, Duration.ofMinutes(2));
      assertEquals(swap.reason(), Swap.Outcome.DONE, swap.outcome());
      trained.get(2, TimeUnit.MINUTES);
      assertEquals(1, listener.swaps.size());
      float[] encoding = floats(run, ENCODING);
      assertEquals(12, encoding.length);
      for (float weight : encoding) {
        assertTrue("" + weight, Float.isFinite(weight));
      }
    } finally {
      thread.shutdownNow();
    }
  }

  private Path stopped(String name, List<String> changes) throws IOException {
    return train(name, new AfterAnEpoch(), Run.State.STOPPED, changes);
  }

  private Path train(String name, RunListener listener, Run.State end, List<String> changes)
      throws IOException {
    Path at = folder.getRoot().toPath().resolve(name);
    try (Run run = services.await(Runs.class).start(blueprint(changes), at, listener)) {
      if (listener instanceof Stopping stopping) {
        stopping.run = run;
      }
      assertEquals(end, run.train());
    }
    return at;
  }

  private void resume(Path at) throws IOException {
    try (Run run = services.await(Runs.class).resume(at, RunListener.NONE)) {
      assertEquals(Run.State.FINISHED, run.train());
    }
  }

  private static float[] floats(Path run, String name) throws IOException {
    return Safetensors.read(checkpoint(run)).get(name).floats();
  }

  /** The last one; that of a swap has the name of the one that it replaces and a number. */
  private static Path checkpoint(Path run) throws IOException {
    try (var files = Files.list(run.resolve("checkpoints"))) {
      return files
          .filter(f -> f.toString().endsWith(".safetensors"))
          .max(Comparator.comparing(f -> f.toString().replace(".safetensors", "")))
          .orElseThrow();
    }
  }

  private Blueprint blueprint(List<String> changes) {
    Blueprints blueprints = services.await(Blueprints.class);
    Composer composer = services.await(Composer.class);
    List<String> all = new ArrayList<>(SMALL);
    all.addAll(changes);
    var draft = blueprints.set(blueprints.ofModel("hybrid-unet"), all);
    services.await(
        "state READY of " + draft.json(),
        () -> composer.state(draft).state() == Readiness.State.READY ? true : null);
    return blueprints.complete(draft);
  }
}
