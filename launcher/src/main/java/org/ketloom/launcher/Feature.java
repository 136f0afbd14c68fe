package org.ketloom.launcher;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.felix.utils.json.JSONParser;

/**
 * A feature: bundles that are installed together. Read from OSGi feature JSON (OSGi Compendium R8,
 * chapter 159), of which the id and the bundles are used.
 *
 * @param name the file's name without {@code .json}
 * @param bundles in the file's order
 */
record Feature(String name, List<Entry> bundles) {
  private static final Set<String> BUNDLE_KEYS =
      Set.of("id", "start-order", "start", "platform", "offline");

  /**
   * A bundle of a feature.
   *
   * @param id Maven coordinates, {@code group:artifact:version}
   * @param startOrder bundles are started in this order, within it in the order of the features
   * @param onDemand whether it is installed only, for a command to start
   * @param platform the platform, such as {@code linux-x86_64}, that it is for; empty for all
   * @param offline the class that answers without a container (see {@link Offline}); empty for none
   */
  record Entry(String id, int startOrder, boolean onDemand, String platform, String offline) {
    String fileName() {
      String[] parts = id.split(":");
      return parts[1] + "-" + parts[2] + ".jar";
    }

    boolean isFor(String thisPlatform) {
      return platform.isEmpty() || platform.equals(thisPlatform);
    }
  }

  /** The bundle that answers without a container. */
  Optional<Entry> offline() {
    return bundles.stream().filter(e -> !e.offline().isEmpty()).findFirst();
  }

  /** The features that are to be installed. */
  static List<Feature> chosen(Layout layout) throws LaunchException {
    return choose(readAll(layout.features()), layout);
  }

  /**
   * Those of the known features that are to be installed.
   *
   * @throws LaunchException if there is no feature of a name
   */
  static List<Feature> choose(List<Feature> known, Layout layout) throws LaunchException {
    if (layout.start().isEmpty()) {
      return known;
    }
    List<Feature> chosen = new ArrayList<>();
    for (String name : layout.start()) {
      chosen.add(
          known.stream()
              .filter(f -> f.name().equals(name))
              .findFirst()
              .orElseThrow(
                  () ->
                      new LaunchException(
                          "No feature "
                              + name
                              + " in "
                              + layout.features()
                              + ": there is "
                              + String.join(", ", known.stream().map(Feature::name).toList()))));
    }
    return chosen;
  }

  /** Reads every feature of a folder, in the order of their names. */
  static List<Feature> readAll(Path folder) throws LaunchException {
    List<Path> files;
    try (Stream<Path> list = Files.list(folder)) {
      files = list.filter(f -> f.getFileName().toString().endsWith(".json")).sorted().toList();
    } catch (IOException e) {
      throw new LaunchException("Can't read the folder of features " + folder + ": " + e, e);
    }
    List<Feature> features = new ArrayList<>();
    for (Path file : files) {
      features.add(read(file));
    }
    if (features.isEmpty()) {
      throw new LaunchException("No feature (*.json) in " + folder);
    }
    return features;
  }

  static Feature read(Path file) throws LaunchException {
    Map<String, Object> json;
    try (InputStream in = Files.newInputStream(file)) {
      json = new JSONParser(in).getParsed();
    } catch (IOException e) {
      throw new LaunchException("Can't read feature " + file + ": " + e, e);
    } catch (RuntimeException e) {
      throw new LaunchException("Feature " + file + " is not JSON: " + e.getMessage(), e);
    }
    if (json == null || !(json.get("bundles") instanceof List<?> bundles)) {
      throw new LaunchException("Feature " + file + " has no list \"bundles\"");
    }
    List<Entry> entries = new ArrayList<>();
    for (Object bundle : bundles) {
      entries.add(readEntry(file, bundle));
    }
    String fileName = file.getFileName().toString();
    return new Feature(fileName.substring(0, fileName.lastIndexOf('.')), List.copyOf(entries));
  }

  private static Entry readEntry(Path file, Object bundle) throws LaunchException {
    // A bundle is its id alone or an object with an id and metadata.
    Map<?, ?> values = bundle instanceof Map<?, ?> map ? map : Map.of("id", bundle);
    if (!(values.get("id") instanceof String id) || !id.matches("[^:/\\\\]+(:[^:/\\\\]+){2}")) {
      throw new LaunchException(
          "Feature " + file + ": bundle " + bundle + " has no \"id\" like group:artifact:version");
    }
    for (Object key : values.keySet()) {
      if (!BUNDLE_KEYS.contains(key)) {
        throw new LaunchException(
            "Feature " + file + ": bundle " + id + " has unknown key \"" + key + "\"");
      }
    }
    Object order = values.get("start-order");
    if (order != null && !(order instanceof Long)) {
      throw new LaunchException(
          "Feature " + file + ": bundle " + id + " has start-order " + order + ", not an integer");
    }
    Object start = values.get("start");
    if (start != null && !start.equals("on-demand")) {
      throw new LaunchException(
          "Feature " + file + ": bundle " + id + " has start " + start + ", not \"on-demand\"");
    }
    Object platform = values.get("platform");
    return new Entry(
        id,
        order instanceof Long number ? Math.toIntExact(number) : Integer.MAX_VALUE,
        start != null,
        platform == null ? "" : platform.toString(),
        values.get("offline") instanceof String offline ? offline : "");
  }
}
