/** Where commands come from: the command line, a Gogo session. */
@org.jspecify.annotations.NullMarked
package org.ketloom.shell.internal.main;
