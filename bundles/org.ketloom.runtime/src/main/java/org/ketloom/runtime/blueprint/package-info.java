/**
 * Blueprints, and the models that are composed from them: the JSON form, whether all that one asks
 * for is there, and composing it. Uses {@code parts}. All services of this package are safe for use
 * by several threads.
 */
@org.jspecify.annotations.NullMarked
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.ketloom.runtime.blueprint;
