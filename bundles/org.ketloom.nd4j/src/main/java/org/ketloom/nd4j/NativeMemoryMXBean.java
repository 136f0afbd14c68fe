package org.ketloom.nd4j;

/**
 * Memory outside of the heap, in bytes; registered with JMX as {@value #NAME} when ND4J has been
 * loaded, and not before.
 */
public interface NativeMemoryMXBean {
  /** Name of the bean. */
  String NAME = "org.ketloom:type=NativeMemory";

  /** Memory of arrays that live. */
  long getAllocated();

  /** How much arrays may take together; 0 for no limit. */
  long getMaximum();

  /** Physical memory of the whole process. */
  long getPhysical();

  /** How much physical memory the process may take before arrays are refused; 0 for no limit. */
  long getMaximumPhysical();
}
