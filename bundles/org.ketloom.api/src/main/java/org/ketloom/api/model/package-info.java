/** Generative models, and the Blueprints that they are composed from. */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.1.0")
package org.ketloom.api.model;
