/** Random numbers whose bits are Ketloom's own: the same on every JVM, and in every version. */
@org.jspecify.annotations.NullMarked
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("2.0.0")
package org.ketloom.api.random;
