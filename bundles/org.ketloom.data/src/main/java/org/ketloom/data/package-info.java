/**
 * Fetches the published data sets that are not shipped with the program, and writes images as data.
 */
@org.jspecify.annotations.NullMarked
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.1.0")
package org.ketloom.data;
