package org.ketloom.itests.deploy;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.AfterClass;
import org.junit.BeforeClass;
import org.junit.Test;
import org.ketloom.itests.container.Plugin;
import org.ketloom.itests.plugin.WaveAnsatz;

/**
 * The process is killed between every two steps of whatever changes what is deployed, and at any
 * moment. The one that comes next has the old plugin or the new one, and goes on.
 *
 * <p>That no two files change between two steps is in the deployer's unit test.
 */
public class KillIT {
  private static final int KILLED = 137;
  private static final long SEED = 20240611;

  /** Plugin test.wave in version 4.0.N. */
  private static final Pattern CURRENT = Pattern.compile("current +test\\.wave 4\\.0\\.(\\d+) .*");

  private static final Pattern PART = Pattern.compile("ansatz +wave +4\\.0\\.(\\d+) +test\\.wave");
  private static final Pattern DEPLOYMENT = Pattern.compile(" *(\\d+)  \\d{4}-\\d\\d-\\d\\d .*");
  private static final Pattern ADDED = Pattern.compile("(?s)deployment (\\d+): .*");

  /** A trial changes nothing on disk; where it is the same as another's its end has to do. */
  private static final List<String> TRIAL =
      List.of("installed test.wave TO", "resolved test.wave TO", "started test.wave TO");

  private static final List<String> TRIALS = List.of("installed", "resolved", "started");
  private static final List<String> CHECKED = List.of("checked test.wave TO");
  private static final List<String> KEEP = List.of("keeping", "kept", "noting", "noted");
  private static final List<String> COMMIT =
      List.of(
          "recording deployment NEXT",
          "recorded deployment NEXT",
          "switching to deployment NEXT",
          "switched to deployment NEXT");
  private static final List<String> SHOW =
      List.of("admitted deployment NEXT", "retired test.wave FROM");

  /** What changes what is deployed: its steps, and the one from which on it isn't undone. */
  private enum Verb {
    ADD(
        "placed",
        List.of(
            List.of("copied wave.jar"),
            TRIAL,
            CHECKED,
            KEEP,
            List.of("placing test.wave-TO.jar", "placed test.wave-TO.jar"),
            COMMIT,
            SHOW)),
    /** A person renames a jar into place. */
    DROP("", List.of(List.of("copied dropped.jar"), CHECKED, KEEP, COMMIT, SHOW)),
    REMOVE(
        "took out",
        List.of(
            List.of("took out test.wave-FROM.jar"),
            COMMIT,
            List.of("let go of test.wave-FROM.jar"),
            SHOW)),
    /** A person deletes a jar. */
    DELETE("", List.of(COMMIT, SHOW)),
    ROLLBACK("switched", List.of(CHECKED, COMMIT, SHOW));

    private final String decisive;
    private final List<String> steps;

    Verb(String decisive, List<List<String>> steps) {
      this.decisive = decisive;
      this.steps = steps.stream().flatMap(List::stream).toList();
    }

    /** Whether its effect is there for the one that comes after a kill at a step. */
    boolean isDoneAt(String step) {
      int first =
          IntStream.range(0, steps.size())
              .filter(i -> steps.get(i).startsWith(decisive))
              .findFirst()
              .orElseThrow();
      return steps.indexOf(step) >= first;
    }

    void begin(Session session, Path folder, int from, int to) throws IOException {
      switch (this) {
        case ADD -> session.tell("deploy add " + wave(folder, to));
        case DROP ->
            Files.move(
                wave(folder, to),
                folder.resolve("plugins/dropped.jar"),
                StandardCopyOption.ATOMIC_MOVE);
        case REMOVE -> session.tell("deploy remove test.wave");
        case DELETE -> Files.delete(folder.resolve("plugins/test.wave-4.0." + from + ".jar"));
        case ROLLBACK -> session.tell("deploy rollback 1");
      }
    }
  }

  private static Path work;
  private static Path home;
  private static Path base;
  private static Map<String, Future<?>> chains;
  private static ExecutorService workers;

  @BeforeClass
  public static void begin() throws Exception {
    work = Files.createTempDirectory("kill");
    Path archive = Path.of(System.getProperty("ketloom.distribution"));
    int status =
        new ProcessBuilder("tar", "xzf", archive.toString(), "-C", work.toString())
            .inheritIO()
            .start()
            .waitFor();
    assertEquals(archive + " can't be unpacked", 0, status);
    home = work.resolve(archive.getFileName().toString().replace(".tar.gz", ""));
    installHalter();
    base = folder("base");
    Files.createDirectory(base.resolve("plugins"));
    try (Session session = new Session(home, base)) {
      String answer = session.ask("deploy add " + wave(base, 0));
      assertTrue(answer, answer.contains("deployment 1: test.wave 4.0.0 is new"));
    }
    // Each has a folder of its own. A process keeps one core busy, but for some waiting.
    workers = Executors.newFixedThreadPool(3);
    chains =
        Map.of(
            "add",
            chain(Verb.ADD),
            "drop",
            chain(Verb.DROP),
            "rollback",
            chain(Verb.ROLLBACK),
            "remove",
            chain(Verb.REMOVE),
            "delete",
            chain(Verb.DELETE),
            "outside",
            submit(KillIT::killedFromOutside));
  }

  /** The deployer takes it when it begins: it is a feature that is started before. */
  private static void installHalter() throws IOException {
    Files.copy(Jars.make().resolve("halter.jar"), home.resolve("bundles/test.halter-1.0.0.jar"));
    Files.writeString(
        home.resolve("features/halter.json"),
        "{\"bundles\": [{\"id\": \"test:test.halter:1.0.0\", \"start-order\": 3}]}");
  }

  private static Future<?> chain(Verb verb) {
    return submit(() -> kill(verb));
  }

  private interface Work {
    void run() throws Exception;
  }

  private static Future<?> submit(Work work) {
    Callable<Void> call =
        () -> {
          work.run();
          return null;
        };
    return workers.submit(call);
  }

  @AfterClass
  public static void clean() throws Exception {
    workers.shutdownNow();
    assertTrue(workers.awaitTermination(70, TimeUnit.SECONDS));
    try (Stream<Path> files = Files.walk(work)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private static Path folder(String name) throws IOException {
    Path folder = Files.createDirectory(work.resolve(name));
    Files.createDirectory(folder.resolve("temporary"));
    return folder;
  }

  private static Path copyOfBase(String name) throws IOException {
    Path folder = folder(name);
    Path plugins = base.resolve("plugins");
    try (Stream<Path> files = Files.walk(plugins)) {
      for (Path file : files.toList()) {
        Files.copy(file, folder.resolve("plugins").resolve(plugins.relativize(file)));
      }
    }
    return folder;
  }

  /** The plugin in version 4.0.N, which takes the place of the others. */
  private static Path wave(Path folder, int number) throws IOException {
    Path jar =
        Plugin.jar(
            "test.wave",
            "4.0." + number,
            Map.of("Import-Package", "org.ketloom.api.part,*"),
            WaveAnsatz.class);
    return Files.move(jar, folder.resolve("wave.jar"), StandardCopyOption.REPLACE_EXISTING);
  }

  // ---- between two steps

  @Test
  public void addedOrNot() throws Exception {
    await("add");
  }

  @Test
  public void droppedIsTakenSoonerOrLater() throws Exception {
    await("drop");
  }

  @Test
  public void removedOrNot() throws Exception {
    await("remove");
  }

  @Test
  public void deletedIsRetiredSoonerOrLater() throws Exception {
    await("delete");
  }

  @Test
  public void rolledBackOrNot() throws Exception {
    await("rollback");
  }

  @Test
  public void killedFromOutsideAtAnyMoment() throws Exception {
    await("outside");
  }

  private static void await(String chain) throws Exception {
    try {
      chains.get(chain).get(10, TimeUnit.MINUTES);
    } catch (ExecutionException e) {
      throw new AssertionError(chain + ": " + e.getCause().getMessage(), e.getCause());
    }
  }

  private static void kill(Verb verb) throws Exception {
    Path folder = copyOfBase(verb.name());
    Path armed = folder.resolve("halt.at");
    int version = 0;
    Session session = new Session(home, folder);
    try {
      State state = State.of(session, folder, verb + " at the beginning");
      assertEquals(List.of(0), state.versions());
      if (verb == Verb.ROLLBACK) {
        session.ask("deploy add " + wave(folder, ++version));
        state = State.of(session, folder, verb + " at the beginning");
      }
      for (String step : verb.steps) {
        int from = version;
        int to = verb == Verb.ROLLBACK ? 0 : version + 1;
        String at =
            step.replace("NEXT", Integer.toString(state.deployment() + 1))
                .replace("FROM", "4.0." + from)
                .replace("TO", "4.0." + to);
        String where = verb + ", killed after: " + at;
        Files.deleteIfExists(folder.resolve("steps.log"));
        Files.writeString(folder.resolve("arming"), at);
        Files.move(folder.resolve("arming"), armed, StandardCopyOption.ATOMIC_MOVE);
        verb.begin(session, folder, from, to);
        assertEquals(where, KILLED, session.awaitEnd());
        assertStepsKnown(verb, folder, at);
        session.close();
        Files.delete(armed);

        session = new Session(home, folder);
        state = State.of(session, folder, where);
        List<Integer> done = verb == Verb.REMOVE || verb == Verb.DELETE ? List.of() : List.of(to);
        assertEquals(where, verb.isDoneAt(step) ? done : List.of(from), state.versions());

        version = Math.max(from, to) + 1;
        String answer = session.ask("deploy add " + wave(folder, version));
        assertTrue(where + ": " + answer, ADDED.matcher(answer).matches());
        state = State.of(session, folder, where + ", and added");
        assertEquals(where, List.of(version), state.versions());
      }
    } finally {
      session.close();
    }
  }

  /** That no step is missing here: after each of them a process is killed. */
  private static void assertStepsKnown(Verb verb, Path folder, String last) throws IOException {
    List<String> told = Files.readAllLines(folder.resolve("steps.log"));
    assertTrue(told.toString(), told.get(told.size() - 1).startsWith(last));
    for (String step : told) {
      String kind = step.split(" ")[0];
      // What lies in the folder, or the command before has placed, may be looked at again.
      boolean known = step.startsWith("copied test.") || TRIALS.contains(kind);
      assertTrue(step, known || verb.steps.stream().anyMatch(s -> s.split(" ")[0].equals(kind)));
    }
  }

  /** What a container has, as all that can be asked says unanimously. */
  private record State(List<Integer> versions, int deployment) {
    static State of(Session session, Path folder, String where) throws Exception {
      String list = session.ask("deploy list");
      for (int i = 0; i < 100 && list.lines().anyMatch(l -> l.startsWith("retiring")); i++) {
        TimeUnit.MILLISECONDS.sleep(50);
        list = session.ask("deploy list");
      }
      List<Integer> versions = numbers(CURRENT, list);
      String parts = session.ask("parts wave --brief");
      String what = where + ":\n" + list + parts;
      assertEquals(what, versions, numbers(PART, parts));
      assertTrue(what, versions.size() <= 1);
      assertTrue(what, list.lines().noneMatch(l -> l.startsWith("refused")));
      List<Integer> deployments = numbers(DEPLOYMENT, list);
      int last = deployments.size();
      assertEquals(what, IntStream.rangeClosed(1, last).boxed().toList(), deployments);
      Path store = folder.resolve("plugins/.deployments");
      assertEquals(what, last + "\n", Files.readString(store.resolve("current")));
      try (Stream<Path> files = Files.walk(folder.resolve("plugins"))) {
        List<String> strange =
            files
                .filter(Files::isRegularFile)
                .map(f -> folder.resolve("plugins").relativize(f).toString())
                .filter(
                    f ->
                        !f.matches(
                            "[a-z].*\\.jar|\\.deployments/(lock|current|\\d{8}\\.json"
                                + "|jars/[0-9a-f]{64}\\.jar|(verdicts|ended)/[0-9a-f]{64}\\.json)"))
                .toList();
        assertEquals(what, List.of(), strange);
      }
      return new State(versions, last);
    }

    private static List<Integer> numbers(Pattern line, String text) {
      return text.lines()
          .map(line::matcher)
          .filter(Matcher::matches)
          .map(m -> Integer.valueOf(m.group(1)))
          .toList();
    }
  }

  // ---- at any moment

  private static void killedFromOutside() throws Exception {
    Path folder = copyOfBase("outside");
    Random random = new Random(SEED);
    List<Integer> before = List.of(0);
    int version = 0;
    Session session = new Session(home, folder);
    try {
      State.of(session, folder, "at the beginning");
      for (int round = 1; round <= 5; round++) {
        long millis = 50 + random.nextInt(1200);
        Session victim = session;
        Thread killer =
            new Thread(
                () -> {
                  try {
                    TimeUnit.MILLISECONDS.sleep(millis);
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                  victim.kill();
                });
        killer.start();
        List<String> told = new ArrayList<>();
        List<Integer> after = before;
        StringBuilder answer = new StringBuilder();
        boolean alive = true;
        while (alive) {
          before = after;
          int verb = before.isEmpty() ? 0 : random.nextInt(3);
          String command =
              switch (verb) {
                case 0 -> "deploy add " + wave(folder, ++version);
                case 1 -> "deploy remove test.wave";
                default -> "deploy rollback 1";
              };
          after = List.of(List.of(version), List.<Integer>of(), List.of(0)).get(verb);
          told.add(command + " -> " + after);
          alive = session.ask(command, answer);
        }
        killer.join();
        session.close();
        session = new Session(home, folder);
        String where = "round " + round + ", after " + millis + " ms: " + told + "\n" + answer;
        State state = State.of(session, folder, where);
        assertTrue(
            where + "there is " + state,
            state.versions().equals(before) || state.versions().equals(after));
        version++;
        before = List.of(version);
        session.ask("deploy add " + wave(folder, version));
        assertEquals(where, before, State.of(session, folder, where).versions());
      }
    } finally {
      session.close();
    }
  }
}
