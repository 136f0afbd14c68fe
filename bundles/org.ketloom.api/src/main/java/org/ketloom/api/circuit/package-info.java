/**
 * Circuits as immutable data: gates, where each angle comes from, and which observables are read.
 *
 * <p>Conventions: wire 0 is the most significant bit of a basis index; {@code R_P(t) = exp(-i t P /
 * 2)}; the first wire of a gate is the most significant bit of its matrix index.
 */
@org.jspecify.annotations.NullMarked
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("2.0.0")
package org.ketloom.api.circuit;
