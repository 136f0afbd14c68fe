/** Boots Felix with features and hands the command line to the command service. */
@org.jspecify.annotations.NullMarked
package org.ketloom.launcher;
