/** What commands work with: the terminal, messages, services of the platform, interruptions. */
@org.jspecify.annotations.NullMarked
package org.ketloom.shell.internal.console;
