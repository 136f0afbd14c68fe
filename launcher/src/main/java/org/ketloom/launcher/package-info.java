/** Boots Felix with features and hands the command line to the command service. */
package org.ketloom.launcher;
