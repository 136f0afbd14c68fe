package org.ketloom.shell.internal.compose;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.ketloom.api.part.Ansatz;
import org.ketloom.api.part.Encoding;
import org.ketloom.api.part.PartKind;
import org.ketloom.bench.BenchCase;
import org.ketloom.runtime.parts.PartRegistry;
import org.ketloom.runtime.parts.RegisteredPart;

/** The circuits that a command line asks for. */
final class BenchCases {
  private final PartRegistry registry;
  private final List<BenchCase> cases = new ArrayList<>();
  private final List<String> left = new ArrayList<>();

  /** Of encodings alone, which most layers make no difference to. */
  private final Set<String> known = new HashSet<>();

  private BenchCases(PartRegistry registry) {
    this.registry = registry;
  }

  /**
   * The circuits.
   *
   * @param notes takes a sentence for each that can't be made, if all were asked for
   * @throws IllegalArgumentException naming what isn't there or doesn't fit, if it was asked for by
   *     name
   */
  static List<BenchCase> of(
      PartRegistry registry, BenchCommand.Request request, List<String> notes) {
    BenchCases made = new BenchCases(registry);
    if (request.all()) {
      if (!request.options().isEmpty()) {
        throw new IllegalArgumentException(
            "--set "
                + request.options().keySet().iterator().next()
                + ": with --all parts have their defaults; name the parts to change their options");
      }
      for (String encoding : made.names(Encoding.KIND)) {
        made.add(request, encoding, "", Map.of());
      }
      for (String ansatz : made.names(Ansatz.KIND)) {
        made.add(request, "", ansatz, Map.of());
      }
      notes.addAll(made.left);
      return made.cases;
    }
    request.options().keySet().forEach(path -> requirePath(path, request));
    for (String encoding : orNone(request.encodings())) {
      for (String ansatz : orNone(request.ansaetze())) {
        for (Map<String, String> options : variants(request.options())) {
          made.add(request, encoding, ansatz, options);
        }
      }
    }
    return made.cases;
  }

  private List<String> names(PartKind kind) {
    return registry.parts(kind).stream().map(RegisteredPart::name).distinct().sorted().toList();
  }

  private static List<String> orNone(List<String> names) {
    return names.isEmpty() ? List.of("") : names;
  }

  private static void requirePath(String path, BenchCommand.Request request) {
    boolean ansatz = path.matches("ansatz\\.\\w+") && !request.ansaetze().isEmpty();
    boolean encoding = path.matches("encoding\\.\\w+") && !request.encodings().isEmpty();
    if (!ansatz && !encoding) {
      throw new IllegalArgumentException(
          "--set "
              + path
              + ": an option is named as ansatz.NAME or encoding.NAME, of parts that --ansatz and"
              + " --encoding name");
    }
  }

  /** Options with a value each: one set for each number of a range. */
  private static List<Map<String, String>> variants(Map<String, String> options) {
    List<Map<String, String>> all = new ArrayList<>(List.of(Map.of()));
    options.forEach(
        (path, value) -> {
          List<Integer> numbers = value.contains("..") ? NumberRange.of(value) : List.of();
          List<String> values =
              numbers.isEmpty() ? List.of(value) : numbers.stream().map(n -> "" + n).toList();
          List<Map<String, String>> more = new ArrayList<>();
          for (Map<String, String> one : all) {
            for (String each : values) {
              Map<String, String> with = new LinkedHashMap<>(one);
              with.put(path, each);
              more.add(with);
            }
          }
          all.clear();
          all.addAll(more);
        });
    return all;
  }

  private void add(
      BenchCommand.Request request, String encoding, String ansatz, Map<String, String> options) {
    Optional<Encoding> first =
        encoding.isEmpty()
            ? Optional.empty()
            : Optional.of(
                CircuitChoice.part(registry, Encoding.KIND, encoding, Encoding.class, options));
    Optional<Ansatz> second =
        ansatz.isEmpty()
            ? Optional.empty()
            : Optional.of(CircuitChoice.part(registry, Ansatz.KIND, ansatz, Ansatz.class, options));
    String changed =
        options.entrySet().stream()
            .map(e -> e.getKey() + "=" + e.getValue())
            .collect(Collectors.joining(" "));
    for (int wires : request.wires()) {
      for (int layers : request.layers()) {
        try {
          BenchCase made = BenchCase.of(encoding, first, ansatz, second, changed, wires, layers);
          if (second.isPresent() || known.add(encoding + made.circuit().fingerprint())) {
            cases.add(made);
          }
        } catch (IllegalArgumentException e) {
          if (!request.all()) {
            throw e;
          }
          left.add(
              (encoding.isEmpty() ? ansatz : encoding)
                  + ", wires "
                  + wires
                  + ", layers "
                  + layers
                  + ", is left out: "
                  + e.getMessage());
        }
      }
    }
  }
}
