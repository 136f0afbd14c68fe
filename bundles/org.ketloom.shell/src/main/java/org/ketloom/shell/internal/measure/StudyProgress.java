package org.ketloom.shell.internal.measure;

import java.util.function.BooleanSupplier;
import org.ketloom.shell.internal.console.ProgressLine;
import org.ketloom.shell.internal.console.Texts;
import org.ketloom.study.StudyListener;

/**
 * Shows how far a study or an evaluation has come.
 *
 * @param line where it is shown
 * @param interrupted whether it was asked to stop
 */
public record StudyProgress(ProgressLine line, BooleanSupplier interrupted)
    implements StudyListener {

  @Override
  public void progress(Progress event) {
    if (line.due()) {
      line.show(
          event.part()
              + "/"
              + event.parts()
              + "  "
              + event.name()
              + "  "
              + event.detail()
              + (event.failed() > 0 ? "  " + event.failed() + " failed" : "")
              + event.left().map(left -> "  " + Texts.duration(left) + " left").orElse(""));
    }
  }

  @Override
  public void stage(String stage, long done, long total) {
    line.update(stage, done, total);
  }

  @Override
  public void note(String text) {
    line.println(text);
  }

  @Override
  public boolean stopped() {
    return interrupted.getAsBoolean();
  }
}
