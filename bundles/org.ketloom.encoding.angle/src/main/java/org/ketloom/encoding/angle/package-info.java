/** Angle encoding: one rotation per feature. */
@NullMarked
package org.ketloom.encoding.angle;

import org.jspecify.annotations.NullMarked;
