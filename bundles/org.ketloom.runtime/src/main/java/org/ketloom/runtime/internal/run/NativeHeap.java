package org.ketloom.runtime.internal.run;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.management.ManagementFactory;
import javax.management.JMException;
import javax.management.ObjectName;

/** The heap of native code, of which models of networks hold most. */
final class NativeHeap {
  private static final Logger LOG = System.getLogger("org.ketloom.runtime");

  private NativeHeap() {}

  /**
   * Gives the system back what was freed, beside the caller. The GNU C library keeps freed blocks
   * below a size that it raises to 32 MiB, and an array of a model is smaller. Its settings against
   * it, such as MALLOC_TRIM_THRESHOLD_, make a step of the default model 30 % slower: they hold for
   * the short-lived buffers of each step too.
   */
  static void trim() {
    Thread thread = new Thread(NativeHeap::trimNow, "ketloom-trim");
    thread.setDaemon(true);
    thread.start();
  }

  private static void trimNow() {
    try {
      ManagementFactory.getPlatformMBeanServer()
          .invoke(
              new ObjectName("com.sun.management:type=DiagnosticCommand"),
              "systemTrimNativeHeap",
              new Object[0],
              new String[0]);
    } catch (JMException | RuntimeException e) {
      // Not every Java has it, and other C libraries don't need it.
      LOG.log(Level.DEBUG, "freed native memory can't be returned to the system", e);
    }
  }
}
