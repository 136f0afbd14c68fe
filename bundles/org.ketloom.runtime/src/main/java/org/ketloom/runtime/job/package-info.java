/**
 * Runs in the background, several at once, which wait for their parts. Uses {@code blueprint} and
 * {@code run}. All services of this package are safe for use by several threads.
 */
@org.jspecify.annotations.NullMarked
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.ketloom.runtime.job;
