/**
 * Images in memory, for data sets of all kinds; images written as data; the download of the
 * published data sets that are not shipped with the program.
 */
@org.jspecify.annotations.NullMarked
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("2.0.0")
package org.ketloom.data;
