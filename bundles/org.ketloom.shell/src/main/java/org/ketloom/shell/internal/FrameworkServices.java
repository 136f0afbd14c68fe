package org.ketloom.shell.internal;

import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.Version;

/** Services of the framework that this bundle runs in; those of the highest ranking. */
final class FrameworkServices implements Services {
  private final BundleContext context;

  FrameworkServices(BundleContext context) {
    this.context = context;
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
  public String version() {
    Version version = context.getBundle().getVersion();
    return version.toString();
  }
}
