/** Evaluations and studies. */
@org.jspecify.annotations.NullMarked
package org.ketloom.shell.internal.measure;
