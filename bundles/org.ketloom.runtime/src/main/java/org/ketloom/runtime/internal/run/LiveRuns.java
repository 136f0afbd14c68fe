package org.ketloom.runtime.internal.run;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/** The runs that are open in this container. */
@Component(service = LiveRuns.class)
public final class LiveRuns {
  private final List<TrainingRun> runs = new CopyOnWriteArrayList<>();

  /** No run is open. */
  @Activate
  public LiveRuns() {}

  void add(TrainingRun run) {
    runs.add(run);
  }

  void remove(TrainingRun run) {
    runs.remove(run);
  }

  /** In the order in which they were opened. */
  public List<TrainingRun> runs() {
    return List.copyOf(runs);
  }
}
