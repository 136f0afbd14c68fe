/** Evaluations and studies. */
package org.ketloom.shell.internal.measure;
