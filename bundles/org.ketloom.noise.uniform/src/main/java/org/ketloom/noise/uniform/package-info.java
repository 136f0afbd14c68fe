/** Noise of equal strength after every gate. */
@NullMarked
package org.ketloom.noise.uniform;

import org.jspecify.annotations.NullMarked;
