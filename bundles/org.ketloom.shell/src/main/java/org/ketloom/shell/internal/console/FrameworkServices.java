package org.ketloom.shell.internal.console;

import java.util.Comparator;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;

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
