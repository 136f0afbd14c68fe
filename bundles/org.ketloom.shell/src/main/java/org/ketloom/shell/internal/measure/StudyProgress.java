package org.ketloom.shell.internal.measure;

import java.util.ArrayList;
import java.util.List;
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
      List<String> fields = new ArrayList<>();
      event.left().ifPresent(left -> fields.add(Texts.duration(left) + " left"));
      fields.add(event.part() + "/" + event.parts());
      fields.add(event.name());
      if (event.failed() > 0) {
        fields.add(event.failed() + " failed");
      }
      fields.add(event.detail());
      line.show(fields);
    }
  }

  @Override
  public void stage(String stage, long done, long total) {
    line.update(stage, done, total);
  }

  @Override
  public void note(String text) {
    line.note(text);
  }

  @Override
  public boolean stopped() {
    return interrupted.getAsBoolean();
  }
}
