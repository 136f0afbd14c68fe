/** Basis encoding: features are bits of a basis state. */
@NullMarked
package org.ketloom.encoding.basis;

import org.jspecify.annotations.NullMarked;
