/**
 * Whether all is well in the container. All services of this package are safe for use by several
 * threads.
 */
@org.jspecify.annotations.NullMarked
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.ketloom.runtime.health;
