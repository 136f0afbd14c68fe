/**
 * What runs circuits: values, vector-Jacobian products and second derivatives for a whole batch.
 */
@org.jspecify.annotations.NullMarked
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("2.0.0")
package org.ketloom.api.engine;
