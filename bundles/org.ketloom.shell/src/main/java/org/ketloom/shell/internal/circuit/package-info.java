/** Circuits as text: drawings, OpenQASM, and the JSON files that {@code circuit eval} reads. */
package org.ketloom.shell.internal.circuit;
