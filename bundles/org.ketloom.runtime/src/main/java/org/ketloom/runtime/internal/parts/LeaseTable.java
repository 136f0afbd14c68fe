package org.ketloom.runtime.internal.parts;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.ketloom.runtime.parts.Leases;
import org.ketloom.runtime.parts.PartIdentity;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/** The leases of this container: who holds on to which bundles. */
@Component(service = {Leases.class, LeaseTable.class})
public final class LeaseTable implements Leases {
  private static final Logger LOG = System.getLogger("org.ketloom.runtime");

  /** What one run, or one model that draws images, holds on to. */
  public final class Lease implements AutoCloseable {
    private final String holder;

    private Lease(String holder) {
      this.holder = holder;
    }

    /**
     * Holds what somebody is about to compose, before anything of it is called, so that none of it
     * is retired meanwhile.
     *
     * @param more what is held besides
     * @param find finds what would be composed now
     * @param parts the bundles of what was found, by path
     * @return what was found
     */
    public <T> T hold(
        Collection<PartIdentity> more,
        Supplier<T> find,
        Function<T, Map<String, PartIdentity>> parts) {
      Map<String, PartIdentity> last = parts.apply(find.get());
      while (true) {
        List<PartIdentity> all = new ArrayList<>(more);
        all.addAll(last.values());
        hold(all);
        // Again: something may have gone before it was held.
        T found = find.get();
        Map<String, PartIdentity> now = parts.apply(found);
        if (now.equals(last)) {
          return found;
        }
        last = now;
      }
    }

    /** Holds other bundles from now on. */
    public void hold(Collection<PartIdentity> identities) {
      change(() -> held.put(this, Set.copyOf(identities)));
    }

    /** Lets go of all. */
    @Override
    public void close() {
      change(() -> held.remove(this));
    }
  }

  private final Map<Lease, Set<PartIdentity>> held = new LinkedHashMap<>();
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

  /** Nobody holds anything. */
  @Activate
  public LeaseTable() {}

  /** A lease for somebody, of nothing yet. */
  public Lease lease(String holder) {
    Lease lease = new Lease(holder);
    synchronized (held) {
      held.put(lease, Set.of());
    }
    return lease;
  }

  @Override
  public List<String> holders(String bundle, String version, String sha256) {
    synchronized (held) {
      return held.entrySet().stream()
          .filter(
              e ->
                  e.getValue().stream()
                      .anyMatch(
                          g ->
                              g.bundle().equals(bundle)
                                  && g.version().equals(version)
                                  && g.sha256().equals(sha256)))
          .map(e -> e.getKey().holder)
          .collect(Collectors.toList());
    }
  }

  @Override
  public List<String> live() {
    synchronized (held) {
      return held.keySet().stream().map(lease -> lease.holder).toList();
    }
  }

  @Override
  public void addListener(Runnable listener) {
    listeners.add(listener);
  }

  @Override
  public void removeListener(Runnable listener) {
    listeners.remove(listener);
  }

  private void change(Runnable change) {
    synchronized (held) {
      change.run();
    }
    for (Runnable listener : listeners) {
      try {
        listener.run();
      } catch (RuntimeException e) {
        LOG.log(Level.WARNING, "a listener of the leases failed", e);
      }
    }
  }
}
