package org.ketloom.itests.deploy;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.ketloom.itests.container.Plugin;
import org.ketloom.itests.plugin.Blur;
import org.ketloom.itests.plugin.BlurKind;
import org.ketloom.itests.plugin.EndlessActivator;
import org.ketloom.itests.plugin.EndlessAnsatz;
import org.ketloom.itests.plugin.FailingAnsatz;
import org.ketloom.itests.plugin.GaussianBlur;
import org.ketloom.itests.plugin.Halter;
import org.ketloom.itests.plugin.Hostile;
import org.ketloom.itests.plugin.LateParts;
import org.ketloom.itests.plugin.LeavesAMark;
import org.ketloom.itests.plugin.LyingAnsatz;
import org.ketloom.itests.plugin.Overdone;
import org.ketloom.itests.plugin.ThrowingActivator;
import org.ketloom.itests.plugin.UncheckedAnsatz;
import org.ketloom.itests.plugin.Unspeakable;
import org.ketloom.itests.plugin.WaitingAnsatz;
import org.ketloom.itests.plugin.WaveAnsatz;
import org.ketloom.itests.plugin.WrongEngine;

/** The jars that tests drop in, made outside of the container. */
final class Jars {
  private static final String IMPORTS = "org.ketloom.api.part,*";

  private static final List<String> HOSTILE =
      List.of(
          "hangs",
          "throws",
          "refuses",
          "get",
          "unget",
          "unget-refused",
          "kind",
          "health",
          "start",
          "stop",
          "speechless",
          "failing");

  private final Path folder;

  private Jars(Path folder) {
    this.folder = folder;
  }

  /** Makes all of them in a new folder. */
  static Path make() {
    try {
      Jars jars = new Jars(Files.createTempDirectory("jars"));
      jars.all();
      return jars.folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The name of a good plugin's jar. */
  static String wave(String version) {
    return "wave-" + version + ".jar";
  }

  private void all() throws IOException {
    for (String version : new String[] {"1.0.0", "1.1.0", "1.2.0", "2.0.0"}) {
      bundle(wave(version), "test.wave", version, Map.of(), WaveAnsatz.class);
    }
    for (int i = 0; i < 20; i++) {
      String version = "3.0." + i;
      bundle(wave(version), "test.wave", version, Map.of(), WaveAnsatz.class);
    }
    bundle("wave-other.jar", "test.wave", "1.0.0", Map.of("X-Other", "yes"), WaveAnsatz.class);
    bundle("rival.jar", "test.rival", "1.5.0", Map.of(), WaveAnsatz.class);
    bundle("twin.jar", "test.twin", "1.0.0", Map.of(), WaveAnsatz.class);
    for (String how : HOSTILE) {
      bundle(
          "hostile-" + how + ".jar",
          "test.hostile." + how,
          "1.0.0",
          Map.of("Bundle-Activator", Hostile.class.getName(), "X-How", how),
          Hostile.class);
    }
    bundle("unspeakable.jar", "test.unspeakable", "1.0.0", Map.of(), Unspeakable.class);
    bundle(
        "bare-component.jar",
        "test.bare",
        "5.0.0",
        Map.of("-removeheaders", "Require-Capability"),
        WaveAnsatz.class);
    bundle("lying.jar", "test.lying", "1.0.0", Map.of(), LyingAnsatz.class);
    bundle("endless.jar", "test.endless", "1.0.0", Map.of(), EndlessAnsatz.class);
    bundle("unchecked.jar", "test.unchecked", "1.0.0", Map.of(), UncheckedAnsatz.class);
    bundle("waiting.jar", "test.waiting", "1.0.0", Map.of(), WaitingAnsatz.class);
    bundle("failing.jar", "test.failing", "1.0.0", Map.of(), FailingAnsatz.class);
    bundle("engine.jar", "test.engine", "1.0.0", Map.of(), WrongEngine.class);
    bundle(
        "blur.jar", "test.blur", "1.0.0", Map.of(), Blur.class, BlurKind.class, GaussianBlur.class);
    bundle(
        "overdone.jar",
        "test.overdone",
        "1.0.0",
        Map.of(),
        Blur.class,
        BlurKind.class,
        Overdone.class);
    bundle("kindless.jar", "test.kindless", "1.0.0", Map.of(), Blur.class, GaussianBlur.class);
    activator("throws.jar", "test.throws", ThrowingActivator.class);
    activator("hangs.jar", "test.hangs", EndlessActivator.class);
    activator("mark.jar", "test.mark", LeavesAMark.class);
    activator("halter.jar", "test.halter", Halter.class);
    activator("late.jar", "test.late", LateParts.class);
    bundle("nowhere.jar", "test.nowhere", "1.0.0", imports("org.nowhere"), WaveAnsatz.class);
    bundle(
        "old.jar",
        "test.old",
        "1.0.0",
        Map.of("Import-Package", "org.ketloom.api.part;version=\"[1.1,2)\",*"),
        WaveAnsatz.class);
    bundle("model.jar", "test.model", "1.0.0", imports("org.ketloom.nn"), WaveAnsatz.class);
    bundle("fragment.jar", "test.fragment", "1.0.0", Map.of("Fragment-Host", "org.ketloom.api"));
    bundle("api.jar", "org.ketloom.api", "2.1.0", Map.of());
    bundle("shipped.jar", "org.ketloom.ansatz.twoqubit", "2.0.0", Map.of(), WaveAnsatz.class);
    Files.writeString(folder.resolve("text.jar"), "this is not a jar");
    byte[] whole = Files.readAllBytes(folder.resolve(wave("1.0.0")));
    Files.write(folder.resolve("half.jar"), Arrays.copyOf(whole, whole.length / 2));
    zip("bare.jar", "hello.txt", "no manifest");
    zip("plain.jar", "META-INF/MANIFEST.MF", "Manifest-Version: 1.0\r\n\r\n");
  }

  private static Map<String, String> imports(String first) {
    return Map.of("Import-Package", first + "," + IMPORTS);
  }

  private void activator(String file, String name, Class<?> type) throws IOException {
    bundle(file, name, "1.0.0", Map.of("Bundle-Activator", type.getName()), type);
  }

  private void bundle(
      String file, String name, String version, Map<String, String> headers, Class<?>... classes)
      throws IOException {
    Map<String, String> all = new HashMap<>(headers);
    if (classes.length > 0 && !headers.containsKey("Bundle-Activator")) {
      all.putIfAbsent("Import-Package", IMPORTS);
    }
    Files.move(Plugin.jar(name, version, all, classes), folder.resolve(file));
  }

  private void zip(String file, String entry, String content) throws IOException {
    try (OutputStream out = Files.newOutputStream(folder.resolve(file));
        ZipOutputStream zip = new ZipOutputStream(out)) {
      zip.putNextEntry(new ZipEntry(entry));
      zip.write(content.getBytes(StandardCharsets.UTF_8));
    }
  }
}
