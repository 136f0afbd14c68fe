/** ND4J, made ready in one place. */
@Export
@Version("1.0.0")
@org.jspecify.annotations.NullMarked
package org.ketloom.nd4j;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
