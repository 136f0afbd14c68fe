/**
 * Takes jars of plugins into the container, checks them on trial, makes them current, and retires
 * what they replace; keeps deployments on disk. Of the rooms it uses {@code parts} and {@code
 * text}.
 */
@org.jspecify.annotations.NullMarked
package org.ketloom.runtime.internal.deploy;
