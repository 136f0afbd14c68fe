/**
 * How good images are: distances between what a model draws and what it should draw, on features of
 * a network; and what circuits can learn. Every metric is a pure function with its formula and its
 * source; the service {@link org.ketloom.metrics.Evaluator} puts them together.
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.2.0")
@org.jspecify.annotations.NullMarked
package org.ketloom.metrics;
