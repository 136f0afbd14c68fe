package org.ketloom.itests.deploy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A container of its own process, {@code ketloom shell}, that is told what to do line by line. */
final class Session implements AutoCloseable {
  private static final long SECONDS = 60;

  private final Process process;
  private final Writer in;
  private final BufferedReader out;
  private int asked;

  /**
   * Starts it.
   *
   * @param home of the distribution
   * @param folder its working directory; the folder of plugins and that for temporary files are in
   *     it
   */
  Session(Path home, Path folder) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(home.resolve("bin/ketloom").toString(), "shell")
            .directory(folder.toFile())
            .redirectErrorStream(true);
    Map<String, String> environment = builder.environment();
    environment.keySet().removeIf(n -> n.startsWith("KETLOOM_") && !n.equals("KETLOOM_CACHE"));
    environment.put("JAVA_HOME", System.getProperty("java.home"));
    environment.put("KETLOOM_PLUGINS", folder.resolve("plugins").toString());
    environment.put("KETLOOM_FEATURES", "core,shell,halter");
    environment.put(
        "KETLOOM_JAVA_OPTS",
        "-XX:TieredStopAtLevel=1 -Dketloom.kernels=plain -Dhalt.file="
            + folder.resolve("halt.at")
            + " -Djava.io.tmpdir="
            + folder.resolve("temporary"));
    process = builder.start();
    in = process.outputWriter(StandardCharsets.UTF_8);
    out = process.inputReader(StandardCharsets.UTF_8);
  }

  /** Does a command, and gives what it prints. */
  String ask(String command) throws IOException {
    StringBuilder answer = new StringBuilder();
    if (!ask(command, answer)) {
      throw new AssertionError(command + ": the process has ended:\n" + answer);
    }
    return answer.toString();
  }

  /** Does a command, unless the process ends meanwhile. */
  boolean ask(String command, StringBuilder answer) throws IOException {
    // Its answer shows that the one of the command is complete.
    String end = "end-" + ++asked;
    try {
      tell(command);
      tell(end);
    } catch (IOException e) {
      return false;
    }
    for (String line = out.readLine(); line != null; line = out.readLine()) {
      if (line.endsWith(end)) {
        return true;
      }
      answer.append(line).append('\n');
    }
    return false;
  }

  /** Begins with a command. */
  void tell(String command) throws IOException {
    in.write(command + "\n");
    in.flush();
  }

  /** Waits until the process has ended, and gives its status. */
  int awaitEnd() throws InterruptedException {
    if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError("the process doesn't end");
    }
    return process.exitValue();
  }

  /** SIGKILL. Unlike {@link #close} it leaves the streams open: another thread may be reading. */
  void kill() {
    process.toHandle().destroyForcibly();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
