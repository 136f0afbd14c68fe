package org.ketloom.api.part;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Options as the components of a record: reads them, shows them, and makes a new record with some
 * of them changed. A component is a boolean, int, long, double, String, enum, or a List of Integer,
 * Double or String. In text, enum constants are lower case with dashes.
 */
public final class Options {

  /**
   * One option of a part.
   *
   * @param name its name
   * @param type what it takes, for people: {@code int}, {@code line|ring}, ...
   * @param value its value in the record that was asked, as text, number, boolean or list
   * @param description the text of its {@link Option}, or empty
   */
  public record Entry(String name, String type, Object value, String description) {}

  private Options() {}

  /**
   * The options of a part with their current values; empty for what is not a record.
   *
   * @param part a part or any other record
   */
  public static List<Entry> of(Object part) {
    return components(part).stream()
        .map(
            c ->
                new Entry(
                    c.getName(),
                    typeName(c),
                    plain(read(c, part)),
                    Optional.ofNullable(c.getAnnotation(Option.class))
                        .map(Option::value)
                        .orElse("")))
        .toList();
  }

  /** The options' values by name, as text, numbers, booleans and lists, in order. */
  public static Map<String, Object> values(Object part) {
    Map<String, Object> values = new LinkedHashMap<>();
    of(part).forEach(e -> values.put(e.name(), e.value()));
    return values;
  }

  /**
   * A part like the given one with some options changed.
   *
   * @param part the prototype
   * @param name what the part is called, for messages: {@code encoding "angle"}
   * @param changes new values by name: text, numbers, booleans or lists, as JSON gives them, or all
   *     as text, as a command line gives them
   * @return a part of the same class; the prototype itself if nothing changes
   * @throws IllegalArgumentException naming the part and the option that is unknown, of the wrong
   *     type, or refused by the part
   */
  public static <T> T with(T part, String name, Map<String, ?> changes) {
    if (changes.isEmpty()) {
      return part;
    }
    List<RecordComponent> components = components(part);
    List<String> known = components.stream().map(RecordComponent::getName).toList();
    for (String key : changes.keySet()) {
      if (!known.contains(key)) {
        throw new IllegalArgumentException(
            name
                + " has no option \""
                + key
                + "\"; "
                + (known.isEmpty() ? "it has none" : "it has " + String.join(", ", known)));
      }
    }
    Object[] arguments =
        components.stream()
            .map(
                c ->
                    changes.containsKey(c.getName())
                        ? convert(
                            changes.get(c.getName()), c, name + ": option \"" + c.getName() + "\"")
                        : read(c, part))
            .toArray();
    try {
      @SuppressWarnings("unchecked")
      Class<T> type = (Class<T>) part.getClass();
      var constructor =
          type.getDeclaredConstructor(
              components.stream().map(RecordComponent::getType).toArray(Class<?>[]::new));
      constructor.setAccessible(true);
      return constructor.newInstance(arguments);
    } catch (InvocationTargetException e) {
      throw new IllegalArgumentException(name + ": " + e.getCause().getMessage(), e.getCause());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(name + " can't be configured", e);
    }
  }

  /**
   * Refuses a value of an option, in a record's compact constructor.
   *
   * @param holds whether the value is in its range
   * @param range the rule as a sentence: {@code layers must be at least 1}
   * @param found the value
   * @throws IllegalArgumentException with both if it isn't
   */
  public static void require(boolean holds, String range, Object found) {
    if (!holds) {
      throw new IllegalArgumentException(range + ", found " + found);
    }
  }

  private static List<RecordComponent> components(Object part) {
    return part.getClass().isRecord()
        ? Arrays.asList(part.getClass().getRecordComponents())
        : List.of();
  }

  private static Object read(RecordComponent component, Object part) {
    try {
      Method accessor = component.getAccessor();
      accessor.setAccessible(true);
      return accessor.invoke(part);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("option " + component.getName() + " can't be read", e);
    }
  }

  private static Object plain(Object value) {
    if (value instanceof Enum<?> constant) {
      return text(constant);
    }
    return value instanceof List<?> list ? list.stream().map(Options::plain).toList() : value;
  }

  private static String text(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static String typeName(RecordComponent component) {
    Class<?> type = component.getType();
    if (type.isEnum()) {
      return Arrays.stream(type.getEnumConstants())
          .map(c -> text((Enum<?>) c))
          .collect(Collectors.joining("|"));
    }
    if (type == List.class) {
      return "list of " + element(component).getSimpleName().toLowerCase(Locale.ROOT);
    }
    return type == String.class ? "text" : type.getSimpleName();
  }

  private static Class<?> element(RecordComponent component) {
    Type type = component.getGenericType();
    return type instanceof ParameterizedType p
            && p.getActualTypeArguments()[0] instanceof Class<?> c
        ? c
        : Object.class;
  }

  private static Object convert(Object value, RecordComponent component, String where) {
    if (component.getType() == List.class) {
      List<Object> items = new ArrayList<>();
      List<?> given =
          value instanceof List<?> list
              ? list
              : value instanceof String s
                  ? s.isBlank() ? List.of() : List.of(s.split("\\s*,\\s*"))
                  : List.of(value);
      given.forEach(item -> items.add(scalar(item, element(component), component, where)));
      return List.copyOf(items);
    }
    return scalar(value, component.getType(), component, where);
  }

  private static Object scalar(
      Object value, Class<?> type, RecordComponent component, String where) {
    String given = String.valueOf(value).strip();
    try {
      if (type == int.class || type == Integer.class) {
        return integral(given).intValueExact();
      }
      if (type == long.class) {
        return integral(given).longValueExact();
      }
      if (type == double.class || type == Double.class) {
        double number = Double.parseDouble(given);
        if (Double.isFinite(number)) {
          return number;
        }
      } else if (type == boolean.class && (given.equals("true") || given.equals("false"))) {
        return Boolean.valueOf(given);
      } else if (type == String.class) {
        return String.valueOf(value);
      } else if (type.isEnum()) {
        for (Object constant : type.getEnumConstants()) {
          if (text((Enum<?>) constant).equals(given.toLowerCase(Locale.ROOT).replace('_', '-'))) {
            return constant;
          }
        }
      }
    } catch (NumberFormatException | ArithmeticException e) {
      throw wrong(given, component, where);
    }
    throw wrong(given, component, where);
  }

  private static java.math.BigInteger integral(String given) {
    return new java.math.BigDecimal(given).toBigIntegerExact();
  }

  private static IllegalArgumentException wrong(
      String given, RecordComponent component, String where) {
    return new IllegalArgumentException(
        where + " takes " + typeName(component) + ", found \"" + given + "\"");
  }
}
