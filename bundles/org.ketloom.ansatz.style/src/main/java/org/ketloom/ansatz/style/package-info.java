/** The circuit of the style-based quantum generator. */
@NullMarked
package org.ketloom.ansatz.style;

import org.jspecify.annotations.NullMarked;
