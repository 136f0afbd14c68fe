package org.ketloom.runtime.internal.job;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Hashtable;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.ketloom.runtime.job.Job;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;

/** A job as an OSGi service, whose properties follow its state. */
final class JobService {
  private static final Logger LOG = System.getLogger("org.ketloom.runtime");

  private final Optional<BundleContext> context;
  private final Job job;
  private @Nullable ServiceRegistration<Job> registration;
  private boolean withdrawn;

  /**
   * Registers nothing yet.
   *
   * @param context empty outside of a framework
   */
  JobService(Optional<BundleContext> context, Job job) {
    this.context = context;
    this.job = job;
  }

  /** Not while the job is locked: who listens to services may ask for its state. */
  void publish(Job.State state, String reason) {
    if (context.isEmpty()) {
      return;
    }
    Hashtable<String, Object> properties = new Hashtable<>();
    properties.put(Job.NAME, job.name());
    properties.put(Job.STATE, state.toString());
    properties.put(Job.REASON, reason);
    try {
      synchronized (this) {
        if (withdrawn) {
          return;
        }
        if (registration == null) {
          registration = context.get().registerService(Job.class, job, properties);
        } else {
          registration.setProperties(properties);
        }
      }
    } catch (IllegalStateException e) {
      LOG.log(Level.DEBUG, "the framework stops, or the job was removed", e);
    }
  }

  /** Unregisters it for good. */
  void withdraw() {
    try {
      synchronized (this) {
        withdrawn = true;
        if (registration != null) {
          registration.unregister();
        }
      }
    } catch (IllegalStateException e) {
      LOG.log(Level.DEBUG, "the framework has removed it already", e);
    }
  }
}
