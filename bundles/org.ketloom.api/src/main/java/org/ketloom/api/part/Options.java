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
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Options as the components of a record: reads them, shows them, and makes a new record with some
 * of them changed. A component is a boolean, int, long, double, String, enum, or a List of Integer,
 * Double or String. In text, enum constants are lower case with dashes. A component whose type is
 * an interface of {@link Part}s, such as the engine that another engine works with, is no option:
 * it is taken over as it is.
 */
public final class Options {

  /**
   * One option of a part.
   *
   * @param name its name
   * @param type what it takes, for people: {@code int}, {@code line|ring}, ...
   * @param value its value in the record that was asked, as text, number, boolean or list
   * @param range the {@link Option#range} of its numbers, or empty
   * @param description the text of its {@link Option}, or empty
   */
  public record Entry(String name, String type, Object value, String range, String description) {

    /** What it takes, as a message says it: {@code a whole number}. */
    public String expected() {
      return Options.expected(type);
    }
  }

  /** An option of a record, or of a record in it. */
  private record Leaf(List<RecordComponent> path) {
    RecordComponent component() {
      return path.get(path.size() - 1);
    }

    String name() {
      return component().getName();
    }

    Object read(Object record) {
      Object value = record;
      for (RecordComponent component : path) {
        value = Options.read(component, value);
      }
      return value;
    }

    Optional<Option> annotation() {
      return Optional.ofNullable(component().getAnnotation(Option.class));
    }

    /** The text of its range, which can be read. */
    String range() {
      String range = annotation().map(Option::range).orElse("");
      if (!range.isEmpty()) {
        OptionRange.parse(range);
      }
      return range;
    }

    /** The value that a command line or JSON gives. */
    Object convert(Object given, String where) {
      Object value = Options.convert(given, component(), where + ": option \"" + name() + "\"");
      if (!range().isEmpty()) {
        OptionRange range = OptionRange.parse(range());
        for (Object item : value instanceof List<?> list ? list : List.of(value)) {
          if (!(item instanceof Number number) || !range.contains(number)) {
            throw new IllegalArgumentException(
                where + ": " + name() + " " + range.rule() + ", found " + item);
          }
        }
      }
      return value;
    }
  }

  private Options() {}

  /**
   * The options of a part with their current values; empty for what is not a record. A component
   * that is a record itself stands for its own components, at any depth.
   *
   * @param part a part or any other record
   * @throws IllegalArgumentException if two options have one name, or a range can't be read
   */
  public static List<Entry> of(Object part) {
    return leaves(part.getClass()).stream()
        .map(
            leaf ->
                new Entry(
                    leaf.name(),
                    typeName(leaf.component()),
                    plain(leaf.read(part)),
                    leaf.range(),
                    leaf.annotation().map(Option::value).orElse("")))
        .toList();
  }

  /**
   * A record of which every option has its {@link Option#defaultValue}.
   *
   * @throws IllegalArgumentException naming the option whose default is missing, of the wrong type
   *     or out of its range, or with the record's own complaint
   */
  public static <T extends Record> T defaults(Class<T> type) {
    Map<String, Object> values = new LinkedHashMap<>();
    for (Leaf leaf : leaves(type)) {
      String[] given = leaf.annotation().map(Option::defaultValue).orElse(new String[0]);
      if (given.length == 0) {
        throw new IllegalArgumentException(
            type.getSimpleName()
                + ": option \""
                + leaf.name()
                + "\" has no defaultValue in its @Option");
      }
      values.put(leaf.name(), leaf.convert(String.join(",", given), type.getSimpleName()));
    }
    return build(type, values, Optional.empty(), type.getSimpleName());
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
    List<Leaf> leaves = leaves(part.getClass());
    List<String> known = leaves.stream().map(Leaf::name).toList();
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
    Map<String, Object> values = new LinkedHashMap<>();
    for (Leaf leaf : leaves) {
      values.put(
          leaf.name(),
          changes.containsKey(leaf.name())
              ? leaf.convert(changes.get(leaf.name()), name)
              : leaf.read(part));
    }
    @SuppressWarnings("unchecked")
    Class<T> type = (Class<T>) part.getClass();
    return build(type, values, Optional.of(part), name);
  }

  /**
   * A record of values that fit, by name.
   *
   * @param from the record that components that are no options are taken from
   */
  private static <T> T build(
      Class<T> type, Map<String, Object> values, Optional<?> from, String name) {
    RecordComponent[] components = type.getRecordComponents();
    Object[] arguments = new Object[components.length];
    for (int i = 0; i < arguments.length; i++) {
      RecordComponent c = components[i];
      Optional<Object> old = from.map(record -> read(c, record));
      arguments[i] =
          isPart(c)
              ? old.orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          name + ": component " + c.getName() + " is a part, with no default"))
              : c.getType().isRecord()
                  ? build(c.getType(), values, old, name)
                  : values.get(c.getName());
    }
    try {
      var constructor =
          type.getDeclaredConstructor(
              Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
      constructor.setAccessible(true);
      return constructor.newInstance(arguments);
    } catch (InvocationTargetException e) {
      Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
      throw new IllegalArgumentException(name + ": " + cause.getMessage(), cause);
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

  private static List<Leaf> leaves(Class<?> type) {
    List<Leaf> leaves = new ArrayList<>();
    if (type.isRecord()) {
      collect(type, List.of(), leaves);
    }
    return leaves;
  }

  private static void collect(Class<?> type, List<RecordComponent> above, List<Leaf> leaves) {
    for (RecordComponent component : type.getRecordComponents()) {
      if (isPart(component)) {
        continue;
      }
      List<RecordComponent> path = new ArrayList<>(above);
      path.add(component);
      if (component.getType().isRecord()) {
        collect(component.getType(), path, leaves);
      } else if (leaves.stream().anyMatch(l -> l.name().equals(component.getName()))) {
        throw new IllegalArgumentException(
            "two options of one part are called \"" + component.getName() + "\"");
      } else {
        leaves.add(new Leaf(List.copyOf(path)));
      }
    }
  }

  private static boolean isPart(RecordComponent component) {
    return component.getType().isInterface() && Part.class.isAssignableFrom(component.getType());
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

  private static String expected(String type) {
    return switch (type) {
      case "int", "long" -> "a whole number";
      case "double", "float" -> "a number";
      case "boolean" -> "true or false";
      case "list of integer", "list of long" -> "a list of whole numbers";
      case "list of double", "list of float" -> "a list of numbers";
      default -> type.startsWith("list ") ? "a " + type : type.replace("|", ", ");
    };
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
        where + " takes " + expected(typeName(component)) + ", found \"" + given + "\"");
  }
}
