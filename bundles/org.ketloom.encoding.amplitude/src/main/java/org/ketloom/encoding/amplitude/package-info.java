/** Amplitude encoding: features are the amplitudes of a state. */
@NullMarked
package org.ketloom.encoding.amplitude;

import org.jspecify.annotations.NullMarked;
