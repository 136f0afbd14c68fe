package org.ketloom.shell.internal.measure;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.ketloom.shell.internal.console.ExitStatus;
import org.ketloom.shell.internal.console.Interruptions;
import org.ketloom.shell.internal.console.ProgressLine;
import org.ketloom.shell.internal.console.Services;
import org.ketloom.study.GradientVarianceStudy;
import org.ketloom.study.Studies;
import org.ketloom.study.Study;
import org.ketloom.study.StudyResult;
import org.ketloom.study.StudyRun;

/** Runs a study in front of people. Apart from its command, which has to load without studies. */
final class StudySession {
  private StudySession() {}

  /**
   * How it is run.
   *
   * @param check only say what would be run
   * @param retry run failed parts again
   * @param json print the result as JSON
   */
  record Mode(boolean check, boolean retry, boolean json) {}

  /** Runs what isn't done yet, or says what that would be; the exit status. */
  static int run(Services services, ProgressLine line, Path file, Path folder, Mode mode)
      throws IOException {
    Studies studies = services.get(Studies.class);
    Study study = studies.read(file);
    AtomicBoolean interrupted = new AtomicBoolean();
    CountDownLatch over = new CountDownLatch(1);
    Interruptions.Work work =
        () -> {
          interrupted.set(true);
          // A point of it can't be stopped, and nothing of a part is kept.
          if (!(study instanceof GradientVarianceStudy)) {
            await(over);
          }
        };
    services.interruptions().add(work);
    line.begin("checking the study " + file);
    try (StudyRun run = studies.open(study, folder, new StudyProgress(line, interrupted::get))) {
      List<String> plan = run.plan();
      line.note(plan.get(0));
      if (mode.check()) {
        plan.stream().skip(1).forEach(line::println);
        return 0;
      }
      return status(line, study, run.run(mode.retry()), mode.json());
    } finally {
      line.clear();
      over.countDown();
      services.interruptions().remove(work);
    }
  }

  private static int status(ProgressLine line, Study study, StudyResult result, boolean json) {
    if (result.state() == StudyResult.State.STOPPED) {
      line.println(
          study instanceof GradientVarianceStudy
              ? "stopped; nothing is written"
              : "stopped; the same command continues");
      return ExitStatus.INTERRUPTED;
    }
    if (json) {
      line.println(json(result).toPrettyString());
    } else {
      result.table().forEach(line::println);
      line.println("written to " + result.folder());
    }
    return result.state() == StudyResult.State.FINISHED ? 0 : 1;
  }

  private static ObjectNode json(StudyResult result) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    node.put("state", result.state().name().toLowerCase(Locale.ROOT));
    node.put("folder", result.folder().toString());
    ArrayNode rows = node.putArray("rows");
    for (StudyResult.Row row : result.rows()) {
      ObjectNode entry = rows.addObject();
      ObjectNode at = entry.putObject("at");
      row.at().forEach(at::put);
      ObjectNode values = entry.putObject("values");
      row.values()
          .forEach(
              (measure, value) ->
                  values
                      .putObject(measure)
                      .put("mean", value.mean())
                      .put("deviation", value.deviation())
                      .put("count", value.count()));
    }
    return node;
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
