package org.ketloom.shell.internal.console;

/** A command for which no plugin has to be taken in: nothing waits for their checks then. */
public interface NeedsNoPlugins {}
