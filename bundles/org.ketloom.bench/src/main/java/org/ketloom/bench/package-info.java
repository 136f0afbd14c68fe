/**
 * What a circuit can do before anything is trained: how near its states come to random ones, how
 * much it entangles, and whether its gradients vanish. Each figure comes with its statistical error
 * and with what random states give through the same estimator, below which it says nothing.
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
@org.jspecify.annotations.NullMarked
package org.ketloom.bench;
