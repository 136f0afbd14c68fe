package org.ketloom.itests.support;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.startlevel.BundleStartLevel;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;

/** Services of the container that a test runs in. */
public final class Services {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Class<?> test;
  private final Duration patience;

  /** The services that the bundle of a test sees. */
  public Services(Class<?> test) {
    this(test, PATIENCE);
  }

  /**
   * The services that the bundle of a test sees.
   *
   * @param patience how long to wait for one
   */
  public Services(Class<?> test, Duration patience) {
    this.test = test;
    this.patience = patience;
  }

  /** The context of the test's bundle. */
  public BundleContext context() {
    // Not before a test asks: outside of the container the class is instantiated too.
    return FrameworkUtil.getBundle(test).getBundleContext();
  }

  /** Waits for the one service of a type. */
  public <S> S await(Class<S> type) {
    return await(type, null);
  }

  /**
   * Waits for a service.
   *
   * @param filter LDAP filter; null for any
   * @throws AssertionError if the service doesn't come, with all that may be the reason
   */
  public <S> S await(Class<S> type, String filter) {
    ServiceReference<S> reference =
        await(
            "service " + type.getName() + (filter == null ? "" : " with " + filter),
            () -> references(type, filter).stream().findFirst().orElse(null));
    S service = context().getService(reference);
    if (service == null) {
      throw new AssertionError(reference + " is registered, but gives no object\n" + diagnosis());
    }
    return service;
  }

  /**
   * Waits until something is there.
   *
   * @param what its name, for the message
   * @param source gives null as long as it isn't there
   * @throws AssertionError if it doesn't come, with all that may be the reason
   */
  public <T> T await(String what, Supplier<T> source) {
    return await(() -> what, source);
  }

  /** As {@link #await(String, Supplier)}, with a name that says what there was in the end. */
  public <T> T await(Supplier<String> what, Supplier<T> source) {
    long end = System.nanoTime() + patience.toNanos();
    T found = source.get();
    while (found == null && System.nanoTime() < end) {
      try {
        Thread.sleep(10);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError("interrupted while waiting for " + what.get(), e);
      }
      found = source.get();
    }
    if (found == null) {
      throw new AssertionError(
          what.get() + " didn't come in " + patience.toMillis() + " ms\n" + diagnosis());
    }
    return found;
  }

  /** The values that the services of a type have for a property, sorted. */
  public List<String> property(Class<?> type, String property) {
    return references(type, null).stream()
        .map(reference -> String.valueOf(reference.getProperty(property)))
        .sorted()
        .toList();
  }

  /** The bundle with a symbolic name. */
  public Bundle bundle(String symbolicName) {
    return Arrays.stream(context().getBundles())
        .filter(b -> symbolicName.equals(b.getSymbolicName()))
        .findFirst()
        .orElseThrow(() -> new AssertionError("there is no bundle " + symbolicName));
  }

  /**
   * One line for each bundle that should run and doesn't, or can't be resolved, and each component
   * that isn't satisfied.
   */
  public String diagnosis() {
    List<String> lines = new ArrayList<>();
    for (Bundle bundle : context().getBundles()) {
      if (bundle.getState() == Bundle.INSTALLED
          || (bundle.getState() == Bundle.RESOLVED
              && bundle.adapt(BundleStartLevel.class).isPersistentlyStarted())) {
        lines.add("bundle " + bundle + " doesn't run: " + whyNot(bundle));
      }
    }
    references(ServiceComponentRuntime.class, null).stream()
        .findFirst()
        .map(context()::getService)
        .ifPresentOrElse(
            runtime -> components(runtime, lines),
            () -> lines.add("there is no ServiceComponentRuntime: no component can run"));
    return lines.isEmpty()
        ? "all bundles run, and all components are satisfied"
        : String.join("\n", lines);
  }

  private static String whyNot(Bundle bundle) {
    try {
      bundle.start(Bundle.START_TRANSIENT);
      return "it can be started now";
    } catch (BundleException | IllegalStateException e) {
      return e.getMessage();
    }
  }

  private static void components(ServiceComponentRuntime runtime, List<String> lines) {
    for (ComponentDescriptionDTO description : runtime.getComponentDescriptionDTOs()) {
      String name = "component " + description.name + " of " + description.bundle.symbolicName;
      for (ComponentConfigurationDTO found : runtime.getComponentConfigurationDTOs(description)) {
        if (found.state == ComponentConfigurationDTO.FAILED_ACTIVATION) {
          lines.add(name + " failed: " + found.failure);
        }
        if (found.state == ComponentConfigurationDTO.UNSATISFIED_CONFIGURATION) {
          lines.add(name + " lacks its configuration");
        }
        Stream.of(found.unsatisfiedReferences)
            .forEach(
                missing ->
                    Stream.of(description.references)
                        .filter(reference -> reference.name.equals(missing.name))
                        .forEach(
                            reference ->
                                lines.add(
                                    name
                                        + " waits for "
                                        + reference.interfaceName
                                        + (missing.target == null
                                            ? ""
                                            : " with " + missing.target))));
      }
    }
  }

  private <S> List<ServiceReference<S>> references(Class<S> type, String filter) {
    try {
      return List.copyOf(context().getServiceReferences(type, filter));
    } catch (InvalidSyntaxException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
