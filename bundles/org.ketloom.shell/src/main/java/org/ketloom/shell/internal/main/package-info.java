/** Where commands come from: the command line, a Gogo session. */
package org.ketloom.shell.internal.main;
