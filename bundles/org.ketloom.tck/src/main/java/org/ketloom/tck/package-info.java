/**
 * The conformance kit: what every encoding, ansatz, observable head and engine has to keep to. A
 * plugin's author runs it in a unit test, the deployer before it takes a part.
 */
@org.jspecify.annotations.NullMarked
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.2.0")
package org.ketloom.tck;
