package org.ketloom.shell.internal.console;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import org.ketloom.api.circuit.Angle;
import org.ketloom.api.circuit.Angles;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.data.Dataset;
import org.ketloom.api.data.DatasetProvider;
import org.ketloom.api.data.ImageBatch;
import org.ketloom.api.data.ImageShape;
import org.ketloom.api.engine.QuantumEngine;
import org.ketloom.api.model.Blueprint;
import org.ketloom.api.model.Figure;
import org.ketloom.api.model.GenerativeModel;
import org.ketloom.api.model.GenerativeModelFactory;
import org.ketloom.api.model.ModelContext;
import org.ketloom.api.model.PartSelection;
import org.ketloom.api.model.Progress;
import org.ketloom.api.model.Slot;
import org.ketloom.api.model.StepResult;
import org.ketloom.api.model.Tensor;
import org.ketloom.api.part.Ansatz;
import org.ketloom.api.part.Encoding;
import org.ketloom.api.part.ObservableHead;
import org.ketloom.api.part.Option;
import org.ketloom.api.part.Options;
import org.ketloom.api.part.Part;
import org.ketloom.api.part.PartKind;
import org.ketloom.circuits.DenseEngine;
import org.ketloom.metrics.Evaluator;
import org.ketloom.runtime.blueprint.Blueprints;
import org.ketloom.runtime.blueprint.Composer;
import org.ketloom.runtime.blueprint.Draft;
import org.ketloom.runtime.health.Health;
import org.ketloom.runtime.internal.blueprint.JsonBlueprints;
import org.ketloom.runtime.internal.blueprint.PartComposer;
import org.ketloom.runtime.job.Job;
import org.ketloom.runtime.job.Jobs;
import org.ketloom.runtime.parts.PartIdentity;
import org.ketloom.runtime.parts.PartRegistry;
import org.ketloom.runtime.parts.RegisteredPart;
import org.ketloom.runtime.run.DrawingConditions;
import org.ketloom.runtime.run.Resumption;
import org.ketloom.runtime.run.Run;
import org.ketloom.runtime.run.RunHistory;
import org.ketloom.runtime.run.RunInfo;
import org.ketloom.runtime.run.RunListener;
import org.ketloom.runtime.run.RunNotes;
import org.ketloom.runtime.run.RunRecords;
import org.ketloom.runtime.run.RunSettings;
import org.ketloom.runtime.run.RunTimes;
import org.ketloom.runtime.run.Runs;
import org.ketloom.runtime.run.Sampler;
import org.ketloom.runtime.run.Swap;
import org.ketloom.study.Studies;
import org.ketloom.study.internal.PlatformStudies;
import org.osgi.framework.Version;

/** A few small parts, Blueprints as they are, and runs that only pretend. */
public final class FakeServices implements Services {
  public List<Health.Finding> findings =
      List.of(new Health.Finding("framework", Health.Level.OK, "as it should be"));
  public final Set<Class<?>> asked = new HashSet<>();
  public final FakeRuns runs = new FakeRuns();
  public final Map<String, String> properties = new HashMap<>();
  private final Map<Class<?>, Object> services = new HashMap<>();
  private final Interruptions interruptions = new Interruptions();

  public FakeServices() {
    PartRegistry registry = new FakeRegistry();
    Blueprints blueprints = new JsonBlueprints(registry);
    services.put(PartRegistry.class, registry);
    services.put(Blueprints.class, blueprints);
    services.put(Jobs.class, new FakeJobs());
    services.put(Health.class, (Health) () -> findings);
    services.put(Composer.class, new PartComposer(registry, blueprints));
    services.put(Runs.class, runs);
    services.put(RunRecords.class, new FakeRecords());
    services.put(QuantumEngine.class, new DenseEngine());
  }

  public <T> void put(Class<T> type, T service) {
    services.put(type, service);
  }

  public void remove(Class<?> type) {
    services.remove(type);
  }

  @Override
  public <T> T get(Class<T> type) {
    asked.add(type);
    if (type == Studies.class) {
      return type.cast(
          new PlatformStudies(
              get(PartRegistry.class),
              get(Blueprints.class),
              get(Composer.class),
              get(Runs.class),
              get(Evaluator.class),
              get(QuantumEngine.class)));
    }
    T service = type.cast(services.get(type));
    if (service == null) {
      throw new IllegalStateException("no " + type.getSimpleName() + " is registered");
    }
    return service;
  }

  @Override
  public void start(String symbolicName) {
    throw new IllegalStateException("bundle " + symbolicName + " isn't installed");
  }

  @Override
  public String property(String name) {
    return properties.getOrDefault(name, "value of " + name);
  }

  @Override
  public String version() {
    return "9.9.9";
  }

  @Override
  public Interruptions interruptions() {
    return interruptions;
  }

  record OnePerWire() implements Encoding {
    @Override
    public int capacity(int wires) {
      return wires;
    }

    @Override
    public void append(CircuitBuilder circuit, Angles features) {
      for (int i = 0; i < features.size(); i++) {
        circuit.ry(i, features.at(i));
      }
    }
  }

  record Chain(@Option("multiplies every angle") double factor) implements Ansatz {
    @Override
    public List<Integer> angleShape(int wires, int layers) {
      return List.of(layers, wires);
    }

    @Override
    public void append(CircuitBuilder circuit, int layers, Angles angles) {
      for (int layer = 0; layer < layers; layer++) {
        for (int wire = 0; wire < circuit.wires(); wire++) {
          Angle angle = angles.at(layer, wire);
          circuit.rx(wire, angle.times(factor));
        }
        for (int wire = 0; wire + 1 < circuit.wires(); wire++) {
          circuit.cnot(wire, wire + 1);
        }
      }
    }
  }

  record FirstTwo() implements ObservableHead {
    @Override
    public int outputs(int wires) {
      return 1;
    }

    @Override
    public void append(CircuitBuilder circuit) {
      circuit.expectHermitian(0, 1);
    }
  }

  record Toy() implements GenerativeModelFactory {
    @Override
    public List<Slot> slots() {
      return List.of(new Slot("core", Ansatz.KIND, PartSelection.of("chain")));
    }

    @Override
    public Blueprint.Training training() {
      return new Blueprint.Training(3, 8, 1, 0);
    }

    @Override
    public GenerativeModel<ToyModel.Nothing> create(ModelContext context) {
      if (context.images().width() > 16) {
        throw new IllegalArgumentException("toy takes pictures of at most 16 columns");
      }
      CircuitBuilder circuit = Circuit.builder(context.images().width());
      Ansatz core = context.part("core", Ansatz.class);
      core.append(circuit, 1, circuit.weights(1, context.images().width()));
      return new ToyModel(context.compile(circuit.expectHermitian(0).build()).circuit());
    }
  }

  /** A circuit that isn't trained. */
  record ToyModel(Circuit circuit) implements GenerativeModel<ToyModel.Nothing> {
    record Nothing() {}

    @Override
    public Map<String, Circuit> circuits() {
      return Map.of("core", circuit);
    }

    @Override
    public Map<String, Long> parameters() {
      return Map.of("circuit", (long) circuit.weights());
    }

    @Override
    public StepResult train(ImageBatch batch, long step) {
      throw new UnsupportedOperationException();
    }

    @Override
    public double loss(ImageBatch batch, long step) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Nothing samplingOptions() {
      return new Nothing();
    }

    @Override
    public ImageBatch sample(int[] labels, long seed, Nothing options, Progress progress) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Map<String, Tensor> state() {
      return Map.of();
    }

    @Override
    public void restore(Map<String, Tensor> state) {}

    @Override
    public void close() {}
  }

  record Dots(String dir, int size, int count) implements DatasetProvider {
    @Override
    public Dataset open(Split split) {
      return new Blank(new ImageShape(1, size, size), count);
    }
  }

  /** Images that only their shape is asked of. */
  record Blank(ImageShape shape, int size) implements Dataset {
    @Override
    public List<String> classes() {
      return List.of("zero", "one");
    }

    @Override
    public String fingerprint() {
      return "";
    }

    @Override
    public ImageBatch get(int... indices) {
      return new ImageBatch(
          shape,
          new float[shape.size() * indices.length],
          Arrays.stream(indices).map(i -> i % 2).toArray());
    }

    @Override
    public Batches batches(int batchSize, long seed, int epoch, int firstBatch) {
      throw new UnsupportedOperationException();
    }
  }

  private static final class FakeRegistry implements PartRegistry {
    private final QuantumEngine engine = new DenseEngine();

    @Override
    public List<RegisteredPart> parts() {
      Dots dots = new Dots("", 8, 64);
      return List.of(
          part(Encoding.KIND, "one-per-wire", new OnePerWire()),
          part(Ansatz.KIND, "chain", new Chain(1)),
          part(ObservableHead.KIND, "first-two", new FirstTwo()),
          part(GenerativeModelFactory.KIND, "toy", new Toy()),
          part(DatasetProvider.KIND, "digits", dots),
          part(DatasetProvider.KIND, "dots", dots),
          part(DatasetProvider.KIND, "images", dots),
          part(DatasetProvider.KIND, "mnist", dots),
          part(QuantumEngine.KIND, "dense", engine));
    }

    private static RegisteredPart part(PartKind kind, String name, Part prototype) {
      return new RegisteredPart(
          kind,
          name,
          new Version(1, 2, 0),
          "org.example." + name,
          "For tests",
          Options.of(prototype),
          1,
          prototype);
    }

    @Override
    public Optional<RegisteredPart> find(PartKind kind, String name, String versionRange) {
      return parts(kind).stream().filter(p -> p.name().equals(name)).findFirst();
    }

    @Override
    public List<PartKind> kinds() {
      return parts().stream().map(RegisteredPart::kind).distinct().toList();
    }

    @Override
    public List<RegisteredPart> engines() {
      return parts(QuantumEngine.KIND);
    }

    @Override
    public List<String> refused() {
      return List.of();
    }

    @Override
    public PartIdentity identity(RegisteredPart part) {
      return new PartIdentity(part.name(), part.bundle(), part.version().toString(), "");
    }

    @Override
    public void addListener(Runnable listener) {}

    @Override
    public void removeListener(Runnable listener) {}
  }

  /** Jobs of a container that is there for one command. */
  private static final class FakeJobs implements Jobs {
    @Override
    public Job start(String name, Draft draft, Path folder, RunSettings settings) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Job resume(String name, Path folder, Resumption how) {
      throw new UnsupportedOperationException();
    }

    @Override
    public List<Job> jobs() {
      return List.of();
    }

    @Override
    public void remove(Job job) {}

    @Override
    public List<Job> open(Path runs, Path compositions) {
      return List.of();
    }

    @Override
    public boolean isOpen() {
      return false;
    }

    @Override
    public void close() {}
  }

  /** Two epochs of two steps each, and notes that are kept in memory. */
  public static final class FakeRecords implements RunRecords {
    private final Map<Path, RunNotes> notes = new HashMap<>();
    public final List<Path> removed = new ArrayList<>();

    @Override
    public RunHistory history(Path folder) throws IOException {
      if (folder.endsWith("damaged")) {
        throw new IOException(folder + "/loss.csv, line 3: step, epoch and loss are expected");
      }
      double last = folder.endsWith("worse") ? 7 : 0.5;
      return new RunHistory(
          new long[] {1, 2, 3, 4},
          new int[] {1, 1, 2, 2},
          Map.of(RunHistory.LOSS, new double[] {0.5, 0.25, last, last}));
    }

    @Override
    public Optional<RunTimes> times(Path folder) {
      return Optional.of(new RunTimes(Instant.EPOCH, Instant.EPOCH, Duration.ofSeconds(125)));
    }

    @Override
    public RunNotes notes(Path folder) {
      return notes.getOrDefault(folder, RunNotes.NONE);
    }

    @Override
    public void annotate(Path folder, RunNotes written) {
      notes.put(folder, written);
    }

    @Override
    public Extent extent(Path folder) throws IOException {
      if (!Files.exists(folder.resolve("manifest.json"))) {
        throw new IOException(folder + " holds no run");
      }
      return new Extent(12, 3_400_000);
    }

    @Override
    public void remove(Path folder) {
      removed.add(folder);
    }
  }

  /** Runs of one step per epoch that remember what they were asked for. */
  public static class FakeRuns implements Runs {
    /** Whether the model of every run draws by class. */
    public boolean drawsClasses = true;

    /** Whether the model of every run has an autoencoder. */
    public boolean reconstructs;

    /** How many images were to be reconstructed, each time. */
    public final List<Integer> reconstructed = new ArrayList<>();

    static final Swap SWAP =
        new Swap(
            Swap.Kind.HAND,
            Swap.Outcome.DONE,
            10,
            Instant.EPOCH,
            0,
            Map.of("parts.ansatz", new PartIdentity("chain", "org.example", "1.0.0", "aa11")),
            Map.of("parts.ansatz", new PartIdentity("chain", "org.example", "1.1.0", "bb22")),
            List.of("parts.ansatz.options.factor: 1 to 2"),
            "",
            OptionalDouble.of(0.25),
            OptionalDouble.of(0.5));

    static final Swap REFUSED =
        new Swap(
            Swap.Kind.HAND,
            Swap.Outcome.REFUSED,
            10,
            Instant.EPOCH,
            0,
            Map.of(),
            Map.of(),
            List.of(),
            "no ansatz \"nobody\" is registered",
            OptionalDouble.empty(),
            OptionalDouble.empty());

    static final Swap QUARANTINED =
        new Swap(
            Swap.Kind.ADOPT,
            Swap.Outcome.QUARANTINED,
            12,
            Instant.EPOCH,
            0,
            Map.of("parts.ansatz", new PartIdentity("chain", "org.example", "1.1.0", "bb22")),
            Map.of("parts.ansatz", new PartIdentity("chain", "org.example", "1.2.0", "cc33")),
            List.of(),
            "loss became NaN",
            OptionalDouble.empty(),
            OptionalDouble.empty());

    public Blueprint started;
    public RunSettings settings;
    public Path folder;
    public RuntimeException failure;
    public boolean endless;
    public volatile boolean closedBeforeInterruptReturned;
    public volatile Run.State state = Run.State.CREATED;
    public final CountDownLatch running = new CountDownLatch(1);
    public final CountDownLatch closed = new CountDownLatch(1);
    public List<Integer> labels;
    public String changes;

    /** What the last sampler was opened under. */
    public List<String> conditions = List.of();

    public long seed;

    /** Is started when images are drawn, which then goes on until it is stopped. */
    public Thread drawing;

    @Override
    public Run start(Blueprint blueprint, Path folder, RunSettings settings, RunListener listener)
        throws IOException {
      this.started = blueprint;
      this.settings = settings;
      this.folder = folder;
      CountDownLatch stop = new CountDownLatch(1);
      return new Run() {
        @Override
        public Path folder() {
          return folder;
        }

        @Override
        public Blueprint blueprint() {
          return blueprint;
        }

        @Override
        public State state() {
          return state;
        }

        @Override
        public State train() {
          int epochs = blueprint.training().epochs();
          listener.started(
              new RunListener.Started(
                  folder,
                  0,
                  epochs,
                  1,
                  epochs,
                  8,
                  Map.of("circuit", 4L),
                  List.of(),
                  Map.of(),
                  List.of()));
          if (failure != null) {
            listener.failed(failure.getMessage() + "; the last checkpoint is kept");
            throw failure;
          }
          for (int epoch = 1; epoch <= epochs; epoch++) {
            listener.step(
                new RunListener.Step(
                    epoch, epochs, 1, 1, epoch, StepResult.of(0.5), 64, Duration.ofSeconds(1)));
            listener.epoch(new RunListener.Epoch(epoch, epochs, 0.5, Duration.ofSeconds(epoch)));
          }
          if (endless) {
            running.countDown();
            try {
              stop.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
            state = State.STOPPED;
            listener.stopped(folder.resolve("checkpoint"));
            return state;
          }
          state = State.FINISHED;
          listener.finished(folder.resolve("checkpoint"), Duration.ofSeconds(epochs));
          return state;
        }

        @Override
        public void stop() {
          stop.countDown();
        }

        @Override
        public void close() {
          closed.countDown();
        }
      };
    }

    @Override
    public Run resume(Path folder, Resumption how, RunListener listener) {
      throw new IllegalStateException(folder + " holds no run");
    }

    @Override
    public Swap swap(Path folder, List<String> assignments, int moreEpochs, Duration patience) {
      this.folder = folder;
      changes = assignments + " +" + moreEpochs;
      return SWAP;
    }

    @Override
    public Swap undo(Path folder) {
      this.folder = folder;
      changes = "undo";
      return SWAP;
    }

    @Override
    public RunInfo info(Path folder) {
      return new RunInfo(
          folder,
          new Blueprint(
              PartSelection.of("toy"),
              Map.of("ansatz", PartSelection.of("chain")),
              PartSelection.of("dots"),
              new Blueprint.Training(1, 1, 1, 0),
              7),
          Run.State.RUNNING,
          false,
          10,
          40,
          "",
          new RunSettings(RunSettings.Policy.ADOPT, true),
          SWAP.to(),
          SWAP.from(),
          List.of(5L),
          List.of(SWAP, REFUSED, QUARANTINED));
    }

    @Override
    public List<Run> live() {
      return List.of();
    }

    record Sampling(@Option("denoising steps") int steps, @Option("measurements") int shots) {}

    @Override
    public Sampler open(Path folder, OptionalInt epoch, DrawingConditions conditions) {
      this.conditions = conditions.changes();
      return new Sampler() {
        @Override
        public Blueprint blueprint() {
          return started;
        }

        @Override
        public Path checkpoint() {
          return folder.resolve("checkpoint");
        }

        @Override
        public long step() {
          return 12;
        }

        @Override
        public int epoch() {
          return epoch.orElse(3);
        }

        @Override
        public String data() {
          return "";
        }

        @Override
        public ImageShape shape() {
          return new ImageShape(1, 2, 2);
        }

        @Override
        public List<String> classes() {
          return List.of("zero", "one");
        }

        @Override
        public boolean drawsClasses() {
          return drawsClasses;
        }

        @Override
        public Record options() {
          return new Sampling(20, 0);
        }

        @Override
        public Optional<ImageBatch> reconstruct(ImageBatch images) {
          reconstructed.add(images.size());
          return reconstructs ? Optional.of(images) : Optional.empty();
        }

        @Override
        public ImageBatch sample(
            int[] wanted, long noise, Map<String, ?> options, Progress progress) {
          labels = Arrays.stream(wanted).boxed().toList();
          changes = options.toString();
          seed = noise;
          if (drawing != null) {
            drawing.start();
            while (progress.update(1, 4)) {
              Thread.onSpinWait();
            }
            throw new CancellationException("as it was asked to");
          }
          return new ImageBatch(shape(), new float[4 * wanted.length], wanted);
        }

        @Override
        public List<Figure> figures(Dataset data, Progress progress) {
          progress.update(data.size(), data.size());
          return List.of(Figure.of("reconstruction-mse", 0.0125, data.size(), Figure.Better.LOWER));
        }

        @Override
        public void close() {}
      };
    }
  }
}
