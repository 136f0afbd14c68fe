package org.ketloom.launcher;

import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.Function;

/**
 * Answers what needs no container: help, the version, completion. The bundle with the command line
 * names a class for that in its feature, a {@code Function<String[], OptionalInt>}, which is loaded
 * from the features' jars as they lie there.
 */
final class Offline {
  private static final Set<String> FIRST =
      Set.of("help", "version", "completion", "-V", "--version");
  private static final Set<String> ANYWHERE = Set.of("-h", "--help");

  private Offline() {}

  /**
   * Answers, if that is possible.
   *
   * @return the exit status; empty if a container has to be started, nothing has been printed then
   */
  static OptionalInt answer(String[] arguments, Layout layout) throws LaunchException {
    return isAsked(arguments)
        ? answer(arguments, Feature.chosen(layout), layout)
        : OptionalInt.empty();
  }

  /** Whether this may be a request for help; the command line decides. */
  private static boolean isAsked(String[] arguments) {
    List<String> words = List.of(arguments);
    return words.isEmpty()
        || FIRST.contains(words.get(0))
        || words.stream().anyMatch(ANYWHERE::contains);
  }

  private static OptionalInt answer(String[] arguments, List<Feature> features, Layout layout)
      throws LaunchException {
    Optional<Feature> owner = features.stream().filter(f -> f.offline().isPresent()).findFirst();
    if (owner.isEmpty()) {
      return OptionalInt.empty();
    }
    Feature.Entry entry = owner.get().offline().orElseThrow();
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    try (URLClassLoader loader =
        new URLClassLoader(
            jars(entry, owner.get(), features, layout), Offline.class.getClassLoader())) {
      thread.setContextClassLoader(loader);
      @SuppressWarnings("unchecked")
      Function<String[], OptionalInt> command =
          (Function<String[], OptionalInt>)
              loader.loadClass(entry.offline()).getConstructor().newInstance();
      return command.apply(arguments.clone());
    } catch (IOException | ReflectiveOperationException | LinkageError e) {
      // A jar is missing or damaged: the start of the container says which one.
      return OptionalInt.empty();
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  /** The bundle itself, then those of its feature, then all others. */
  private static URL[] jars(
      Feature.Entry first, Feature owner, List<Feature> features, Layout layout)
      throws MalformedURLException {
    Set<String> names = new LinkedHashSet<>(List.of(first.fileName()));
    owner.bundles().forEach(e -> names.add(e.fileName()));
    features.stream()
        .flatMap(f -> f.bundles().stream())
        .filter(e -> e.platform().isEmpty())
        .forEach(e -> names.add(e.fileName()));
    List<URL> jars = new ArrayList<>();
    for (String name : names) {
      Path jar = layout.bundles().resolve(name);
      if (Files.isRegularFile(jar)) {
        jars.add(jar.toUri().toURL());
      }
    }
    return jars.toArray(URL[]::new);
  }
}
