package org.ketloom.engine.statevector;

import jdk.incubator.vector.DoubleVector;

/** The kernels on the Vector API. */
record VectorLoops(Kernels<double[]> wide, Kernels<float[]> narrow, Su2Kernels su2)
    implements Arithmetic.Loops {

  /**
   * Makes the kernels.
   *
   * @throws UnsupportedOperationException if the processor has no fused multiply-add, which Java
   *     then computes in thousands of instructions
   */
  VectorLoops() {
    this(new VectorKernels(), new VectorFloatKernels(), new VectorSu2Kernels());
    boolean intel = System.getProperty("os.arch").matches("amd64|x86_64|x86");
    // What has fused multiply-adds there has vectors of 256 bits too.
    if (intel && DoubleVector.SPECIES_PREFERRED.length() < 4) {
      throw new UnsupportedOperationException("the processor has no AVX2");
    }
  }
}
