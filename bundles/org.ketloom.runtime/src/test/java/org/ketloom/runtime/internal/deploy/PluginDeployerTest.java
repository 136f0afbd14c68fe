package org.ketloom.runtime.internal.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Hashtable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.felix.framework.FrameworkFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.ketloom.api.circuit.Angles;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.error.HasRemedies;
import org.ketloom.api.error.Remedy;
import org.ketloom.api.part.Ansatz;
import org.ketloom.api.part.Part;
import org.ketloom.api.part.PartKind;
import org.ketloom.api.part.PartKindProvider;
import org.ketloom.runtime.deploy.Deployment;
import org.ketloom.runtime.deploy.Notice;
import org.ketloom.runtime.deploy.Plugin;
import org.ketloom.runtime.deploy.PluginStatus;
import org.ketloom.runtime.internal.parts.PartGate;
import org.ketloom.runtime.internal.parts.TrackedParts;
import org.ketloom.runtime.parts.Leases;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.launch.Framework;

/** The deployer in a framework of its own, which looks at the folder when a test says so. */
@Timeout(60)
class PluginDeployerTest {

  /** Runs that hold bundles by name and version. */
  private static final class FakeLeases implements Leases {
    final List<String> held = new CopyOnWriteArrayList<>();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

    @Override
    public List<String> holders(String bundle, String version, String sha256) {
      return held.contains(bundle + " " + version) ? List.of("run runs/a") : List.of();
    }

    @Override
    public List<String> live() {
      return held.isEmpty() ? List.of() : List.of("run runs/a");
    }

    @Override
    public void addListener(Runnable listener) {
      listeners.add(listener);
    }

    @Override
    public void removeListener(Runnable listener) {
      listeners.remove(listener);
    }

    void end() {
      held.clear();
      listeners.forEach(Runnable::run);
    }
  }

  /** Ansatz whose options can't be read. */
  public record Stuck(int depth) implements Ansatz {

    /** The defaults. */
    public Stuck() {
      this(1);
    }

    @Override
    public int depth() {
      while (!Thread.currentThread().isInterrupted()) {
        LockSupport.parkNanos(1_000_000_000);
      }
      return depth;
    }

    @Override
    public List<Integer> angleShape(int wires, int layers) {
      return List.of(layers, wires);
    }

    @Override
    public void append(CircuitBuilder circuit, int layers, Angles angles) {}

    /** Registers it. */
    public static final class Activator implements BundleActivator {
      @Override
      public void start(BundleContext context) {
        context.registerService(
            Ansatz.class, new Stuck(), new Hashtable<>(Map.of(Part.NAME, "stuck")));
      }

      @Override
      public void stop(BundleContext context) {}
    }
  }

  /** Runs out of the stack when it starts. */
  public static final class Recursive implements BundleActivator {
    @Override
    public void start(BundleContext context) {
      if (context != null) {
        start(context);
      }
    }

    @Override
    public void stop(BundleContext context) {}
  }

  /** Runs out of memory when it starts. */
  public static final class Greedy implements BundleActivator {
    @Override
    public void start(BundleContext context) {
      // More than any virtual machine gives, so that none has to look for it.
      long[] much = new long[Integer.MAX_VALUE];
      much[0] = 1;
    }

    @Override
    public void stop(BundleContext context) {}
  }

  /** Doesn't return from {@code stop()} before somebody lets it. */
  public static final class Clinging implements BundleActivator {
    static final CountDownLatch END = new CountDownLatch(1);

    @Override
    public void start(BundleContext context) {}

    @Override
    public void stop(BundleContext context) {
      boolean over = false;
      while (!over) {
        try {
          END.await();
          over = true;
        } catch (InterruptedException e) {
          // It clings on.
        }
      }
    }
  }

  /** A kind of parts that the platform doesn't know. */
  public interface Custom extends Part {
    PartKind KIND = new PartKind("custom", Custom.class);
  }

  /** One of them, without options. */
  public record Plain() implements Custom {}

  /** Gives its context away, for what registers services later. */
  public static final class Later implements BundleActivator {
    static volatile BundleContext context;

    @Override
    public void start(BundleContext started) {
      context = started;
    }

    @Override
    public void stop(BundleContext stopped) {}
  }

  @TempDir Path folder;
  private final FakeLeases leases = new FakeLeases();
  private final Map<String, String> properties = new Hashtable<>();
  private final List<Consumer<String>> told = new CopyOnWriteArrayList<>();
  private Path plugins;
  private Framework framework;
  private TrackedParts parts;
  private PluginDeployer deployer;

  @BeforeEach
  void folders() throws IOException {
    plugins = Files.createDirectory(folder.resolve("plugins"));
    properties.putAll(
        Map.of(
            Constants.FRAMEWORK_STORAGE,
            folder.resolve("framework").toString(),
            Constants.FRAMEWORK_SYSTEMPACKAGES_EXTRA,
            "org.ketloom.api.circuit,org.ketloom.api.part,org.ketloom.runtime.internal.deploy",
            "felix.log.level",
            "0",
            "ketloom.plugins",
            plugins.toString(),
            "ketloom.conf",
            folder.toString(),
            "deploy.limit",
            "600",
            "deploy.patience",
            "300",
            "deploy.poll",
            "3600000"));
  }

  private void start() throws Exception {
    if (framework == null) {
      framework = new FrameworkFactory().newFramework(properties);
      framework.start();
      framework.getBundleContext().registerService(Leases.class, leases, null);
    }
    parts = new TrackedParts(framework.getBundleContext());
    deployer = new PluginDeployer(framework.getBundleContext(), parts, parts, this::step);
    deployer.awaitPlugins();
  }

  @AfterEach
  void stop() throws Exception {
    if (framework != null) {
      deployer.close();
      parts.close();
      framework.stop();
      framework.waitForStop(10_000);
    }
  }

  private Path jar(String file, String bundle, String version, String content) throws IOException {
    return jar(folder.resolve(file), bundle, version, Map.of("X-Content", content));
  }

  private static Path jar(
      Path target, String bundle, String version, Map<String, String> more, Class<?>... classes)
      throws IOException {
    Manifest manifest = new Manifest();
    Attributes headers = manifest.getMainAttributes();
    headers.put(Attributes.Name.MANIFEST_VERSION, "1.0");
    headers.putValue(Constants.BUNDLE_MANIFESTVERSION, "2");
    headers.putValue(Constants.BUNDLE_SYMBOLICNAME, bundle);
    headers.putValue(Constants.BUNDLE_VERSION, version);
    more.forEach(headers::putValue);
    try (OutputStream out = Files.newOutputStream(target);
        JarOutputStream jar = new JarOutputStream(out)) {
      jar.putNextEntry(new JarEntry("META-INF/MANIFEST.MF"));
      manifest.write(jar);
      for (Class<?> type : classes) {
        String name = type.getName().replace('.', '/') + ".class";
        jar.putNextEntry(new JarEntry(name));
        try (InputStream in = type.getClassLoader().getResourceAsStream(name)) {
          in.transferTo(jar);
        }
      }
    }
    return target;
  }

  private void drop(String file, String bundle, String version, String content) throws IOException {
    jar(plugins.resolve(file), bundle, version, Map.of("X-Content", content));
    deployer.lookNow();
  }

  private void delete(String file) throws IOException {
    Files.delete(plugins.resolve(file));
    deployer.lookNow();
  }

  private List<String> current() {
    return deployer.plugins().stream()
        .filter(p -> p.state() == PluginStatus.State.CURRENT)
        .map(PluginStatus::name)
        .sorted()
        .toList();
  }

  private String refusal(String nameOrFile) {
    return deployer.plugins().stream()
        .filter(p -> p.state() == PluginStatus.State.REFUSED)
        .filter(p -> p.file().equals(nameOrFile) || p.name().equals(nameOrFile))
        .map(PluginStatus::detail)
        .findFirst()
        .orElse(null);
  }

  private List<String> bundles() {
    return Arrays.stream(framework.getBundleContext().getBundles())
        .filter(b -> b.getLocation().startsWith(PartGate.TRIAL))
        .filter(b -> b.getState() == Bundle.ACTIVE)
        .map(b -> b.getSymbolicName() + " " + b.getVersion())
        .sorted()
        .toList();
  }

  private Bundle bundle(String name) {
    return Arrays.stream(framework.getBundleContext().getBundles())
        .filter(b -> name.equals(b.getSymbolicName()))
        .findFirst()
        .orElseThrow();
  }

  private void await(BooleanSupplier good) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!good.getAsBoolean()) {
      assertTrue(System.nanoTime() < end, () -> deployer.plugins() + ", bundles " + bundles());
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  private void awaitCurrent(String... names) throws InterruptedException {
    await(() -> current().equals(List.of(names)));
  }

  private String awaitRefusal(String nameOrFile) throws InterruptedException {
    await(() -> refusal(nameOrFile) != null);
    return refusal(nameOrFile);
  }

  private void step(String name) {
    told.forEach(listener -> listener.accept(name));
  }

  private void onStep(Consumer<String> listener) {
    told.add(listener);
  }

  // ---- files

  @Test
  void aFileIsOnePlugins() throws Exception {
    start();
    drop("ladder.jar", "ladder", "1.4.0", "");
    awaitCurrent("ladder 1.4.0");
    drop("ladder.jar", "ladder", "2.0.0", "");
    awaitCurrent("ladder 2.0.0");
    drop("ladder.jar", "other", "1.0.0", "");
    awaitCurrent("other 1.0.0");
    List<Deployment> all = deployer.deployments();
    assertEquals("other 1.0.0 instead of ladder 2.0.0", all.get(all.size() - 1).reason());
    delete("ladder.jar");
    awaitCurrent();
  }

  @Test
  void removingAPluginLeavesAFileWithOtherContent() throws Exception {
    DeploymentStore store = new DeploymentStore(plugins.resolve(".deployments"), step -> {});
    Path file = jar(plugins.resolve("ladder.jar"), "ladder", "2.0.0", Map.of());
    Path old = jar("old.jar", "ladder", "1.4.0", "");
    Plugin first = plugin(store, old, "ladder", "1.4.0", "ladder.jar");
    Plugin second = plugin(store, file, "ladder", "2.0.0", "ladder.jar");
    store.commit(
        before ->
            new Deployment(
                0, null, "", List.of(first, second), Map.of("ladder.jar", second.sha256())));
    start();
    awaitCurrent("ladder 1.4.0", "ladder 2.0.0");
    deployer.remove("ladder 1.4.0");
    assertEquals(List.of("ladder 2.0.0"), current());
    assertTrue(Files.exists(file));
  }

  private static Plugin plugin(
      DeploymentStore store, Path jar, String bundle, String version, String file)
      throws IOException {
    String hash = DeploymentStore.hash(jar);
    store.keep(jar, hash);
    return new Plugin(bundle, version, hash, file, List.of());
  }

  @Test
  void ofSeveralFilesAtFirstTheHighestVersionIsCurrent() throws Exception {
    for (String version : List.of("1.9.0", "1.10.0", "1.2.0")) {
      jar(plugins.resolve("x-" + version + ".jar"), "x", version, Map.of());
    }
    Files.writeString(plugins.resolve("a.jar"), "no jar");
    start();
    assertEquals(List.of("x 1.10.0"), current());
    assertTrue(awaitRefusal("a.jar").contains("is not a whole jar"));
  }

  // ---- leaving

  @Test
  void whatLeavesIsThereForItsGraceWhateverEndsMeanwhile() throws Exception {
    start();
    AtomicLong left = new AtomicLong();
    AtomicLong retired = new AtomicLong();
    deployer.add(jar("a.jar", "a", "1.0.0", ""));
    onStep(
        step -> {
          if (step.equals("admitted deployment 2")) {
            left.set(System.nanoTime());
            leases.end();
          } else if (step.equals("retired a 1.0.0")) {
            retired.set(System.nanoTime());
          }
        });
    deployer.add(jar("a2.jar", "a", "1.1.0", ""));
    deployer.awaitPlugins();
    await(() -> retired.get() != 0);
    long millis = TimeUnit.NANOSECONDS.toMillis(retired.get() - left.get());
    assertTrue(millis >= 150, millis + " ms");
  }

  @Test
  void aVersionWithOtherContentIsTakenWhenNobodyHoldsTheFirst() throws Exception {
    start();
    deployer.add(jar("a.jar", "a", "1.0.0", ""));
    deployer.remove("a");
    deployer.add(jar("other.jar", "a", "1.0.0", "other"));
    assertEquals(List.of("a 1.0.0"), current());
    assertEquals("other", bundle("a").getHeaders().get("X-Content"));
  }

  @Test
  void whatWasRefusedForARunIsTakenWhenThatEnds() throws Exception {
    start();
    deployer.add(jar("a.jar", "a", "1.0.0", ""));
    leases.held.add("a 1.0.0");
    deployer.remove("a");
    drop("other.jar", "a", "1.0.0", "other");
    String why = awaitRefusal("other.jar");
    assertTrue(why.contains("a 1.0.0 is still held with other content by run runs/a."), why);
    // All that happened until now has had its effect.
    deployer.awaitPlugins();
    assertEquals(why, refusal("other.jar"));
    leases.end();
    awaitCurrent("a 1.0.0");
    assertEquals("other", bundle("a").getHeaders().get("X-Content"));
  }

  @Test
  void whatWasRefusedForARivalIsTakenWhenThatIsGone() throws Exception {
    start();
    drop("a.jar", "a", "1.0.0", "");
    awaitCurrent("a 1.0.0");
    drop("other.jar", "a", "1.0.0", "other");
    String why = awaitRefusal("other.jar");
    assertTrue(why.contains("is deployed already with other content"), why);
    delete("a.jar");
    await(() -> refusal("other.jar") == null);
    awaitCurrent("a 1.0.0");
    assertEquals("other", bundle("a").getHeaders().get("X-Content"));
  }

  @Test
  void whatIsPutOnTheListIsTaken() throws Exception {
    properties.put("deploy.verify", "digest");
    start();
    drop("a.jar", "a", "1.0.0", "");
    assertTrue(awaitRefusal("a.jar").contains("can't be read"));
    Files.writeString(
        folder.resolve("allowed.sha256"), DeploymentStore.hash(plugins.resolve("a.jar")) + "\n");
    awaitCurrent("a 1.0.0");
  }

  // ---- back again

  @Test
  void whatARunHoldsStaysWhenItsReturnFails() throws Exception {
    start();
    Path jar = jar("a.jar", "a", "1.0.0", "");
    deployer.add(jar);
    leases.held.add("a 1.0.0");
    deployer.remove("a");
    // A folder with something in it is in the way of the file.
    Files.createDirectories(plugins.resolve("a-1.0.0.jar/something"));
    assertThrows(IOException.class, () -> deployer.add(jar));
    assertEquals(List.of("a 1.0.0"), bundles());
    assertEquals(
        List.of(PluginStatus.State.RETIRING),
        deployer.plugins().stream().map(PluginStatus::state).toList());
    leases.end();
    await(() -> bundles().isEmpty());
  }

  @Test
  void whatWasTakenAwayByHandIsNotCurrentAndComesBack() throws Exception {
    start();
    Path jar = jar("a.jar", "a", "1.0.0", "");
    Deployment first = deployer.add(jar);
    bundle("a").uninstall();
    String why = awaitRefusal("a 1.0.0");
    assertTrue(why.contains("uninstalled by hand"), why);
    deployer.add(jar);
    assertEquals(List.of("a 1.0.0"), current());
    assertEquals(List.of("a 1.0.0"), bundles());

    bundle("a").stop();
    await(() -> current().isEmpty());
    deployer.rollback(first.number());
    assertEquals(List.of("a 1.0.0"), current());
    assertEquals(List.of("a 1.0.0"), bundles());

    // Nor does it vanish when something else is added meanwhile.
    bundle("a").stop();
    deployer.add(jar("b.jar", "b", "1.0.0", ""));
    assertEquals(List.of("b 1.0.0"), current());
    bundle("a").start();
    awaitCurrent("a 1.0.0", "b 1.0.0");
  }

  // ---- faults

  @Test
  void optionsThatCannotBeReadInTimeAreRefused() throws Exception {
    start();
    jar(
        plugins.resolve("stuck.jar"),
        "stuck",
        "1.0.0",
        Map.of(
            Constants.BUNDLE_ACTIVATOR,
            Stuck.Activator.class.getName(),
            Constants.IMPORT_PACKAGE,
            "org.ketloom.api.circuit,org.ketloom.api.part,org.osgi.framework"),
        Stuck.class,
        Stuck.Activator.class);
    deployer.lookNow();
    String why = awaitRefusal("stuck.jar");
    assertTrue(why.contains("ansatz \"stuck\": reading its options didn't return within 600"), why);
    await(() -> bundles().isEmpty());
  }

  @Test
  void anErrorInATrialIsARefusalAndTheDeployerGoesOn() throws Exception {
    start();
    for (Error error :
        List.of(new StackOverflowError("too deep"), new NoClassDefFoundError("some/Missing"))) {
      String name = error instanceof LinkageError ? "linkage" : "stack";
      onStep(
          step -> {
            if (step.equals("checked " + name + " 1.0.0")) {
              throw error;
            }
          });
      drop(name + ".jar", name, "1.0.0", "");
      String why = awaitRefusal(name + ".jar");
      assertTrue(why.contains(error.toString()), why);
      assertEquals(List.of(), bundles());
      assertTrue(deployer.why(name).get(0).text().contains(error.toString()));
    }
  }

  @Test
  void anErrorDoesNotEndTheLookAtWhatOthersDeploy() throws Exception {
    start();
    onStep(
        step -> {
          if (step.equals("checked a 1.0.0")) {
            throw new StackOverflowError("too deep");
          }
        });
    DeploymentStore store = new DeploymentStore(plugins.resolve(".deployments"), step -> {});
    Plugin a = plugin(store, jar("a.jar", "a", "1.0.0", ""), "a", "1.0.0", "");
    Plugin b = plugin(store, jar("b.jar", "b", "1.0.0", ""), "b", "1.0.0", "");
    store.commit(before -> new Deployment(0, null, "", List.of(a), Map.of()));
    assertTrue(awaitRefusal("a 1.0.0").contains("too deep"));
    store.commit(before -> new Deployment(0, null, "", List.of(b), Map.of()));
    awaitCurrent("b 1.0.0");
    assertEquals(List.of("b 1.0.0"), bundles());
  }

  private Path active(String name, Class<? extends BundleActivator> activator) throws IOException {
    return jar(
        folder.resolve(name + ".jar"),
        name,
        "1.0.0",
        Map.of(
            Constants.BUNDLE_ACTIVATOR,
            activator.getName(),
            Constants.IMPORT_PACKAGE,
            "org.ketloom.runtime.internal.deploy,org.osgi.framework"));
  }

  private String refused(Path jar) {
    return assertThrows(IllegalStateException.class, () -> deployer.add(jar)).getMessage();
  }

  @Test
  void whatAnActivatorRunsOutOfIsTold() throws Exception {
    start();
    String stack = refused(active("recursive", Recursive.class));
    assertTrue(
        stack.contains(
            "its activator "
                + Recursive.class.getName()
                + " in start() threw java.lang.StackOverflowError (calls that never end) at "),
        stack);
    String memory = refused(active("greedy", Greedy.class));
    assertTrue(memory.contains(" in start() threw java.lang.OutOfMemoryError: "), memory);
    assertTrue(memory.contains(" MB that Java may use, -Xmx) at "), memory);
    assertEquals(List.of(), bundles());
  }

  @Test
  void whatCanBeDoneAboutAJarIsKeptWithItsRefusal() throws Exception {
    start();
    Path bare = folder.resolve("bare.jar");
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(bare))) {
      out.putNextEntry(new JarEntry("a.txt"));
    }
    List<Remedy> remedies = List.of(new Remedy.NewPlugin());
    assertEquals(
        remedies,
        HasRemedies.of(assertThrows(IllegalStateException.class, () -> deployer.add(bare))));
    assertEquals(remedies, deployer.why("bare.jar").get(0).remedies());
    deployer.close();
    parts.close();
    start();
    assertEquals(remedies, deployer.why("bare.jar").get(0).remedies());
  }

  @Test
  void classesOfANewerJavaAreToldBeforeAnythingRuns() throws Exception {
    start();
    int feature = Runtime.version().feature();
    byte[] newer = new byte[64];
    newer[0] = (byte) 0xCA;
    newer[1] = (byte) 0xFE;
    newer[2] = (byte) 0xBA;
    newer[3] = (byte) 0xBE;
    newer[7] = (byte) (feature + 2 + 44);
    Path jar = folder.resolve("newer.jar");
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
      out.putNextEntry(new JarEntry("META-INF/MANIFEST.MF"));
      out.write(
          "Manifest-Version: 1.0\nBundle-ManifestVersion: 2\nBundle-SymbolicName: newer\n"
              .getBytes(java.nio.charset.StandardCharsets.UTF_8));
      out.putNextEntry(new JarEntry("META-INF/versions/99/a/Multi.class"));
      out.write(newer);
      out.putNextEntry(new JarEntry("a/Newer.class"));
      out.write(newer);
    }
    String why = refused(jar);
    assertEquals(
        "newer.jar: class a.Newer is compiled for Java "
            + (feature + 2)
            + ", this is Java "
            + feature
            + ". Compile the plugin with --release "
            + feature
            + ", or run Ketloom with Java "
            + (feature + 2)
            + " or newer",
        why);
  }

  @Test
  void aPluginThatDoesNotStopIsToldAndNobodyWaitsForIt() throws Exception {
    start();
    deployer.add(active("clinging", Clinging.class));
    deployer.remove("clinging");
    deployer.awaitPlugins();
    await(() -> deployer.plugins().size() == 1);
    PluginStatus status = deployer.plugins().get(0);
    assertEquals(PluginStatus.State.STUCK, status.state());
    assertEquals("clinging 1.0.0", status.name());
    assertTrue(status.detail().contains("doesn't return from stop()"), status.detail());
    // The others come and go as ever.
    deployer.add(jar("other.jar", "other", "1.0.0", ""));
    assertEquals(List.of("other 1.0.0"), current());
    Clinging.END.countDown();
    await(() -> deployer.plugins().size() == 1);
    assertEquals(List.of("other 1.0.0"), current());
  }

  @Test
  void packagesThatClashAreToldAndNothingIsStarted() throws Exception {
    start();
    List<String> started = new CopyOnWriteArrayList<>();
    onStep(step -> started.add(step));
    for (String version : List.of("1.0.0", "2.0.0")) {
      install("base" + version, "Export-Package", "base;version=" + version);
    }
    install(
        "user", "Export-Package", "user;uses:=base", "Import-Package", "base;version=\"[1,2)\"");
    Path jar =
        jar(
            folder.resolve("clash.jar"),
            "clash",
            "1.0.0",
            Map.of(
                Constants.IMPORT_PACKAGE,
                "user,base;version=\"[2,3)\",org.ketloom.runtime.internal.deploy,org.osgi.framework",
                Constants.BUNDLE_ACTIVATOR,
                Later.class.getName()));
    Later.context = null;
    String why = refused(jar);
    assertTrue(why.startsWith("clash 1.0.0 doesn't resolve: "), why);
    assertTrue(why.contains("base"), why);
    assertEquals(null, Later.context);
  }

  private void install(String name, String... headers) throws Exception {
    Map<String, String> more = new TreeMap<>();
    for (int i = 0; i < headers.length; i += 2) {
      more.put(headers[i], headers[i + 1]);
    }
    Path jar = jar(folder.resolve(name + ".jar"), name, "1.0.0", more);
    framework.getBundleContext().installBundle(jar.toUri().toString());
  }

  @Test
  void aLatePartOfAnUnknownKindIsTriedAgainWhenTheKindComes() throws Exception {
    start();
    deployer.add(active("later", Later.class));
    Later.context.registerService(
        Custom.class, new Plain(), new Hashtable<>(Map.of(Part.NAME, "plain")));
    await(() -> deployer.plugins().get(0).detail().contains("no kind of parts has the service"));
    assertEquals(List.of(), parts.parts());
    PartKindProvider provider = () -> Custom.KIND;
    framework
        .getBundleContext()
        .registerService(PartKindProvider.class, provider, new Hashtable<>());
    // It is known now, and is checked as far as that is possible here.
    await(() -> deployer.plugins().get(0).detail().contains("no quantum engine is registered"));
  }

  @Test
  void beforeAnybodyAsksNothingRunsAndTheStoreTells() throws Exception {
    properties.put("deploy.begin", "when-asked");
    start();
    deployer.add(jar("a.jar", "a", "1.0.0", ""));
    deployer.close();
    parts.close();
    Files.writeString(plugins.resolve("bad.jar"), "no jar");
    Files.copy(active("later", Later.class), plugins.resolve("later.jar"));
    Later.context = null;
    parts = new TrackedParts(framework.getBundleContext());
    deployer = new PluginDeployer(framework.getBundleContext(), parts, parts, this::step);
    assertEquals(
        List.of("CURRENT a 1.0.0", "PENDING bad.jar", "PENDING later.jar"),
        deployer.plugins().stream().map(p -> p.state() + " " + p.name()).toList());
    assertTrue(deployer.why("bad.jar").get(0).text().contains("hasn't been checked yet"));
    deployer.remove("a");
    assertEquals(2, deployer.plugins().size());
    assertEquals(null, Later.context);
    deployer.awaitPlugins();
    assertEquals(List.of("later 1.0.0"), current());
    assertTrue(refusal("bad.jar").contains("not a whole jar"));
  }

  /** Adds or removes a plugin, or goes back. */
  private interface Verb {
    void run() throws IOException, InterruptedException;
  }

  private Map<String, Verb> verbs() throws IOException {
    Path jar = jar("a2.jar", "a", "1.1.0", "");
    Map<String, Verb> verbs = new LinkedHashMap<>();
    verbs.put("add", () -> deployer.add(jar));
    verbs.put(
        "drop",
        () -> {
          Files.copy(jar, plugins.resolve("dropped.jar"));
          deployer.lookNow();
          deployer.awaitPlugins();
        });
    verbs.put("remove", () -> deployer.remove("a"));
    verbs.put(
        "delete",
        () -> {
          delete("a-1.0.0.jar");
          deployer.awaitPlugins();
        });
    verbs.put("rollback", () -> deployer.rollback(0));
    return verbs;
  }

  private void startWith(Path jar) throws Exception {
    Files.createDirectories(plugins);
    start();
    deployer.add(jar);
    assertEquals(List.of("a 1.0.0"), current());
  }

  /** Ends the container, and forgets all that was deployed. */
  private void forget() throws Exception {
    stop();
    framework = null;
    try (Stream<Path> files = Files.walk(plugins)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /** The hash of each file in the folder of plugins and of its store, but the lock. */
  private Map<String, String> files(boolean temporary) throws IOException {
    Map<String, String> found = new TreeMap<>();
    try (Stream<Path> files = Files.walk(plugins)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = plugins.relativize(file).toString();
        if (name.endsWith(".tmp") == temporary && !name.endsWith("/lock")) {
          found.put(name, DeploymentStore.hash(file));
        }
      }
    }
    return found;
  }

  /** That a process can be killed between any two changes on disk: a step is told after each. */
  @Test
  void betweenTwoStepsNoMoreThanOneFileChanges() throws Exception {
    Path jar = jar("a.jar", "a", "1.0.0", "");
    for (Map.Entry<String, Verb> verb : verbs().entrySet()) {
      startWith(jar);
      List<String> steps = new CopyOnWriteArrayList<>();
      List<Map<String, String>> whole = new CopyOnWriteArrayList<>();
      List<Map<String, String>> temporary = new CopyOnWriteArrayList<>();
      Consumer<String> told =
          step -> {
            try {
              steps.add(step);
              whole.add(files(false));
              temporary.add(files(true));
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          };
      told.accept("before");
      onStep(told);
      verb.getValue().run();
      told.accept("after");
      for (int i = 1; i < steps.size(); i++) {
        String where = verb.getKey() + ", from " + steps.get(i - 1) + " to " + steps.get(i);
        // What a person copies or deletes comes before the first step.
        if (i > 1 || verb.getKey().matches("add|remove|rollback")) {
          assertTrue(changes(whole, i).size() <= 1, where + ": " + changes(whole, i));
        }
        assertTrue(changes(temporary, i).size() <= 1, where + ": " + changes(temporary, i));
      }
      assertEquals(Map.of(), temporary.get(steps.size() - 1), verb.getKey());
      assertTrue(steps.contains("switching to deployment 2"), verb.getKey() + ": " + steps);
      forget();
    }
  }

  private static Set<String> changes(List<Map<String, String>> states, int i) {
    Set<Map.Entry<String, String>> different = new HashSet<>(states.get(i).entrySet());
    different.removeAll(states.get(i - 1).entrySet());
    Set<Map.Entry<String, String>> gone = new HashSet<>(states.get(i - 1).entrySet());
    gone.removeAll(states.get(i).entrySet());
    different.addAll(gone);
    return different.stream().map(Map.Entry::getKey).collect(Collectors.toSet());
  }

  @Test
  void onAFullDiskWhatWasThereStays() throws Exception {
    Path jar = jar("a.jar", "a", "1.0.0", "");
    Map<String, Verb> verbs = verbs();
    verbs.keySet().removeAll(List.of("drop", "delete"));
    for (Map.Entry<String, Verb> verb : verbs.entrySet()) {
      for (String at : List.of("recording", "switching")) {
        String where = verb.getKey() + ", " + at;
        startWith(jar);
        Consumer<String> full = DeploymentStoreTest.fullAt(at);
        onStep(full);
        IOException failure = assertThrows(IOException.class, () -> verb.getValue().run(), where);
        assertTrue(failure.getMessage().contains("No space left on device"), failure.getMessage());
        assertEquals(List.of("a 1.0.0"), current(), where);
        assertEquals(List.of("a 1.0.0"), bundles(), where);
        assertEquals(1, deployer.deployments().size(), where);
        assertTrue(Files.exists(plugins.resolve("a-1.0.0.jar")), where);
        assertFalse(Files.exists(plugins.resolve("a-1.1.0.jar")), where);
        assertEquals(Map.of(), files(true), where);
        told.remove(full);
        verb.getValue().run();
        assertEquals(verb.getKey().equals("add") ? List.of("a 1.1.0") : List.of(), current());
        forget();
      }
    }
  }

  @Test
  void aResultThatCannotBeWrittenKeepsNothingOut() throws Exception {
    start();
    // What is there in the place of the folder of results is in the way.
    Files.createDirectories(plugins.resolve(".deployments"));
    Files.writeString(plugins.resolve(".deployments/verdicts"), "");
    deployer.add(jar("a.jar", "a", "1.0.0", ""));
    assertEquals(List.of("a 1.0.0"), current());
    Path bad = Files.writeString(folder.resolve("bad.jar"), "no jar");
    String why = assertThrows(IllegalStateException.class, () -> deployer.add(bad)).getMessage();
    assertTrue(why.startsWith("bad.jar is not a whole jar"), why);
    deployer.close();
    parts.close();
    // No result: it is checked again.
    start();
    assertEquals(List.of("a 1.0.0"), current());
  }

  @Test
  void anInterruptedDeploymentLeavesTheOldOne() throws Exception {
    Path jar = jar("a.jar", "a", "1.0.0", "");
    for (Map.Entry<String, Verb> verb : verbs().entrySet()) {
      if (verb.getKey().matches("add|remove|rollback")) {
        startWith(jar);
        onStep(
            step -> {
              if (step.equals("recorded deployment 2")) {
                Thread.currentThread().interrupt();
              }
            });
        assertThrows(IOException.class, () -> verb.getValue().run(), verb.getKey());
        assertEquals(List.of("a 1.0.0"), current(), verb.getKey());
        assertEquals(List.of("a 1.0.0"), bundles(), verb.getKey());
        assertTrue(Files.exists(plugins.resolve("a-1.0.0.jar")), verb.getKey());
        assertFalse(Files.exists(plugins.resolve("a-1.1.0.jar")), verb.getKey());
        assertEquals(1, deployer.deployments().size(), verb.getKey());
        forget();
      }
    }
  }

  @Test
  void aDiskThatIsFullForTheBundleSaysNothingOfTheJar() throws Exception {
    start();
    long next = framework.getBundleContext().getBundles().length;
    Path inTheWay =
        Files.writeString(folder.resolve("framework/bundle" + next), "where it would be kept");
    drop("a.jar", "a", "1.0.0", "");
    String why = awaitRefusal("a.jar");
    assertTrue(why.contains("a 1.0.0 can't be installed"), why);
    Files.deleteIfExists(inTheWay);
    deployer.close();
    parts.close();
    start();
    assertEquals(List.of("a 1.0.0"), current());
  }

  @Test
  void aFolderThatVanishesTakesNothingWithIt() throws Exception {
    start();
    deployer.add(jar("a.jar", "a", "1.0.0", ""));
    Path away = folder.resolve("away");
    Files.move(plugins, away);
    deployer.lookNow();
    deployer.awaitPlugins();
    assertEquals(List.of("a 1.0.0"), current());
    assertFalse(Files.exists(plugins));
    Files.move(away, plugins);
    deployer.add(jar("b.jar", "b", "1.0.0", ""));
    assertEquals(List.of("a 1.0.0", "b 1.0.0"), current());
  }

  // ---- waiting

  @Test
  void noCallWaitsForEver() throws Exception {
    properties.put("deploy.wait", "200");
    properties.put("deploy.launch", "200");
    start();
    CountDownLatch end = new CountDownLatch(1);
    CountDownLatch copied = new CountDownLatch(1);
    onStep(
        step -> {
          if (step.equals("copied slow.jar")) {
            copied.countDown();
            awaitQuietly(end);
          }
        });
    jar(plugins.resolve("slow.jar"), "slow", "1.0.0", Map.of());
    String busy = assertThrows(IllegalStateException.class, () -> deployer.lookNow()).getMessage();
    assertTrue(busy.endsWith(" ms with slow.jar; it goes on"), busy);
    awaitQuietly(copied);
    String why = assertThrows(IllegalStateException.class, () -> deployer.rollback(0)).getMessage();
    assertTrue(
        why.matches(
            "the deployer has been at work for longer than 200 ms, the last \\d+ ms with slow.jar;"
                + " what was asked for isn't done, and nothing has changed"),
        why);
    List<Notice> launch = deployer.awaitPlugins();
    assertEquals(1, launch.size());
    String notice = launch.get(0).text();
    assertTrue(notice.contains("are in, the last "), notice);
    assertTrue(notice.contains(" ms with slow.jar; they come in while"), notice);
    end.countDown();
    awaitCurrent("slow 1.0.0");
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void whatIsAskedForHasItsTurnBetweenTwoJars() throws Exception {
    start();
    deployer.add(jar("old.jar", "old", "1.0.0", ""));
    deployer.close();
    parts.close();
    for (String name : List.of("x", "y", "z")) {
      jar(plugins.resolve(name + ".jar"), name, "1.0.0", Map.of());
    }
    List<String> steps = new CopyOnWriteArrayList<>();
    CountDownLatch asked = new CountDownLatch(1);
    onStep(
        step -> {
          steps.add(step);
          if (step.equals("copied x.jar")) {
            awaitQuietly(asked);
          }
        });
    parts = new TrackedParts(framework.getBundleContext());
    deployer = new PluginDeployer(framework.getBundleContext(), parts, parts, this::step);
    await(() -> steps.contains("copied x.jar"));
    Thread asker =
        new Thread(
            () -> {
              try {
                deployer.remove("old");
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
    asker.start();
    await(() -> asker.getState() == Thread.State.TIMED_WAITING);
    asked.countDown();
    asker.join();
    deployer.awaitPlugins();
    assertEquals(List.of("x 1.0.0", "y 1.0.0", "z 1.0.0"), current());
    int removed = steps.indexOf("took out old-1.0.0.jar");
    assertTrue(removed >= 0 && removed < steps.indexOf("copied z.jar"), steps.toString());
  }

  // ---- names that are Ketloom's

  @Test
  void aNameOfKetloomsOwnNeedsSomebodyWhoVouchesForIt() throws Exception {
    start();
    Path jar = jar("own.jar", "org.ketloom.ansatz.own", "9.0.0", "");
    String why = assertThrows(IllegalStateException.class, () -> deployer.add(jar)).getMessage();
    assertTrue(why.contains("has a name of Ketloom's own bundles, org.ketloom.*, and"), why);
    deployer.add(jar("other.jar", "org.ketlooms", "9.0.0", ""));
    deployer.close();
    parts.close();
    framework.stop();
    framework.waitForStop(10_000);
    framework = null;
    properties.put("deploy.verify", "digest");
    Files.writeString(
        folder.resolve("allowed.sha256"),
        DeploymentStore.hash(jar)
            + "\n"
            + DeploymentStore.hash(folder.resolve("other.jar"))
            + "\n");
    start();
    deployer.add(jar);
    assertEquals(List.of("org.ketloom.ansatz.own 9.0.0", "org.ketlooms 9.0.0"), current());
  }

  // ---- a damaged store

  @Test
  void rollbackGoesBackFromADeploymentThatIsMissing() throws Exception {
    start();
    int first = deployer.add(jar("a.jar", "a", "1.0.0", "")).number();
    deployer.add(jar("a2.jar", "a", "1.1.0", ""));
    deployer.close();
    parts.close();
    Files.delete(plugins.resolve(".deployments/00000002.json"));
    start();
    String why = awaitRefusal("the folder " + plugins);
    assertTrue(why.endsWith("00000002.json is missing"), why);
    assertEquals(List.of(first), deployer.deployments().stream().map(Deployment::number).toList());
    // Trying again doesn't hide it.
    Path other = jar("other.jar", "other", "1.0.0", "");
    framework.getBundleContext().installBundle(other.toUri().toString()).start();
    TimeUnit.MILLISECONDS.sleep(20);
    deployer.awaitPlugins();
    assertEquals(why, refusal("the folder " + plugins));
    // Nothing is taken on the ground of a deployment that nobody can read.
    String add =
        assertThrows(IOException.class, () -> deployer.add(folder.resolve("a2.jar"))).getMessage();
    assertTrue(add.contains("is missing"), add);
    Deployment back = deployer.rollback(first);
    assertEquals(3, back.number());
    assertEquals(List.of("a 1.0.0"), current());
    // The file of the newer one is still there, and known.
    deployer.lookNow();
    deployer.awaitPlugins();
    assertEquals(List.of("a 1.0.0"), current());
    assertEquals(null, refusal("the folder " + plugins));
    assertFalse(Objects.equals("", back.reason()));
  }
}
