/** Wires that are read wrongly. */
@NullMarked
package org.ketloom.noise.readout;

import org.jspecify.annotations.NullMarked;
