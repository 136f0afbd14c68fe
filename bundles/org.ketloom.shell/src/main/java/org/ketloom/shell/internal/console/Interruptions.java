package org.ketloom.shell.internal.console;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/** What has to come to a good end before the process may end. */
@Component(service = Interruptions.class)
public final class Interruptions {

  /** Work that can be interrupted. */
  public interface Work {
    /** Asks the work to stop, and returns when it has. */
    void interrupt();
  }

  private final Set<Work> running = new HashSet<>();

  /** Nothing is running. */
  @Activate
  public Interruptions() {}

  /** Takes note of work that begins. */
  public synchronized void add(Work work) {
    running.add(work);
  }

  /** Forgets work that is over. */
  public synchronized void remove(Work work) {
    running.remove(work);
  }

  /** Interrupts all, and returns when all has stopped. */
  public void interrupt() {
    List<Work> works;
    synchronized (this) {
      works = List.copyOf(running);
    }
    works.forEach(Work::interrupt);
  }
}
