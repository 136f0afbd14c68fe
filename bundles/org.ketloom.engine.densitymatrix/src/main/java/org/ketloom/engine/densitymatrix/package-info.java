/** Simulates mixed states exactly: density matrices, channels, and gradients through both. */
@org.jspecify.annotations.NullMarked
package org.ketloom.engine.densitymatrix;
