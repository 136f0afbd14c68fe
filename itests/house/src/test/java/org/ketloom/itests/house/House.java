package org.ketloom.itests.house;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The code of all bundles and the launcher: classes as they were compiled, sources as they stand.
 *
 * @param root the folder of the repository
 * @param bundles names of the folders in {@code bundles} that have code
 */
record House(Path root, List<String> bundles) {
  private static final String LAUNCHER = "org.ketloom.launcher";

  /** The house that the build says. */
  static House ofBuild() {
    Path root = Path.of(System.getProperty("ketloom.root"));
    try (Stream<Path> folders = Files.list(root.resolve("bundles"))) {
      return new House(
          root,
          folders
              .filter(f -> Files.isDirectory(f.resolve("src/main/java")))
              .map(f -> f.getFileName().toString())
              .sorted()
              .toList());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The classes of main code. */
  JavaClasses classes() {
    List<Path> folders = new ArrayList<>();
    for (Path module : modules()) {
      // Not the libraries that a bundle carries.
      Path own = module.resolve("target/classes/org/ketloom");
      if (!Files.isDirectory(own)) {
        throw new IllegalStateException(own + " isn't there: compile " + module + " first");
      }
      folders.add(own);
    }
    return new ClassFileImporter().importPaths(folders);
  }

  /** The files of main code in Java. */
  List<Path> sources() {
    List<Path> found = new ArrayList<>();
    for (Path module : modules()) {
      try (Stream<Path> files = Files.walk(module.resolve("src/main/java"))) {
        files.filter(f -> f.toString().endsWith(".java")).sorted().forEach(found::add);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return found;
  }

  private List<Path> modules() {
    List<Path> modules = new ArrayList<>();
    bundles.forEach(b -> modules.add(root.resolve("bundles").resolve(b)));
    modules.add(root.resolve("launcher"));
    return modules;
  }

  /** The bundle, or the launcher, that a class belongs to; none for other code. */
  Optional<String> owner(JavaClass type) {
    String name = type.getPackageName();
    return Stream.concat(bundles.stream(), Stream.of(LAUNCHER))
        .filter(b -> name.equals(b) || name.startsWith(b + "."))
        .max(Comparator.comparingInt(String::length));
  }
}
