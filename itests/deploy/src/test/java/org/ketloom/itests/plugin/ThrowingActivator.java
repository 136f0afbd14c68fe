package org.ketloom.itests.plugin;

import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/** Throws when it is started. */
public final class ThrowingActivator implements BundleActivator {
  @Override
  public void start(BundleContext context) {
    throw new IllegalStateException("no cup of tea");
  }

  @Override
  public void stop(BundleContext context) {}
}
