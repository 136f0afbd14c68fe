package org.ketloom.runtime.internal.parts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.ketloom.api.circuit.Angles;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.engine.Program;
import org.ketloom.api.engine.QuantumEngine;
import org.ketloom.api.part.Ansatz;
import org.ketloom.api.part.Encoding;
import org.ketloom.api.part.Option;
import org.ketloom.api.part.Part;
import org.ketloom.api.part.PartKind;
import org.ketloom.api.part.PartKindProvider;
import org.ketloom.runtime.parts.RegisteredPart;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceEvent;
import org.osgi.framework.ServiceListener;
import org.osgi.framework.ServiceReference;

class TrackedPartsTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  private final TrackedParts registry = Fakes.registry();

  @Test
  void aSnapshotStaysAsItIsWhenPartsComeAndGo() {
    List<RegisteredPart> before = registry.parts();
    ServiceReference<?> reference =
        Fakes.add(registry, 9, "more", "1.0.0", Encoding.class, "another", new Fakes.Turn());
    assertEquals(5, before.size());
    assertEquals(6, registry.parts().size());
    registry.unbind(reference);
    assertEquals(before, registry.parts());
    assertThrows(UnsupportedOperationException.class, () -> registry.parts().clear());
  }

  @Test
  void theHighestVersionIsTheFirstChoiceThenTheLowestServiceId() {
    Fakes.add(registry, 12, "b", "1.10.0", Encoding.class, "turn", new Fakes.Turn());
    Fakes.add(registry, 11, "c", "1.10.0", Encoding.class, "turn", new Fakes.Turn());
    Fakes.add(registry, 13, "d", "1.9.0", Encoding.class, "turn", new Fakes.Turn());
    assertEquals(
        List.of(11L, 12L, 13L, 2L),
        registry.parts(Encoding.KIND).stream().map(RegisteredPart::serviceId).toList());
    assertEquals(11, registry.find(Encoding.KIND, "turn", "").orElseThrow().serviceId());
    assertEquals(13, registry.find(Encoding.KIND, "turn", "[1.1,1.10)").orElseThrow().serviceId());
    // Nobody can ask for the second of two with one name and version.
    assertEquals(
        List.of(
            "encoding \"turn\" 1.10.0 of bundle b is hidden by that of bundle c, which has the same"
                + " name and version; give one of them another"),
        registry.hidden());
    assertTrue(registry.find(Encoding.KIND, "turn", "2").isEmpty());
    assertTrue(registry.find(Ansatz.KIND, "turn", "").isEmpty());
    assertThrows(IllegalArgumentException.class, () -> registry.find(Encoding.KIND, "turn", "[1,"));
  }

  @Test
  void whatIsRetiredComesLast() {
    Bundle leaving = Fakes.bundle("b", "1.10.0", 40);
    ServiceReference<?> reference =
        Fakes.reference(12, leaving, Encoding.class, Map.of(Part.NAME, "turn"));
    registry.bind(reference, new Fakes.Turn());
    assertEquals(12, registry.find(Encoding.KIND, "turn", "").orElseThrow().serviceId());
    registry.admit(List.of(), List.of(), List.of(leaving), LIMIT);
    assertEquals(2, registry.find(Encoding.KIND, "turn", "").orElseThrow().serviceId());
    assertEquals(12, registry.find(Encoding.KIND, "turn", "1.1").orElseThrow().serviceId());
    registry.admit(List.of(), List.of(leaving), List.of(), LIMIT);
    assertEquals(12, registry.find(Encoding.KIND, "turn", "").orElseThrow().serviceId());
  }

  @Test
  void whatIsHiddenIsOutUntilItIsShown() {
    Bundle bundle = Fakes.bundle("b", "1.10.0", 40);
    registry.bind(
        Fakes.reference(12, bundle, Encoding.class, Map.of(Part.NAME, "turn")), new Fakes.Turn());
    registry.bind(
        Fakes.reference(13, bundle, QuantumEngine.class, Map.of(Part.NAME, "more")),
        new NoEngine());
    RegisteredPart part = registry.find(Encoding.KIND, "turn", "").orElseThrow();
    registry.hide(bundle);
    assertEquals(2, registry.find(Encoding.KIND, "turn", "").orElseThrow().serviceId());
    assertEquals(List.of(1L), engines());
    // Who found it before still learns where it came from.
    assertEquals("1.10.0", registry.identity(part).version());
    assertEquals(64, registry.identity(part).sha256().length());
    registry.show(bundle);
    assertSame(part, registry.find(Encoding.KIND, "turn", "").orElseThrow());
    assertEquals(List.of(13L, 1L), engines());
  }

  /** A framework that tells of services, and counts who asks for their objects. */
  private static final class Framework {
    private final Object service;
    final Map<String, String> properties = new HashMap<>();
    private ServiceListener tracker;
    private volatile int asked;
    private Runnable whenAsked = () -> {};

    Framework(Object service) {
      this.service = service;
    }

    BundleContext context() {
      return (BundleContext)
          Proxy.newProxyInstance(
              Framework.class.getClassLoader(),
              new Class<?>[] {BundleContext.class},
              (proxy, method, arguments) ->
                  switch (method.getName()) {
                    case "addServiceListener" -> {
                      tracker = (ServiceListener) arguments[0];
                      yield null;
                    }
                    case "getServiceReferences", "removeServiceListener" -> null;
                    case "getService" -> {
                      asked++;
                      whenAsked.run();
                      yield service;
                    }
                    case "ungetService" -> true;
                    case "getProperty" -> properties.get((String) arguments[0]);
                    default -> throw new UnsupportedOperationException(method.getName());
                  });
    }

    void tell(int type, ServiceReference<?> reference) {
      tracker.serviceChanged(new ServiceEvent(type, reference));
    }
  }

  private static Bundle at(String location, Bundle bundle) {
    return (Bundle)
        Proxy.newProxyInstance(
            Framework.class.getClassLoader(),
            new Class<?>[] {Bundle.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "getLocation" -> location;
                  case "equals" -> proxy == arguments[0];
                  case "hashCode" -> System.identityHashCode(proxy);
                  default -> method.invoke(bundle, arguments);
                });
  }

  @Test
  void whatIsOnTrialIsShownWhenItIsAdmitted() throws InvalidSyntaxException {
    Framework framework = new Framework(new Fakes.Turn());
    TrackedParts tracked = new TrackedParts(framework.context());
    AtomicInteger changes = new AtomicInteger();
    tracked.addListener(changes::incrementAndGet);
    List<String> told = new ArrayList<>();
    tracked.tell(
        (service, origin, modified) ->
            told.add(
                service.getProperty(Constants.SERVICE_ID)
                    + " of "
                    + origin.getSymbolicName()
                    + (modified ? ", modified" : "")));
    Bundle trial = at(PartGate.TRIAL + "b", Fakes.bundle("b", "1.1.0", 41));
    Bundle other = at(PartGate.TRIAL + "c", Fakes.bundle("c", "1.2.0", 42));
    ServiceReference<?> first =
        Fakes.reference(12, trial, Encoding.class, Map.of(Part.NAME, "turn"));
    ServiceReference<?> second =
        Fakes.reference(13, other, Encoding.class, Map.of(Part.NAME, "turn"));
    framework.tell(ServiceEvent.REGISTERED, first);
    framework.tell(ServiceEvent.MODIFIED, first);
    framework.tell(ServiceEvent.REGISTERED, second);
    assertEquals(List.of(), tracked.parts());
    assertEquals(0, framework.asked, "not even its object is made");
    assertEquals(0, changes.get());

    tracked.admit(List.of(first), List.of(trial), List.of(), LIMIT);
    assertEquals(List.of(12L), tracked.parts().stream().map(RegisteredPart::serviceId).toList());
    assertEquals(1, changes.get());
    // One that fails its trial goes unseen.
    framework.tell(ServiceEvent.UNREGISTERING, second);
    assertEquals(1, framework.asked);
    assertEquals(1, changes.get());
    // What an admitted bundle registers later is on trial too.
    ServiceReference<?> more =
        Fakes.reference(14, trial, Encoding.class, Map.of(Part.NAME, "more"));
    framework.tell(ServiceEvent.REGISTERED, more);
    assertTrue(tracked.find(Encoding.KIND, "more", "").isEmpty());
    assertEquals(List.of("12 of b", "12 of b, modified", "13 of c", "14 of b"), told);
    tracked.admit(more, LIMIT);
    assertTrue(tracked.find(Encoding.KIND, "more", "").isPresent());
    // It stays as it was until it is judged again.
    framework.tell(ServiceEvent.MODIFIED, more);
    assertEquals("14 of b, modified", told.get(4));
    assertTrue(tracked.find(Encoding.KIND, "more", "").isPresent());
    tracked.refuse(more, "it is no more");
    assertTrue(tracked.find(Encoding.KIND, "more", "").isEmpty());
    List<String> reasons =
        List.of("encoding \"more\" of bundle b 1.1.0 is left out: it is no more");
    assertEquals(reasons, tracked.refused());
    assertEquals(reasons, tracked.remarks(trial));
    framework.tell(ServiceEvent.UNREGISTERING, more);
    assertEquals(List.of(), tracked.refused());
    framework.tell(ServiceEvent.UNREGISTERING, first);
    assertTrue(tracked.find(Encoding.KIND, "turn", "").isEmpty());
    tracked.close();
  }

  private static ServiceReference<?> of(
      long id, Bundle plugin, Class<?> type, Map<String, Object> properties) {
    return Fakes.reference(id, plugin, type, properties);
  }

  /** A registry with the fake parts, and with services of a plugin that are admitted. */
  private static TrackedParts withPlugin(
      Framework framework, Bundle plugin, List<ServiceReference<?>> services)
      throws InvalidSyntaxException {
    TrackedParts tracked = new TrackedParts(framework.context());
    tracked.bind(
        of(1, Fakes.bundle("ours", "0.1.0", 1), QuantumEngine.class, Map.of(Part.NAME, "own")),
        new NoEngine());
    tracked.bind(
        of(2, Fakes.bundle("ours", "0.1.0", 1), Encoding.class, Map.of(Part.NAME, "turn")),
        new Fakes.Turn());
    services.forEach(service -> framework.tell(ServiceEvent.REGISTERED, service));
    tracked.admit(services, List.of(plugin), List.of(), LIMIT);
    return tracked;
  }

  @Test
  void aPluginTakesNoNameOfKetloomUnlessTheUserLetsIt() throws InvalidSyntaxException {
    Bundle plugin = at(PartGate.TRIAL + "b", Fakes.bundle("better", "1.0.0", 41));
    List<ServiceReference<?>> part =
        List.of(of(12, plugin, Encoding.class, Map.of(Part.NAME, "turn")));
    Framework framework = new Framework(new Fakes.Turn());
    TrackedParts tracked = withPlugin(framework, plugin, part);
    assertEquals(2, tracked.find(Encoding.KIND, "turn", "").orElseThrow().serviceId());
    assertEquals(12, tracked.find(Encoding.KIND, "turn", "[1,2)").orElseThrow().serviceId());
    assertEquals(
        List.of(
            "encoding \"turn\" of plugin better 1.0.0 bears the name of a part of Ketloom, which"
                + " stays the first choice. A Blueprint gets it by a range that holds its version"
                + " alone. To let the plugin go first, set deploy.replace=better in"
                + " conf/ketloom.properties."),
        tracked.outranked());
    assertEquals(tracked.outranked(), tracked.remarks(plugin));
    tracked.close();

    framework.properties.put("deploy.replace", "other, better");
    tracked = withPlugin(framework, plugin, part);
    assertEquals(12, tracked.find(Encoding.KIND, "turn", "").orElseThrow().serviceId());
    assertEquals(List.of(), tracked.outranked());
    tracked.close();
  }

  @Test
  void noRankingPutsAPluginsEngineFirst() throws InvalidSyntaxException {
    Bundle plugin = at(PartGate.TRIAL + "b", Fakes.bundle("better", "1.0.0", 41));
    List<ServiceReference<?>> engine =
        List.of(
            of(
                12,
                plugin,
                QuantumEngine.class,
                Map.of(Part.NAME, "fast", Constants.SERVICE_RANKING, Integer.MAX_VALUE)));
    Framework framework = new Framework(new NoEngine());
    TrackedParts tracked = withPlugin(framework, plugin, engine);
    assertEquals(1, tracked.engine().orElseThrow().serviceId());
    assertTrue(
        tracked
            .outranked()
            .get(0)
            .startsWith("engine \"fast\" of plugin better 1.0.0 stands beside"));
    tracked.close();

    framework.properties.put("deploy.replace", "better");
    tracked = withPlugin(framework, plugin, engine);
    assertEquals(12, tracked.engine().orElseThrow().serviceId());
    tracked.close();
  }

  /** Encoding whose option is never read to the end. */
  record Endless(int angle) implements Encoding {
    @Override
    public int angle() {
      while (!Thread.currentThread().isInterrupted()) {
        LockSupport.parkNanos(1_000_000_000);
      }
      return angle;
    }

    @Override
    public int capacity(int wires) {
      return wires;
    }

    @Override
    public void append(CircuitBuilder circuit, Angles features) {}
  }

  @Test
  @Timeout(60)
  void whatNeverReturnsDoesntHoldUpAnAdmission() throws InvalidSyntaxException {
    Framework framework = new Framework(new Endless(1));
    TrackedParts tracked = new TrackedParts(framework.context());
    Bundle trial = at(PartGate.TRIAL + "b", Fakes.bundle("b", "1.1.0", 41));
    ServiceReference<?> reference =
        Fakes.reference(12, trial, Encoding.class, Map.of(Part.NAME, "endless"));
    framework.tell(ServiceEvent.REGISTERED, reference);
    tracked.admit(List.of(reference), List.of(trial), List.of(), Duration.ofMillis(50));
    assertEquals(List.of(), tracked.parts());
    String refused = tracked.refused().get(0);
    assertTrue(
        refused.startsWith(
            "encoding \"endless\" of bundle b 1.1.0 is left out: reading it didn't return within"),
        refused);
    assertTrue(refused.contains("Endless.angle"), refused);
    framework.tell(ServiceEvent.UNREGISTERING, reference);
    assertEquals(List.of(), tracked.refused());
    tracked.close();
  }

  @Test
  @Timeout(60)
  void aServiceWhoseObjectNeverComesIsLeftOut() throws InvalidSyntaxException {
    Framework framework = new Framework(new Fakes.Turn());
    CountDownLatch end = new CountDownLatch(1);
    framework.whenAsked = () -> awaitQuietly(end);
    TrackedParts tracked = new TrackedParts(framework.context(), Duration.ofMillis(50));
    ServiceReference<?> reference =
        Fakes.reference(12, Fakes.bundle("b", "1.1.0"), Encoding.class, Map.of(Part.NAME, "slow"));
    framework.tell(ServiceEvent.REGISTERED, reference);
    assertEquals(List.of(), tracked.parts());
    String refused = tracked.refused().get(0);
    assertTrue(
        refused.startsWith(
            "encoding \"slow\" of bundle b 1.1.0 is left out: making its object didn't return"),
        refused);
    end.countDown();
    framework.tell(ServiceEvent.UNREGISTERING, reference);
    assertEquals(List.of(), tracked.refused());
    tracked.close();
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void whatGoesWhileItIsAdmittedIsForgotten() throws InvalidSyntaxException {
    Framework framework = new Framework(new Fakes.Turn());
    TrackedParts tracked = new TrackedParts(framework.context());
    Bundle trial = at(PartGate.TRIAL + "b", Fakes.bundle("b", "1.1.0", 41));
    ServiceReference<?> reference =
        Fakes.reference(12, trial, Encoding.class, Map.of(Part.NAME, "turn"));
    framework.tell(ServiceEvent.REGISTERED, reference);
    framework.whenAsked = () -> framework.tell(ServiceEvent.UNREGISTERING, reference);
    tracked.admit(List.of(reference), List.of(trial), List.of(), LIMIT);
    assertEquals(1, framework.asked);
    assertEquals(List.of(), tracked.parts());
    tracked.close();
  }

  @Test
  void aBrokenRegistrationIsLeftOutWithAReason() {
    record Odd(Thread thread) implements Encoding {
      @Override
      public int capacity(int wires) {
        return 0;
      }

      @Override
      public void append(CircuitBuilder circuit, Angles features) {}
    }
    ServiceReference<?> nameless =
        Fakes.reference(20, Fakes.bundle("nameless", "1.0.0"), Encoding.class, Map.of());
    registry.bind(nameless, new Fakes.Turn());
    Fakes.add(registry, 21, "upper", "1.0.0", Encoding.class, "Turn Around", new Fakes.Turn());
    Fakes.add(registry, 22, "odd", "1.0.0", Encoding.class, "odd", new Odd(null));
    Fakes.add(registry, 23, "none", "1.0.0", Encoding.class, "none", null);
    Fakes.add(registry, 24, "other", "1.0.0", Encoding.class, "other", new Fakes.Layers());
    assertEquals(1, registry.parts(Encoding.KIND).size());
    assertEquals(5, registry.refused().size());
    assertTrue(registry.refused().get(0).contains("nameless 1.0.0"), registry.refused().get(0));
    assertTrue(registry.refused().get(0).contains(Part.NAME));
    assertTrue(registry.refused().get(2).contains("\"thread\" is a java.lang.Thread"));
    assertTrue(registry.refused().get(3).contains("can't be created"));
    registry.unbind(nameless);
    assertEquals(4, registry.refused().size());
  }

  @Test
  void aNewerEngineIsTheFirstChoiceAndTheOneThatIsRetiredComesLast() {
    Bundle old = Fakes.bundle("plugin.engine", "1.0.0", 40);
    Bundle next = Fakes.bundle("plugin.engine", "1.1.0", 41);
    Map<String, Object> ranked = Map.of(Constants.SERVICE_RANKING, 5, Part.NAME, "ranked");
    registry.bind(Fakes.reference(30, old, QuantumEngine.class, ranked), new NoEngine());
    registry.bind(Fakes.reference(31, next, QuantumEngine.class, ranked), new NoEngine());
    assertEquals(List.of(31L, 30L, 1L), engines());
    // The lower version was dropped last: it is current, and the higher one is retired.
    registry.admit(List.of(), List.of(old), List.of(next), LIMIT);
    assertEquals(List.of(30L, 1L, 31L), engines());
    assertEquals(30, registry.engine().orElseThrow().serviceId());
  }

  private List<Long> engines() {
    return registry.engines().stream().map(RegisteredPart::serviceId).toList();
  }

  @Test
  void theEngineWithTheHighestRankingIsUsedThenTheOneThatWasThereFirst() {
    QuantumEngine second = new NoEngine();
    ServiceReference<?> reference =
        Fakes.reference(
            30,
            Fakes.bundle("second", "1.0.0"),
            QuantumEngine.class,
            Map.of(Constants.SERVICE_RANKING, 5, Part.NAME, "ranked"));
    registry.bind(
        Fakes.reference(
            29, Fakes.bundle("third", "1.0.0"), QuantumEngine.class, Map.of(Part.NAME, "more")),
        new NoEngine());
    assertEquals(1, registry.engine().orElseThrow().serviceId());
    registry.bind(reference, second);
    assertEquals(30, registry.engine().orElseThrow().serviceId());
    registry.unbind(reference);
    assertEquals(1, registry.engine().orElseThrow().serviceId());
  }

  /** What the platform knows nothing of. */
  interface Blur extends Part {}

  record GaussianBlur(@Option("share of mixed pixels") double strength) implements Blur {}

  private static PartKindProvider kind(String name, Class<? extends Part> type) {
    return () -> new PartKind(name, type);
  }

  private List<String> listed() {
    return registry.parts().stream().map(p -> p.kind() + " " + p.name()).toList();
  }

  @Test
  void aKindThatABundleBringsIsAsGoodAsThePlatforms() {
    PartKind blur = new PartKind("blur", Blur.class);
    List<String> before = listed();
    AtomicInteger changes = new AtomicInteger();
    registry.addListener(changes::incrementAndGet);
    ServiceReference<?> part =
        Fakes.add(registry, 40, "blurred", "1.1.0", Blur.class, "gaussian", new GaussianBlur(0.1));
    assertEquals(before, listed());
    assertEquals(
        List.of(
            "part \"gaussian\" of bundle blurred 1.1.0 is left out: no kind of parts has the"
                + " service type "
                + Blur.class.getName()
                + "; install the bundle that brings this kind"),
        registry.refused());

    ServiceReference<?> provider =
        Fakes.reference(41, Fakes.bundle("blur", "1.0.0"), PartKindProvider.class, Map.of());
    registry.bind(provider, kind("blur", Blur.class));
    assertEquals(2, changes.get(), "kind and parts come in one change");
    assertEquals(List.of(), registry.refused());
    assertEquals(
        List.of(
            "encoding",
            "ansatz",
            "observable",
            "noise",
            "model",
            "dataset",
            "engine",
            "convolution",
            "blur"),
        registry.kinds().stream().map(PartKind::name).toList());
    assertEquals("blur gaussian", listed().get(before.size()));
    RegisteredPart found = registry.find(blur, "gaussian", "[1,2)").orElseThrow();
    assertEquals("strength", found.options().get(0).name());
    assertEquals(0.1, found.prototype(GaussianBlur.class).strength());
    assertEquals(List.of(found), registry.parts(blur));

    registry.unbind(provider);
    assertEquals(before, listed());
    assertEquals(PartKinds.PLATFORM.size(), registry.kinds().size());
    assertEquals(1, registry.refused().size());
    registry.unbind(part);
    assertEquals(List.of(), registry.refused());
  }

  @Test
  void twoBundlesMayBringTheSameKindButNotTwoOfOneName() {
    Fakes.add(registry, 40, "blurred", "1.1.0", Blur.class, "weak", new GaussianBlur(0.1));
    ServiceReference<?> first =
        Fakes.reference(41, Fakes.bundle("blur", "1.0.0"), PartKindProvider.class, Map.of());
    registry.bind(first, kind("blur", Blur.class));
    registry.bind(
        Fakes.reference(42, Fakes.bundle("blur", "1.1.0"), PartKindProvider.class, Map.of()),
        kind("blur", Blur.class));
    assertEquals(PartKinds.PLATFORM.size() + 1, registry.kinds().size());
    registry.bind(
        Fakes.reference(43, Fakes.bundle("other", "1.0.0"), PartKindProvider.class, Map.of()),
        kind("ansatz", Blur.class));
    assertEquals(
        List.of(
            "kind of parts \"ansatz\" of bundle other 1.0.0 is left out: its service type is "
                + Blur.class.getName()
                + ", but parts of that name are services of type "
                + Ansatz.class.getName()),
        registry.refused());
    registry.unbind(first);
    assertEquals("blur weak", listed().get(listed().size() - 1));
  }

  @Test
  void aKindThatCantBeReadIsLeftOutWithAReason() {
    ServiceReference<?> reference =
        Fakes.reference(41, Fakes.bundle("blur", "1.0.0"), PartKindProvider.class, Map.of());
    registry.bind(
        reference,
        (PartKindProvider)
            () -> {
              throw new IllegalStateException("not yet");
            });
    assertEquals(PartKinds.PLATFORM.size(), registry.kinds().size());
    String refused = registry.refused().get(0);
    assertTrue(
        refused.endsWith("its kind() threw java.lang.IllegalStateException: not yet"), refused);
  }

  @Test
  void listenersAreToldAndAFailingOneHindersNobody() {
    AtomicInteger calls = new AtomicInteger();
    Runnable counting = calls::incrementAndGet;
    registry.addListener(
        () -> {
          throw new IllegalStateException("a listener that fails");
        });
    registry.addListener(counting);
    Fakes.add(registry, 9, "more", "1.0.0", Ansatz.class, "another", new Fakes.Layers());
    registry.removeListener(counting);
    Fakes.add(registry, 10, "more", "1.0.0", Ansatz.class, "third", new Fakes.Layers());
    assertEquals(1, calls.get());
  }

  @Test
  void anIdentityHashesTheContentOfTheBundle() {
    RegisteredPart part = registry.find(Encoding.KIND, "turn", "").orElseThrow();
    assertEquals("fake.encoding", registry.identity(part).bundle());
    assertEquals(64, registry.identity(part).sha256().length());
    Map<String, String> files = Map.of("a/b.txt", "x", "c.txt", "yy");
    String hash = BundleHash.of(Fakes.bundle("one", "1.0.0", files));
    assertEquals(hash, BundleHash.of(Fakes.bundle("two", "2.0.0", Map.copyOf(files))));
    assertNotEquals(
        hash, BundleHash.of(Fakes.bundle("one", "1.0.0", Map.of("a/b.txt", "x", "c.txt", "yz"))));
    assertNotEquals(
        hash, BundleHash.of(Fakes.bundle("one", "1.0.0", Map.of("a/b.txt", "xy", "c.txt", "y"))));
    assertEquals("", BundleHash.of(Fakes.bundle("none", "1.0.0", Map.of())));
  }

  private static final class NoEngine implements QuantumEngine {
    @Override
    public Program compile(Circuit circuit) {
      throw new IllegalArgumentException("this engine runs nothing");
    }
  }
}
