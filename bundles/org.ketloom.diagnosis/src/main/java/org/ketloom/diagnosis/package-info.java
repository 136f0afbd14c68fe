/**
 * Why a bundle doesn't resolve. Neither a bundle of its own nor exported: the launcher has it on
 * its class path, and the runtime carries a copy.
 */
@org.jspecify.annotations.NullMarked
package org.ketloom.diagnosis;
