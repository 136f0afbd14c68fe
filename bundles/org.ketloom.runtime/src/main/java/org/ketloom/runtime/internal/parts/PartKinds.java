package org.ketloom.runtime.internal.parts;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.ketloom.api.convolution.ConvolutionEngine;
import org.ketloom.api.data.DatasetProvider;
import org.ketloom.api.engine.QuantumEngine;
import org.ketloom.api.model.GenerativeModelFactory;
import org.ketloom.api.part.Ansatz;
import org.ketloom.api.part.Encoding;
import org.ketloom.api.part.NoiseModel;
import org.ketloom.api.part.ObservableHead;
import org.ketloom.api.part.PartKind;

/** The kinds of parts that the platform knows itself, and how kinds are told apart. */
public final class PartKinds {
  /** In the order in which they are listed. */
  public static final List<PartKind> PLATFORM =
      List.of(
          Encoding.KIND,
          Ansatz.KIND,
          ObservableHead.KIND,
          NoiseModel.KIND,
          GenerativeModelFactory.KIND,
          DatasetProvider.KIND,
          QuantumEngine.KIND,
          ConvolutionEngine.KIND);

  private PartKinds() {}

  /** The first kind of each name, in order: two versions of a bundle bring one kind twice. */
  public static List<PartKind> distinct(Collection<PartKind> kinds) {
    Map<String, PartKind> byName = new LinkedHashMap<>();
    kinds.forEach(kind -> byName.putIfAbsent(kind.name(), kind));
    return List.copyOf(byName.values());
  }

  /** The kind with the name of another, but with another service type. */
  public static Optional<PartKind> rival(PartKind kind, Collection<PartKind> kinds) {
    return kinds.stream()
        .filter(k -> k.name().equals(kind.name()))
        .filter(k -> !k.type().getName().equals(kind.type().getName()))
        .findFirst();
  }

  /**
   * The kinds of which a service is, each name once. Of two versions of a kind it is the one whose
   * class the service has.
   *
   * @param classes the names of its service types
   * @param service the service; null if there is none
   */
  public static List<PartKind> of(
      Collection<String> classes, @Nullable Object service, Collection<PartKind> kinds) {
    List<PartKind> candidates =
        new ArrayList<>(kinds.stream().filter(k -> classes.contains(k.type().getName())).toList());
    List<PartKind> fitting = candidates.stream().filter(k -> k.type().isInstance(service)).toList();
    candidates.removeIf(
        kind -> fitting.stream().anyMatch(f -> f.name().equals(kind.name()) && !f.equals(kind)));
    return distinct(candidates);
  }
}
