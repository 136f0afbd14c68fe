/** Simulates mixed states exactly: density matrices, channels, and gradients through both. */
package org.ketloom.engine.densitymatrix;
