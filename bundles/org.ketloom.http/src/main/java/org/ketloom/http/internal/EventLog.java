package org.ketloom.http.internal;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** The latest events, numbered, for readers that wait for the next ones. */
final class EventLog {
  /** What a reader that comes back can still have. */
  private static final int KEPT = 1000;

  /**
   * An event.
   *
   * @param id its number, from 1
   * @param data JSON in one line
   */
  record Event(long id, String name, String data) {}

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<Event> events = new ArrayDeque<>();
  private long last;
  private boolean closed;

  void add(String name, String data) {
    lock.lock();
    try {
      events.add(new Event(++last, name, data));
      if (events.size() > KEPT) {
        events.remove();
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Number of the latest event; 0 if there was none. */
  long last() {
    lock.lock();
    try {
      return last;
    } finally {
      lock.unlock();
    }
  }

  /** Whether all events after a number are still there. */
  boolean reaches(long after) {
    lock.lock();
    try {
      return after <= last && after >= last - events.size();
    } finally {
      lock.unlock();
    }
  }

  /**
   * The events after a number, waiting for one if there is none.
   *
   * @return empty if none came in time, or the log was closed
   */
  List<Event> await(long after, long millis) throws InterruptedException {
    long left = TimeUnit.MILLISECONDS.toNanos(millis);
    lock.lock();
    try {
      while (last <= after && !closed && left > 0) {
        left = changed.awaitNanos(left);
      }
      List<Event> found = new ArrayList<>();
      for (Event event : events) {
        if (event.id() > after) {
          found.add(event);
        }
      }
      return found;
    } finally {
      lock.unlock();
    }
  }

  boolean isClosed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  /** Lets go all who wait. */
  void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
