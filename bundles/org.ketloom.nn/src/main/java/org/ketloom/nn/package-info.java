/**
 * Classical layers, losses and optimizers, and the quantum layer, on ND4J arrays.
 *
 * <p>A {@link org.ketloom.nn.Tape} records what is computed with its {@link
 * org.ketloom.nn.Variable}s and differentiates it in reverse. Arrays are row-major; images are
 * {@code [batch, height, width, channels]}, which is what the convolutions run fastest on.
 */
@org.jspecify.annotations.NullMarked
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("2.0.0")
package org.ketloom.nn;
