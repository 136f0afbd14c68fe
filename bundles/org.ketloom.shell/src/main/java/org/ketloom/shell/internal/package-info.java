/** The commands, and how a terminal, a Gogo session and the framework meet them. */
package org.ketloom.shell.internal;
