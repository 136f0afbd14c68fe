package org.ketloom.runtime.internal.deploy;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.ketloom.runtime.internal.parts.PartGate;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;

/** Who has called {@code System.exit}; the call doesn't return, so its thread shows it. */
final class ExitCalls {
  private final BundleContext context;

  ExitCalls(BundleContext context) {
    this.context = context;
  }

  /** Symbolic names and versions of the plugins whose code has asked the process to end. */
  Set<String> culprits() {
    List<StackTraceElement[]> calls =
        Thread.getAllStackTraces().values().stream().filter(ExitCalls::exits).toList();
    return calls.isEmpty()
        ? Set.of()
        : Arrays.stream(context.getBundles())
            .filter(PartGate::isPlugin)
            .filter(plugin -> calls.stream().anyMatch(call -> isOf(call, plugin)))
            .map(PluginDiagnosis::name)
            .collect(Collectors.toSet());
  }

  private static boolean exits(StackTraceElement[] trace) {
    return Arrays.stream(trace)
        .anyMatch(
            frame ->
                frame.getClassName().equals("java.lang.Runtime")
                    && frame.getMethodName().equals("exit"));
  }

  private static boolean isOf(StackTraceElement[] trace, Bundle plugin) {
    return Arrays.stream(trace)
        .map(frame -> frame.getClassName().replace('.', '/') + ".class")
        .anyMatch(file -> plugin.getEntry(file) != null);
  }
}
