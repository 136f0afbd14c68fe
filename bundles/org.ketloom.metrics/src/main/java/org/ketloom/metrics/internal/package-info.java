/** The evaluators that measure a model. */
package org.ketloom.metrics.internal;
