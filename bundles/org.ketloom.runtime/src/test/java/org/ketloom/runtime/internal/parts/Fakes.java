package org.ketloom.runtime.internal.parts;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Proxy;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLConnection;
import java.net.URLStreamHandler;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.stream.IntStream;
import org.ketloom.api.circuit.Angle;
import org.ketloom.api.circuit.Angles;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.circuit.Pauli;
import org.ketloom.api.circuit.PauliTerm;
import org.ketloom.api.data.Dataset;
import org.ketloom.api.data.DatasetProvider;
import org.ketloom.api.data.ImageBatch;
import org.ketloom.api.data.ImageShape;
import org.ketloom.api.engine.Program;
import org.ketloom.api.engine.QuantumEngine;
import org.ketloom.api.model.Blueprint;
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
import org.ketloom.api.part.Option;
import org.ketloom.api.part.Part;
import org.ketloom.files.Sha256;
import org.osgi.framework.Bundle;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.Version;

/** A small model, data set and parts, and services as a framework would give them. */
public final class Fakes {

  public enum Axis {
    X,
    Y
  }

  /** Encoding with an enum, a number and a list. */
  public record Turn(@Option("axis of rotation") Axis axis, double scale, List<Integer> wires)
      implements Encoding {
    public Turn() {
      this(Axis.Y, Math.PI, List.of());
    }

    public Turn {
      if (scale <= 0) {
        throw new IllegalArgumentException("scale must be greater than 0, found " + scale);
      }
    }

    @Override
    public int capacity(int wires) {
      return wires;
    }

    @Override
    public void append(CircuitBuilder circuit, Angles features) {
      for (int i = 0; i < features.size(); i++) {
        circuit.ry(i, features.at(i).times(scale));
      }
    }
  }

  /** Ansatz with a number. */
  public record Layers(int repeats) implements Ansatz {
    public Layers() {
      this(1);
    }

    @Override
    public List<Integer> angleShape(int wires, int layers) {
      return List.of(layers * repeats, wires);
    }

    @Override
    public void append(CircuitBuilder circuit, int layers, Angles angles) {
      for (int layer = 0; layer < layers * repeats; layer++) {
        for (int wire = 0; wire < circuit.wires(); wire++) {
          circuit.rx(wire, angles.at(layer, wire));
        }
      }
    }
  }

  /** Ansatz with the parameters of {@link Layers} by which a model learns something else. */
  public record Turned(int repeats) implements Ansatz {
    public Turned() {
      this(1);
    }

    @Override
    public List<Integer> angleShape(int wires, int layers) {
      return List.of(layers * repeats, wires);
    }

    @Override
    public void append(CircuitBuilder circuit, int layers, Angles angles) {
      for (int layer = 0; layer < layers * repeats; layer++) {
        for (int wire = 0; wire < circuit.wires(); wire++) {
          circuit.rz(wire, angles.at(layer, wire));
        }
      }
    }
  }

  /** Ansatz with one parameter more. */
  public record Longer(int repeats) implements Ansatz {
    public Longer() {
      this(1);
    }

    @Override
    public List<Integer> angleShape(int wires, int layers) {
      return List.of(layers * repeats * wires + 1);
    }

    @Override
    public void append(CircuitBuilder circuit, int layers, Angles angles) {
      for (int i = 0; i < angles.size(); i++) {
        circuit.rx(0, angles.at(i));
      }
    }
  }

  /** Ansatz like {@link Turned} that makes the loss NaN after some steps of a model. */
  public record Poison(int repeats, int after) implements Ansatz {
    @Override
    public List<Integer> angleShape(int wires, int layers) {
      return List.of(layers * repeats, wires);
    }

    @Override
    public void append(CircuitBuilder circuit, int layers, Angles angles) {
      new Turned(repeats).append(circuit, layers, angles);
      circuit.rx(0, Angle.constant(Toy.POISON - after));
    }
  }

  /** Ansatz whose code is at fault. */
  public record Broken(int repeats) implements Ansatz {
    @Override
    public List<Integer> angleShape(int wires, int layers) {
      return List.of(layers * repeats, wires);
    }

    @Override
    public void append(CircuitBuilder circuit, int layers, Angles angles) {
      throw new NoClassDefFoundError("fake/Missing");
    }
  }

  /** Ansatz like {@link Layers} that does something whenever it is asked for its gates. */
  public static final class Watched implements Ansatz {
    private final Runnable appended;

    public Watched(Runnable appended) {
      this.appended = appended;
    }

    @Override
    public List<Integer> angleShape(int wires, int layers) {
      return new Layers().angleShape(wires, layers);
    }

    @Override
    public void append(CircuitBuilder circuit, int layers, Angles angles) {
      appended.run();
      new Layers().append(circuit, layers, angles);
    }
  }

  /** Engine that compiles nothing. */
  public static final class Engine implements QuantumEngine {
    @Override
    public Program compile(Circuit circuit) {
      throw new IllegalArgumentException("this engine runs nothing");
    }
  }

  /** Linear generator with momentum: all that a checkpoint must hold, in three types. */
  public record ToyFactory(double rate, long nanFrom, String note)
      implements GenerativeModelFactory {
    public ToyFactory() {
      this(0.05, -1, "");
    }

    @Override
    public List<Slot> slots() {
      return List.of(
          new Slot("encoding", Encoding.KIND, PartSelection.of("turn")),
          new Slot("ansatz", Ansatz.KIND, PartSelection.of("layers", Map.of("repeats", 2))));
    }

    @Override
    public Blueprint.Training training() {
      return new Blueprint.Training(2, 4, 1, 1);
    }

    @Override
    public GenerativeModel<ToySampling> create(ModelContext context) {
      return new Toy(this, context);
    }
  }

  public record ToySampling(int steps) {
    public ToySampling() {
      this(2);
    }
  }

  public static final class Toy implements GenerativeModel<ToySampling> {
    public static final double POISON = -1000;

    private final Circuit circuit;
    private final double[] angles;
    private long trained;
    private final ToyFactory factory;
    private final ModelContext context;
    private final float[] weights;
    private final double[] momentum;
    private long steps;
    public boolean closed;

    public Toy(ToyFactory factory, ModelContext context) {
      this.factory = factory;
      this.context = context;
      this.weights = new float[context.images().size()];
      this.momentum = new double[weights.length];
      Random random = new Random(context.seed());
      for (int i = 0; i < weights.length; i++) {
        weights[i] = (float) random.nextGaussian();
      }
      CircuitBuilder builder = Circuit.builder(2);
      context.part("encoding", Encoding.class).append(builder, builder.features(2));
      Ansatz ansatz = context.part("ansatz", Ansatz.class);
      int[] shape = ansatz.angleShape(2, 1).stream().mapToInt(Integer::intValue).toArray();
      ansatz.append(builder, 1, builder.weights(shape));
      builder.expect(PauliTerm.of(Pauli.Z, 0));
      circuit = builder.build();
      angles = random.doubles(circuit.weights()).toArray();
    }

    @Override
    public Map<String, Circuit> circuits() {
      return Map.of("bottleneck", circuit);
    }

    @Override
    public Map<String, Long> parameters() {
      return Map.of("classical", (long) weights.length);
    }

    /** A note may name a file that has to be there. */
    @Override
    public void checkBegin() {
      if (!factory.note().isEmpty() && !Files.exists(Path.of(factory.note()))) {
        throw new IllegalArgumentException("model.options.note: there is no " + factory.note());
      }
    }

    @Override
    public StepResult train(ImageBatch batch, long step) {
      if (step != steps) {
        throw new IllegalStateException("step " + step + " after " + steps);
      }
      trained++;
      double[] gradients = gradients(batch, step);
      double loss = loss(gradients);
      for (int i = 0; i < weights.length; i++) {
        momentum[i] = 0.9 * momentum[i] + gradients[i];
        weights[i] -= (float) (factory.rate() * momentum[i]);
      }
      for (int i = 0; i < angles.length; i++) {
        angles[i] -= 1e-3 * kinds() * angles[i];
      }
      steps++;
      return new StepResult(
          poisoned() || step == factory.nanFrom() ? Double.NaN : loss,
          Map.of("norm", Math.sqrt(loss)));
    }

    @Override
    public double loss(ImageBatch batch, long step) {
      return loss(gradients(batch, step));
    }

    private double loss(double[] gradients) {
      double loss = 0;
      for (double gradient : gradients) {
        loss += gradient * gradient;
      }
      for (double angle : angles) {
        loss += 1e-3 * kinds() * angle * angle;
      }
      return loss;
    }

    private double[] gradients(ImageBatch batch, long step) {
      Random noise = new Random(context.seed() * 31 + step);
      double[] gradients = new double[weights.length];
      for (int i = 0; i < weights.length; i++) {
        for (int n = 0; n < batch.size(); n++) {
          gradients[i] +=
              weights[i]
                  - batch.pixels()[n * weights.length + i] * (1 + batch.labels()[n])
                  + 0.1 * noise.nextGaussian();
        }
        gradients[i] /= batch.size();
      }
      return gradients;
    }

    private double kinds() {
      return circuit.operations().stream().mapToInt(o -> o.gate().ordinal()).sum();
    }

    private boolean poisoned() {
      return circuit.operations().stream()
          .flatMap(o -> o.angles().stream())
          .anyMatch(
              a ->
                  a.source() == Angle.Source.CONSTANT
                      && a.offset() <= POISON
                      && trained > POISON - a.offset());
    }

    @Override
    public ToySampling samplingOptions() {
      return new ToySampling();
    }

    @Override
    public ImageBatch sample(int[] labels, long seed, ToySampling options, Progress progress) {
      int count = options.steps();
      for (int i = 1; i <= count; i++) {
        if (!progress.update(i, count)) {
          throw new CancellationException("asked to stop");
        }
      }
      float[] pixels = new float[labels.length * weights.length];
      for (int n = 0; n < labels.length; n++) {
        Random random = new Random(seed + n);
        for (int i = 0; i < weights.length; i++) {
          pixels[n * weights.length + i] =
              (float) Math.tanh(weights[i] + labels[n] + 0.1 * random.nextGaussian());
        }
      }
      return new ImageBatch(context.images(), pixels, labels);
    }

    @Override
    public Map<String, Tensor> state() {
      Map<String, Tensor> state = new LinkedHashMap<>();
      state.put("weights", Tensor.of(weights.clone()));
      state.put("momentum", Tensor.of(momentum.clone()));
      state.put("circuit", Tensor.of(angles.clone()));
      state.put("steps", Tensor.of(steps));
      return state;
    }

    @Override
    public void restore(Map<String, Tensor> state) {
      if (!state.keySet().equals(state().keySet())) {
        throw new IllegalArgumentException("tensors " + state.keySet() + " aren't the model's");
      }
      System.arraycopy(state.get("weights").floats(), 0, weights, 0, weights.length);
      if (state.get("circuit").doubles().length != angles.length) {
        throw new IllegalArgumentException("circuit has " + angles.length + " angles");
      }
      System.arraycopy(state.get("circuit").doubles(), 0, angles, 0, angles.length);
      System.arraycopy(state.get("momentum").doubles(), 0, momentum, 0, momentum.length);
      steps = state.get("steps").longs()[0];
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  /** 22 images of 2x3 pixels in 3 classes. */
  public record ToyData(int images, int shift) implements DatasetProvider {
    public ToyData() {
      this(22, 0);
    }

    @Override
    public Dataset open(Split split) throws IOException {
      if (images < 1) {
        throw new IOException("toy has no images");
      }
      return new ToyDataset(images, shift);
    }
  }

  public record ToyDataset(int size, int shift) implements Dataset {
    @Override
    public ImageShape shape() {
      return new ImageShape(1, 2, 3);
    }

    @Override
    public List<String> classes() {
      return List.of("low", "middle", "high");
    }

    @Override
    public String fingerprint() {
      return Sha256.of(size + "/" + shift);
    }

    @Override
    public ImageBatch get(int... indices) {
      float[] pixels = new float[indices.length * 6];
      for (int n = 0; n < indices.length; n++) {
        Random random = new Random(indices[n] + shift);
        for (int i = 0; i < 6; i++) {
          pixels[n * 6 + i] = random.nextFloat() * 2 - 1;
        }
      }
      return new ImageBatch(shape(), pixels, Arrays.stream(indices).map(i -> i % 3).toArray());
    }

    @Override
    public Batches batches(int batchSize, long seed, int epoch, int firstBatch) {
      List<Integer> order = new ArrayList<>(IntStream.range(0, size).boxed().toList());
      Collections.shuffle(order, new Random(seed * 1000 + epoch));
      return new Batches() {
        private int next = firstBatch;

        @Override
        public boolean hasNext() {
          return next < batchesPerEpoch(batchSize);
        }

        @Override
        public ImageBatch next() {
          int from = next++ * batchSize;
          return get(
              order.subList(from, Math.min(size, from + batchSize)).stream()
                  .mapToInt(Integer::intValue)
                  .toArray());
        }

        @Override
        public void close() {}
      };
    }
  }

  private Fakes() {}

  /** A registry with an engine, and the toy's parts in bundles of version 1.0.0. */
  public static TrackedParts registry() {
    TrackedParts registry = new TrackedParts();
    registry.bind(
        reference(
            1, bundle("fake.engine", "1.0.0"), QuantumEngine.class, Map.of(Part.NAME, "fake")),
        new Engine());
    add(registry, 2, "fake.encoding", "1.0.0", Encoding.class, "turn", new Turn());
    add(registry, 3, "fake.ansatz", "1.0.0", Ansatz.class, "layers", new Layers());
    add(registry, 4, "fake.model", "1.0.0", GenerativeModelFactory.class, "toy", new ToyFactory());
    add(registry, 5, "fake.data", "1.0.0", DatasetProvider.class, "digits", new ToyData());
    return registry;
  }

  public static ServiceReference<?> add(
      TrackedParts registry,
      long id,
      String bundle,
      String version,
      Class<?> type,
      String name,
      Object service) {
    ServiceReference<?> reference =
        reference(id, bundle(bundle, version), type, Map.of(Part.NAME, name));
    registry.bind(reference, service);
    return reference;
  }

  /** Registers a service again, or one more. */
  public static void bind(TrackedParts registry, ServiceReference<?> reference, Object service) {
    registry.bind(reference, service);
  }

  /** Unregisters a service. */
  public static void unbind(TrackedParts registry, ServiceReference<?> reference) {
    registry.unbind(reference);
  }

  /** A registry of nothing. */
  public static TrackedParts empty() {
    return new TrackedParts();
  }

  public static ServiceReference<?> reference(
      long id, Bundle bundle, Class<?> type, Map<String, Object> more) {
    Map<String, Object> properties = new LinkedHashMap<>(more);
    properties.put(Constants.SERVICE_ID, id);
    properties.put(Constants.OBJECTCLASS, new String[] {type.getName()});
    return (ServiceReference<?>)
        Proxy.newProxyInstance(
            Fakes.class.getClassLoader(),
            new Class<?>[] {ServiceReference.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "getBundle" -> bundle;
                  case "getProperty" -> properties.get(arguments[0]);
                  case "equals" -> proxy == arguments[0];
                  case "hashCode" -> System.identityHashCode(proxy);
                  default -> throw new UnsupportedOperationException(method.getName());
                });
  }

  public static Bundle bundle(String name, String version) {
    return bundle(name, version, Map.of("a/b/Code.class", version, "META-INF/MANIFEST.MF", name));
  }

  /** A bundle with a number. */
  public static Bundle bundle(String name, String version, long id) {
    return bundle(name, version, id, Map.of("a/b/Code.class", version));
  }

  /** A bundle with files of some texts. */
  public static Bundle bundle(String name, String version, Map<String, String> files) {
    return bundle(name, version, 1, files);
  }

  private static Bundle bundle(String name, String version, long id, Map<String, String> files) {
    return (Bundle)
        Proxy.newProxyInstance(
            Fakes.class.getClassLoader(),
            new Class<?>[] {Bundle.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "getSymbolicName" -> name;
                  case "getLocation" -> "test:" + name;
                  case "getBundleId" -> id;
                  case "getVersion" -> Version.parseVersion(version);
                  case "getEntryPaths" -> children((String) arguments[0], files);
                  case "getEntry" -> url(files.get(arguments[0]));
                  default -> throw new UnsupportedOperationException(method.getName());
                });
  }

  private static java.util.Enumeration<String> children(String folder, Map<String, String> files) {
    String prefix = folder.equals("/") ? "" : folder;
    return Collections.enumeration(
        files.keySet().stream()
            .filter(f -> f.startsWith(prefix))
            .map(
                f -> {
                  int slash = f.indexOf('/', prefix.length());
                  return slash < 0 ? f : f.substring(0, slash + 1);
                })
            .distinct()
            .toList());
  }

  @SuppressWarnings("deprecation") // The constructor of Java 17 that takes a handler.
  private static URL url(String content) throws MalformedURLException {
    return new URL(
        "memory",
        "",
        -1,
        "/",
        new URLStreamHandler() {
          @Override
          protected URLConnection openConnection(URL url) {
            return new URLConnection(url) {
              @Override
              public void connect() {}

              @Override
              public InputStream getInputStream() {
                return new ByteArrayInputStream(content.getBytes(StandardCharsets.UTF_8));
              }
            };
          }
        });
  }
}
