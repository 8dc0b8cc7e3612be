package dev.remap.jobs.store.layer;

import dev.remap.jobs.store.Store;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Ledgers that tasks read, parsed once per executor: a ledger never changes. */
public final class Ledgers {
  private static final Map<String, Ledger> READ = new ConcurrentHashMap<>();

  private Ledgers() {}

  /** Looks again from now on: for repairs and collections of garbage, which remove ledgers. */
  public static void forget() {
    READ.clear();
  }

  public static Ledger of(Store store, String folder) {
    return READ.computeIfAbsent(
        store.locate(folder), where -> new Layer(store, folder).requireLedger());
  }

  /** The ledger of a layer that may not be complete. */
  public static Optional<Ledger> find(Store store, String folder) {
    String where = store.locate(folder);
    Ledger known = READ.get(where);
    if (known != null) {
      return Optional.of(known);
    }
    Optional<Ledger> found = new Layer(store, folder).ledger();
    found.ifPresent(ledger -> READ.put(where, ledger));
    return found;
  }
}
