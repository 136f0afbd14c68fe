/**
 * Compiles circuits into programs on state vectors: batched values, adjoint gradients, derivatives
 * of second order. Kernels come twice, in plain Java and on the Vector API.
 */
@org.jspecify.annotations.NullMarked
package org.ketloom.engine.statevector;
