/** Ketloom over HTTP: {@link org.ketloom.http.Door} opens it. */
@org.jspecify.annotations.NullMarked
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.ketloom.http;
