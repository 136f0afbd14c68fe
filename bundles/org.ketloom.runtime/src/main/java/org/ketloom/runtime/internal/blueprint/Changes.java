package org.ketloom.runtime.internal.blueprint;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.ketloom.api.model.Blueprint;
import org.ketloom.api.model.GenerativeModel;
import org.ketloom.runtime.blueprint.Blueprints;
import org.ketloom.runtime.parts.PartIdentity;

/** In what two compositions differ. */
public final class Changes {
  private Changes() {}

  /** Those of some parts that others don't have at the same path. */
  public static Map<String, PartIdentity> different(
      Map<String, PartIdentity> some, Map<String, PartIdentity> others) {
    Map<String, PartIdentity> different = new LinkedHashMap<>();
    some.forEach(
        (path, identity) -> {
          if (!identity.equals(others.get(path))) {
            different.put(path, identity);
          }
        });
    return different;
  }

  /** The fingerprints of a model's circuits by name. */
  public static Map<String, String> circuits(GenerativeModel<?> model) {
    Map<String, String> fingerprints = new LinkedHashMap<>();
    model.circuits().forEach((name, circuit) -> fingerprints.put(name, circuit.fingerprint()));
    return fingerprints;
  }

  /** How a Blueprint changed: {@code parts.ansatz.name: "two-qubit" to "ladder"}. */
  public static List<String> lines(Blueprints blueprints, Blueprint before, Blueprint after) {
    return blueprints.differences(before, after).stream()
        .map(line -> line.replaceFirst(" here, ", " to ").replaceFirst(" there$", ""))
        .toList();
  }
}
