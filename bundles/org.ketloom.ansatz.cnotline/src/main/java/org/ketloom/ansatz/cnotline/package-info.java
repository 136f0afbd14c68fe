/** Rotations on every wire, then a line of CNOTs. */
@NullMarked
package org.ketloom.ansatz.cnotline;

import org.jspecify.annotations.NullMarked;
