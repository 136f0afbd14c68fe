package org.ketloom.itests.plugin;

import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.ketloom.api.circuit.Angles;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.part.Ansatz;
import org.ketloom.api.part.Part;
import org.ketloom.api.part.PartKind;
import org.ketloom.api.part.PartKindProvider;
import org.ketloom.runtime.health.Health;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceFactory;
import org.osgi.framework.ServiceRegistration;

/**
 * Registers a part, or fails to, in the way that header {@code X-How} names. What never returns
 * takes no notice of interruptions, and returns when a test sets system property {@value #RELEASE}.
 */
public final class Hostile implements BundleActivator {
  /** System property that lets go of all threads. */
  public static final String RELEASE = "ketloom.itests.release";

  /** System property that says that {@code stop()} was called. */
  public static final String STOPPING = "ketloom.itests.stopping";

  /** Conforms. */
  private static class Good implements Ansatz {
    @Override
    public List<Integer> angleShape(int wires, int layers) {
      return List.of(layers, wires);
    }

    @Override
    public void append(CircuitBuilder circuit, int layers, Angles angles) {
      for (int layer = 0; layer < layers; layer++) {
        for (int wire = 0; wire < circuit.wires(); wire++) {
          circuit.ry(wire, angles.at(layer, wire));
        }
      }
    }
  }

  /** Conforms, but can't be compared or shown. */
  private static final class Hanging extends Good {
    @Override
    public boolean equals(Object other) {
      return forever(false);
    }

    @Override
    public int hashCode() {
      return forever(0);
    }

    @Override
    public String toString() {
      return forever("");
    }
  }

  /** Conforms, but fails when it is compared or shown. */
  private static final class Throwing extends Good {
    @Override
    public boolean equals(Object other) {
      throw new IllegalStateException("not comparable");
    }

    @Override
    public int hashCode() {
      throw new IllegalStateException("no hash");
    }

    @Override
    public String toString() {
      throw new IllegalStateException("no text");
    }
  }

  /** An exception that never says what it is about. */
  private static final class Speechless extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    @Override
    public String getMessage() {
      return forever("");
    }
  }

  /** An exception that fails when it is asked what it is about. */
  private static final class Failing extends IllegalStateException {
    private static final long serialVersionUID = 1;

    @Override
    public String getMessage() {
      throw new IllegalStateException("no message");
    }
  }

  /** Doesn't conform. */
  private static final class Broken extends Good {
    @Override
    public void append(CircuitBuilder circuit, int layers, Angles angles) {
      throw new IllegalStateException("broken");
    }
  }

  /** Refuses all numbers of wires, with {@link Speechless}. */
  private static final class Refusing extends Good {
    @Override
    public List<Integer> angleShape(int wires, int layers) {
      throw new Speechless();
    }
  }

  /**
   * Gives objects, and takes them back.
   *
   * @param gives whether it ever gives one
   */
  private record Factory(boolean gives) implements ServiceFactory<Ansatz> {
    @Override
    public Ansatz getService(Bundle bundle, ServiceRegistration<Ansatz> registration) {
      return gives ? new Good() : forever(null);
    }

    @Override
    public void ungetService(
        Bundle bundle, ServiceRegistration<Ansatz> registration, Ansatz service) {
      forever(null);
    }
  }

  /** A kind of parts. */
  public interface Grim extends Part {
    /** The kind. */
    PartKind KIND = new PartKind("grim", Grim.class);
  }

  /** Says which kind it brings on trial and when it is let in, and never again. */
  private static final class Forgetful implements PartKindProvider {
    private final AtomicInteger asked = new AtomicInteger();

    @Override
    public PartKind kind() {
      return asked.incrementAndGet() > 2 ? forever(Grim.KIND) : Grim.KIND;
    }
  }

  private String how = "";

  private static <T> T forever(T last) {
    while (System.getProperty(RELEASE) == null) {
      LockSupport.parkNanos(1_000_000);
    }
    return last;
  }

  @Override
  public void start(BundleContext context) {
    how = context.getBundle().getHeaders().get("X-How");
    switch (how) {
      case "hangs" -> register(context, new Hanging());
      case "throws" -> register(context, new Throwing());
      case "refuses" -> register(context, new Refusing());
      case "get" -> context.registerService(Ansatz.class, new Factory(false), properties());
      case "unget" -> context.registerService(Ansatz.class, new Factory(true), properties());
      case "unget-refused" -> {
        context.registerService(Ansatz.class, new Factory(true), properties());
        context.registerService(
            Ansatz.class, new Broken(), new Hashtable<>(Map.of(Part.NAME, "broken")));
      }
      case "kind" -> context.registerService(PartKindProvider.class, new Forgetful(), null);
      case "start" -> forever(null);
      case "health" -> context.registerService(Health.Check.class, () -> forever(List.of()), null);
      case "stop" -> register(context, new Good());
      case "speechless" -> throw new Speechless();
      case "failing" -> throw new Failing();
      default -> throw new IllegalArgumentException(how);
    }
  }

  private static void register(BundleContext context, Ansatz part) {
    context.registerService(Ansatz.class, part, properties());
  }

  private static Hashtable<String, Object> properties() {
    return new Hashtable<>(Map.of(Part.NAME, "hostile"));
  }

  @Override
  public void stop(BundleContext context) {
    if (how.equals("stop")) {
      System.setProperty(STOPPING, "yes");
      forever(null);
    }
  }
}
