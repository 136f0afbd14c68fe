package org.ketloom.runtime.internal.parts;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.ketloom.api.part.Options;
import org.ketloom.api.part.Part;
import org.ketloom.api.part.PartKind;
import org.ketloom.api.part.PartKindProvider;
import org.ketloom.files.Causes;
import org.ketloom.runtime.parts.RegisteredPart;
import org.osgi.framework.Bundle;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;

/**
 * What a service contributes to the registry.
 *
 * @param reference of the service
 * @param service its object; null if it can't be made
 * @param bundle the bundle that it comes from: the plugin whose class the object is of, even where
 *     another bundle registers it
 * @param seen the kinds that it was read with
 * @param kind the kind that it brings, if it is a {@link PartKindProvider}
 * @param parts the parts that it is
 * @param refused why it isn't what it looks like, a line each
 */
public record TrackedService(
    ServiceReference<?> reference,
    @Nullable Object service,
    Bundle bundle,
    List<PartKind> seen,
    Optional<PartKind> kind,
    List<RegisteredPart> parts,
    List<String> refused) {
  private static final Set<Class<?>> SCALARS =
      Set.of(boolean.class, int.class, long.class, double.class, String.class);
  private static final Set<Class<?>> ELEMENTS = Set.of(Integer.class, Double.class, String.class);

  private static final String CANT_BE_CREATED = "its service can't be created";

  /** Whether a service is to bring a kind of parts. */
  public static boolean bringsKind(ServiceReference<?> reference) {
    return classes(reference).contains(PartKindProvider.class.getName());
  }

  /** Reads a service, which runs code of the bundle that it comes from. */
  public static TrackedService read(
      ServiceReference<?> reference,
      Bundle bundle,
      @Nullable Object service,
      Collection<PartKind> kinds) {
    return read(reference, bundle, service, kinds, "");
  }

  /** A service that couldn't be read. */
  static TrackedService refused(
      ServiceReference<?> reference, Bundle bundle, Collection<PartKind> kinds, String fault) {
    return read(reference, bundle, null, kinds, fault);
  }

  private static TrackedService read(
      ServiceReference<?> reference,
      Bundle bundle,
      @Nullable Object service,
      Collection<PartKind> kinds,
      String known) {
    List<PartKind> seen = PartKinds.of(classes(reference), service, kinds);
    List<RegisteredPart> parts = new ArrayList<>();
    List<String> refused = new ArrayList<>();
    Optional<PartKind> brought = Optional.empty();
    Object name = reference.getProperty(Part.NAME);
    for (PartKind kind : seen) {
      try {
        if (!known.isEmpty()) {
          throw new IllegalArgumentException(known);
        }
        Object description = reference.getProperty(Part.DESCRIPTION);
        List<Options.Entry> options = options(kind, name, service);
        parts.add(
            new RegisteredPart(
                kind,
                (String) name,
                bundle.getVersion(),
                bundle.getSymbolicName(),
                description instanceof String text ? text : "",
                options,
                id(reference),
                prototype(service)));
      } catch (IllegalArgumentException e) {
        refused.add(leftOut(kind.name(), name, bundle, Causes.of(e)));
      }
    }
    if (bringsKind(reference)) {
      try {
        if (!known.isEmpty()) {
          throw new IllegalArgumentException(known);
        }
        brought = Optional.of(kind(service));
      } catch (IllegalArgumentException e) {
        refused.add(leftOut("kind of parts", name, bundle, Causes.of(e)));
      }
    } else if (seen.isEmpty()) {
      String fault = known.isEmpty() ? unknownKind(reference) : known;
      refused.add(leftOut("part", name, bundle, fault));
    }
    return new TrackedService(
        reference, service, bundle, seen, brought, List.copyOf(parts), List.copyOf(refused));
  }

  /** What is worth a warning: a part may come before its kind. */
  List<String> warnings() {
    return seen.isEmpty() && !bringsKind(reference) ? List.of() : refused;
  }

  /** Whether other kinds give something else. */
  boolean isStale(Collection<PartKind> kinds) {
    return !seen.equals(PartKinds.of(classes(reference), service, kinds));
  }

  /** Whether it comes from a plugin. */
  boolean isPlugins() {
    return PartGate.isPlugin(bundle);
  }

  int ranking() {
    return reference.getProperty(Constants.SERVICE_RANKING) instanceof Integer number ? number : 0;
  }

  static Long id(ServiceReference<?> reference) {
    return (Long) reference.getProperty(Constants.SERVICE_ID);
  }

  public static List<String> classes(ServiceReference<?> reference) {
    return List.of((String[]) reference.getProperty(Constants.OBJECTCLASS));
  }

  /** Why a service with a part's name is no part. */
  public static String unknownKind(ServiceReference<?> reference) {
    return "no kind of parts has the service type "
        + String.join(" or ", classes(reference))
        + "; install the bundle that brings this kind";
  }

  static String leftOut(String kind, @Nullable Object name, Bundle bundle, String fault) {
    return kind
        + " "
        + (name == null ? "without a name" : "\"" + name + "\"")
        + " of bundle "
        + bundle.getSymbolicName()
        + " "
        + bundle.getVersion()
        + " is left out: "
        + fault;
  }

  /**
   * The kind that a provider brings, which runs code of it.
   *
   * @throws IllegalArgumentException saying what is wrong with the provider
   */
  public static PartKind kind(@Nullable Object service) {
    if (!(service instanceof PartKindProvider provider)) {
      throw new IllegalArgumentException(CANT_BE_CREATED);
    }
    try {
      PartKind kind = provider.kind();
      if (kind != null) {
        return kind;
      }
    } catch (RuntimeException | LinkageError e) {
      throw new IllegalArgumentException("its kind() threw " + e, e);
    }
    throw new IllegalArgumentException("its kind() gave null");
  }

  /**
   * The options of a part, which runs code of it.
   *
   * @throws IllegalArgumentException saying what is wrong with the part
   */
  public static List<Options.Entry> options(
      PartKind kind, @Nullable Object name, @Nullable Object service) {
    if (!(name instanceof String text) || !text.matches(Part.NAME_PATTERN)) {
      throw new IllegalArgumentException(
          "service property "
              + Part.NAME
              + " must be a name in lower case with dashes, found "
              + name);
    }
    if (service == null) {
      throw new IllegalArgumentException(CANT_BE_CREATED);
    }
    if (!kind.type().isInstance(service)) {
      throw new IllegalArgumentException(
          service.getClass().getName() + " is not a " + kind.type().getName());
    }
    if (!service.getClass().isRecord()) {
      return List.of();
    }
    requireOptions(service.getClass());
    try {
      return Options.of(service);
    } catch (RuntimeException | LinkageError e) {
      throw new IllegalArgumentException("its options can't be read: " + e, e);
    }
  }

  private static Part prototype(@Nullable Object service) {
    if (service instanceof Part part) {
      return part;
    }
    throw new IllegalArgumentException(CANT_BE_CREATED);
  }

  private static void requireOptions(Class<?> type) {
    for (RecordComponent component : type.getRecordComponents()) {
      if (component.getType().isRecord()) {
        requireOptions(component.getType());
      } else if (!isOption(component) && !isPart(component)) {
        throw new IllegalArgumentException(
            "option \""
                + component.getName()
                + "\" is a "
                + component.getGenericType().getTypeName()
                + "; an option is a boolean, int, long, double, String, enum, or a List of Integer,"
                + " Double or String, or a record of such options");
      }
    }
  }

  /** What a part works with, which is no option. */
  private static boolean isPart(RecordComponent component) {
    return component.getType().isInterface() && Part.class.isAssignableFrom(component.getType());
  }

  private static boolean isOption(RecordComponent component) {
    if (component.getType() == List.class) {
      Type type = component.getGenericType();
      return type instanceof ParameterizedType list
          && list.getActualTypeArguments()[0] instanceof Class<?> element
          && (ELEMENTS.contains(element) || element.isEnum());
    }
    return SCALARS.contains(component.getType()) || component.getType().isEnum();
  }
}
