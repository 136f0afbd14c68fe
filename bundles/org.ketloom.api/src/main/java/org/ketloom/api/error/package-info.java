/**
 * Errors that know what can be done about them. What that is called (an option of the command line,
 * a button) is for whoever shows the error: the {@link org.ketloom.api.error.Remedy} says what is
 * meant.
 */
@org.jspecify.annotations.NullMarked
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("2.0.0")
package org.ketloom.api.error;
