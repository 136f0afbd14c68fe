package org.ketloom.launcher;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;

/**
 * Which Declarative Services components wait for what. SCR's introspection API belongs to a bundle,
 * out of sight of the launcher's class loader, hence reflection.
 */
final class ComponentDiagnosis {
  private static final String RUNTIME =
      "org.osgi.service.component.runtime.ServiceComponentRuntime";

  private ComponentDiagnosis() {}

  static String explain(BundleContext context) {
    List<String> unsatisfied = new ArrayList<>();
    try {
      ServiceReference<?>[] references = context.getAllServiceReferences(RUNTIME, null);
      if (references == null) {
        return "Declarative Services is not running: install feature core too";
      }
      Object runtime = context.getService(references[0]);
      Class<?> type = runtime.getClass().getClassLoader().loadClass(RUNTIME);
      Collection<?> components =
          (Collection<?>)
              type.getMethod("getComponentDescriptionDTOs", Bundle[].class)
                  .invoke(runtime, (Object) new Bundle[0]);
      for (Object component : components) {
        Collection<?> configurations =
            (Collection<?>)
                type.getMethod("getComponentConfigurationDTOs", component.getClass())
                    .invoke(runtime, component);
        for (Object configuration : configurations) {
          Object failure = field(configuration, "failure");
          if (failure != null) {
            String first = failure.toString().lines().findFirst().orElse("");
            unsatisfied.add("\n  " + field(component, "name") + " failed: " + first);
          }
          for (Object reference : (Object[]) field(configuration, "unsatisfiedReferences")) {
            unsatisfied.add(
                "\n  " + field(component, "name") + " waits for " + describe(component, reference));
          }
        }
        if (configurations.isEmpty() && "require".equals(field(component, "configurationPolicy"))) {
          unsatisfied.add("\n  " + field(component, "name") + " waits for its configuration");
        }
      }
    } catch (ReflectiveOperationException | InvalidSyntaxException e) {
      return "Declarative Services can't be asked why: " + e;
    }
    return unsatisfied.isEmpty()
        ? "No component waits for anything: install feature shell too"
        : "Components that could not start:" + String.join("", unsatisfied);
  }

  private static String describe(Object component, Object unsatisfied)
      throws ReflectiveOperationException {
    Object name = field(unsatisfied, "name");
    for (Object reference : (Object[]) field(component, "references")) {
      if (name.equals(field(reference, "name"))) {
        Object target = field(unsatisfied, "target");
        return field(reference, "interfaceName") + (target == null ? "" : " " + target);
      }
    }
    return "reference " + name;
  }

  private static Object field(Object dto, String name) throws ReflectiveOperationException {
    return dto.getClass().getField(name).get(dto);
  }
}
