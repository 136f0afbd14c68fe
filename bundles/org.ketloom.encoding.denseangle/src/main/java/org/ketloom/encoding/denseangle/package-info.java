/** Dense angle encoding: two features per wire. */
@NullMarked
package org.ketloom.encoding.denseangle;

import org.jspecify.annotations.NullMarked;
