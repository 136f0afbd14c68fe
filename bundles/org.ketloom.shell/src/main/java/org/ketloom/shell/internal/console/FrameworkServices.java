package org.ketloom.shell.internal.console;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Set;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.wiring.BundleRevision;
import org.osgi.framework.wiring.BundleWiring;

/**
 * Services of the framework that this bundle runs in. One that the bundle of its type offers comes
 * before those of all others, whatever their ranking: a plugin doesn't take the place of the
 * registry, the runs or the deployer. Of several, the one of the highest ranking.
 */
public final class FrameworkServices implements Services {
  private final BundleContext context;
  private final Interruptions interruptions;

  public FrameworkServices(BundleContext context, Interruptions interruptions) {
    this.context = context;
    this.interruptions = interruptions;
  }

  @Override
  public <T> T get(Class<T> type) {
    ServiceReference<T> reference = reference(type);
    T service = reference == null ? null : context.getService(reference);
    if (service == null) {
      throw new IllegalStateException(
          "no "
              + type.getSimpleName()
              + " is registered; a bundle that offers "
              + type.getName()
              + " has to be installed and started");
    }
    return service;
  }

  private <T> ServiceReference<T> reference(Class<T> type) {
    Bundle own = FrameworkUtil.getBundle(type);
    try {
      return context.getServiceReferences(type, null).stream()
          .filter(reference -> own != null && own.equals(reference.getBundle()))
          .max(Comparator.naturalOrder())
          .orElseGet(() -> context.getServiceReference(type));
    } catch (InvalidSyntaxException e) {
      throw new IllegalStateException("no filter was given", e);
    }
  }

  @Override
  public void start(String symbolicName) {
    Bundle bundle =
        Arrays.stream(context.getBundles())
            .filter(b -> symbolicName.equals(b.getSymbolicName()))
            .findFirst()
            .orElseThrow(
                () ->
                    new IllegalStateException(
                        "bundle "
                            + symbolicName
                            + " isn't installed; start with the feature that has it"));
    start(bundle, new HashSet<>());
  }

  /** What a bundle is wired to is what it needs, a service loader's extender too. */
  private static void start(Bundle bundle, Set<Bundle> seen) {
    BundleWiring wiring = bundle.adapt(BundleWiring.class);
    if (!seen.add(bundle)
        || wiring == null
        || (bundle.adapt(BundleRevision.class).getTypes() & BundleRevision.TYPE_FRAGMENT) != 0) {
      return;
    }
    wiring.getRequiredWires(null).forEach(wire -> start(wire.getProvider().getBundle(), seen));
    if (bundle.getState() != Bundle.ACTIVE && bundle.getState() != Bundle.STARTING) {
      try {
        bundle.start(Bundle.START_TRANSIENT);
      } catch (BundleException e) {
        throw new IllegalStateException(bundle + " doesn't start: " + e.getMessage(), e);
      }
    }
  }

  @Override
  public String property(String name) {
    return context.getProperty(name);
  }

  @Override
  public String version() {
    return context.getBundle().getVersion().toString();
  }

  @Override
  public Interruptions interruptions() {
    return interruptions;
  }
}
