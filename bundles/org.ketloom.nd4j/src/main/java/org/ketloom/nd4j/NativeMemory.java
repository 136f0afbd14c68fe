package org.ketloom.nd4j;

import java.lang.management.ManagementFactory;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.bytedeco.javacpp.Pointer;

/** What JavaCPP says of its memory. */
final class NativeMemory implements NativeMemoryMXBean {

  /** Makes it known to JMX, so that whoever looks needn't load ND4J. */
  static void register() {
    MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    try {
      ObjectName name = new ObjectName(NAME);
      if (server.isRegistered(name)) {
        // Of a bundle that was replaced.
        server.unregisterMBean(name);
      }
      server.registerMBean(new NativeMemory(), name);
    } catch (JMException e) {
      Logger.getLogger(NativeMemory.class.getName())
          .log(Level.WARNING, "memory of ND4J can't be watched", e);
    }
  }

  @Override
  public long getAllocated() {
    return Pointer.totalBytes();
  }

  @Override
  public long getMaximum() {
    return Pointer.maxBytes();
  }

  @Override
  public long getPhysical() {
    return Pointer.physicalBytes();
  }

  @Override
  public long getMaximumPhysical() {
    return Pointer.maxPhysicalBytes();
  }
}
