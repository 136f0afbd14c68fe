package org.ketloom.itests.plugin;

import java.util.concurrent.locks.LockSupport;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/** Doesn't return from start until it is asked to. */
public final class EndlessActivator implements BundleActivator {
  @Override
  public void start(BundleContext context) {
    while (!Thread.currentThread().isInterrupted()) {
      LockSupport.parkNanos(100_000_000);
    }
  }

  @Override
  public void stop(BundleContext context) {}
}
