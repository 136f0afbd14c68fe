/** The evaluators that measure a model. */
@org.jspecify.annotations.NullMarked
package org.ketloom.metrics.internal;
