package org.ketloom.itests.plugin;

import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/** Shows that its code has run. */
public final class LeavesAMark implements BundleActivator {
  @Override
  public void start(BundleContext context) {
    System.setProperty("ketloom.itests.mark", "it has run");
  }

  @Override
  public void stop(BundleContext context) {}
}
