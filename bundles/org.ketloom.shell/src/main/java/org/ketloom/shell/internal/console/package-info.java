/** What commands work with: the terminal, messages, services of the platform, interruptions. */
package org.ketloom.shell.internal.console;
