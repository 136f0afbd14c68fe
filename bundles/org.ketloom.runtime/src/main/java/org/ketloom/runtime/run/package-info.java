/**
 * Runs in their folders, the swaps of their parts, and samplers of their checkpoints. Uses {@code
 * parts} and {@code blueprint}. All services of this package are safe for use by several threads.
 */
@org.jspecify.annotations.NullMarked
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.1.0")
package org.ketloom.runtime.run;
