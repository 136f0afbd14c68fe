/** What runs circuits: values and vector-Jacobian products for a whole batch. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.ketloom.api.engine;
