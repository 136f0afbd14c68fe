/** Phase encoding: features are phases of a superposition. */
@NullMarked
package org.ketloom.encoding.phase;

import org.jspecify.annotations.NullMarked;
