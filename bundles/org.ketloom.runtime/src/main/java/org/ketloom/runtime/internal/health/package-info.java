/**
 * Checks whether all is well: the framework, bundles, components, memory, plugins, runs. Of the
 * rooms it uses {@code run} and {@code parts}; deployer and jobs it asks through their services.
 */
@org.jspecify.annotations.NullMarked
package org.ketloom.runtime.internal.health;
