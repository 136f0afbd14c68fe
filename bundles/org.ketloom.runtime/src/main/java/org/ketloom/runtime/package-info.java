/**
 * Parts as they come and go, Blueprints that are composed from them, and the runs of these: what
 * the command line is made from. All services of this package are safe for use by several threads.
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.ketloom.runtime;
