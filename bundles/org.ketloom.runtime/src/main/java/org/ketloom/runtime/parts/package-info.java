/**
 * The parts and engines that are registered at the moment, where each of them comes from, and which
 * of them are in use. All services of this package are safe for use by several threads.
 */
@org.jspecify.annotations.NullMarked
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.ketloom.runtime.parts;
