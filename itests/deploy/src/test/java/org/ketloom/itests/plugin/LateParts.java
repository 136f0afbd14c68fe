package org.ketloom.itests.plugin;

import java.util.ArrayList;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.ketloom.api.circuit.Angles;
import org.ketloom.api.circuit.Circuit;
import org.ketloom.api.circuit.CircuitBuilder;
import org.ketloom.api.engine.Program;
import org.ketloom.api.engine.QuantumEngine;
import org.ketloom.api.part.Ansatz;
import org.ketloom.api.part.Part;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceFactory;
import org.osgi.framework.ServiceRegistration;

/**
 * Registers parts when it is told to, long after its trial. The service {@code Consumer} with
 * property {@code test.late} takes a verb and a name.
 */
public final class LateParts implements BundleActivator {

  /** Conforms. */
  public record Good() implements Ansatz {
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

  /** Reads none of its angles. */
  public record Lying() implements Ansatz {
    @Override
    public List<Integer> angleShape(int wires, int layers) {
      return List.of(layers, wires);
    }

    @Override
    public void append(CircuitBuilder circuit, int layers, Angles angles) {}
  }

  /** Computes nothing. */
  private static final class Engine implements QuantumEngine {
    @Override
    public Program compile(Circuit circuit) {
      throw new UnsupportedOperationException("nothing is computed");
    }
  }

  /** Never gives an object. */
  private static final class Endless implements ServiceFactory<Ansatz> {
    @Override
    public Ansatz getService(Bundle bundle, ServiceRegistration<Ansatz> registration) {
      while (!Thread.currentThread().isInterrupted()) {
        Thread.onSpinWait();
      }
      return null;
    }

    @Override
    public void ungetService(
        Bundle bundle, ServiceRegistration<Ansatz> registration, Ansatz service) {}
  }

  private final List<ServiceRegistration<?>> registrations = new ArrayList<>();

  @Override
  public void start(BundleContext context) {
    Consumer<String> told =
        order -> {
          String[] words = order.split(" ");
          String name = words[1];
          switch (words[0]) {
            case "good" -> register(context, new Good(), name);
            case "lying" -> register(context, new Lying(), name);
            case "endless" ->
                registrations.add(
                    context.registerService(Ansatz.class, new Endless(), properties(name)));
            case "elsewhere" ->
                register(
                    FrameworkUtil.getBundle(Ansatz.class).getBundleContext(), new Lying(), name);
            case "rename" ->
                registrations.get(registrations.size() - 1).setProperties(properties(name));
            case "engine" ->
                registrations.add(
                    context.registerService(
                        QuantumEngine.class,
                        new Engine(),
                        new Hashtable<>(
                            Map.of(
                                Part.NAME, name, Constants.SERVICE_RANKING, Integer.MAX_VALUE))));
            case "many" -> {
              for (int i = 0; i < Integer.parseInt(name); i++) {
                register(context, new Lying(), "lying-" + i);
              }
            }
            case "withdraw" -> {
              registrations.forEach(ServiceRegistration::unregister);
              registrations.clear();
            }
            default -> throw new IllegalArgumentException(order);
          }
        };
    context.registerService(Consumer.class, told, new Hashtable<>(Map.of("test.late", "true")));
  }

  private void register(BundleContext context, Ansatz part, String name) {
    registrations.add(context.registerService(Ansatz.class, part, properties(name)));
  }

  private static Hashtable<String, Object> properties(String name) {
    return new Hashtable<>(Map.of(Part.NAME, name));
  }

  @Override
  public void stop(BundleContext context) {}
}
