package org.ketloom.runtime.internal.health;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;
import org.osgi.service.component.runtime.dto.ReferenceDTO;
import org.osgi.service.component.runtime.dto.UnsatisfiedReferenceDTO;

/**
 * Why components don't run: the service that nobody offers, and who waits for it, directly or
 * through others. A component that lacks a configuration isn't at fault: it is meant for those who
 * give it one.
 */
final class UnsatisfiedComponents {
  private final ServiceComponentRuntime runtime;
  private final Map<ComponentDescriptionDTO, ComponentConfigurationDTO> unsatisfied =
      new LinkedHashMap<>();
  private final List<String> failed = new ArrayList<>();

  UnsatisfiedComponents(ServiceComponentRuntime runtime) {
    this.runtime = runtime;
  }

  /** One line per cause. */
  List<String> rootCauses() {
    for (ComponentDescriptionDTO description : runtime.getComponentDescriptionDTOs()) {
      for (ComponentConfigurationDTO found : runtime.getComponentConfigurationDTOs(description)) {
        if (found.state == ComponentConfigurationDTO.FAILED_ACTIVATION) {
          failed.add(
              name(description)
                  + " can't be activated: "
                  + found.failure.lines().findFirst().orElse("it doesn't say why"));
        } else if (found.state == ComponentConfigurationDTO.UNSATISFIED_REFERENCE) {
          unsatisfied.put(description, found);
        }
      }
    }
    Map<String, Set<String>> waiting = new LinkedHashMap<>();
    unsatisfied.forEach(
        (description, found) -> {
          Set<String> causes = new LinkedHashSet<>();
          collect(description, found, causes, new LinkedHashSet<>());
          causes.forEach(
              cause ->
                  waiting
                      .computeIfAbsent(cause, c -> new LinkedHashSet<>())
                      .add(name(description)));
        });
    List<String> lines = new ArrayList<>(failed);
    waiting.forEach((cause, who) -> lines.add(String.join(", ", who) + " waits for " + cause));
    return lines;
  }

  private void collect(
      ComponentDescriptionDTO description,
      ComponentConfigurationDTO found,
      Set<String> causes,
      Set<String> seen) {
    if (!seen.add(description.name)) {
      return;
    }
    for (UnsatisfiedReferenceDTO missing : found.unsatisfiedReferences) {
      ReferenceDTO reference =
          Arrays.stream(description.references)
              .filter(r -> r.name.equals(missing.name))
              .findFirst()
              .orElseThrow();
      List<Map.Entry<ComponentDescriptionDTO, ComponentConfigurationDTO>> makers =
          unsatisfied.entrySet().stream()
              .filter(e -> List.of(e.getKey().serviceInterfaces).contains(reference.interfaceName))
              .toList();
      if (makers.isEmpty()) {
        causes.add(
            "service "
                + reference.interfaceName
                + (missing.target == null ? "" : " with " + missing.target)
                + ", which no bundle offers");
      }
      makers.forEach(maker -> collect(maker.getKey(), maker.getValue(), causes, seen));
    }
  }

  private static String name(ComponentDescriptionDTO description) {
    return "component " + description.name + " of " + description.bundle.symbolicName;
  }
}
