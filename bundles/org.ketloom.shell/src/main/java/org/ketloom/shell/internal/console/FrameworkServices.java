package org.ketloom.shell.internal.console;

import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;

/** Services of the framework that this bundle runs in; those of the highest ranking. */
public final class FrameworkServices implements Services {
  private final BundleContext context;
  private final Interruptions interruptions;

  public FrameworkServices(BundleContext context, Interruptions interruptions) {
    this.context = context;
    this.interruptions = interruptions;
  }

  @Override
  public <T> T get(Class<T> type) {
    ServiceReference<T> reference = context.getServiceReference(type);
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
