package dev.remap.jobs.upkeep.verify;

import dev.remap.core.whitening.Whitening;
import dev.remap.jobs.store.Layout;
import dev.remap.jobs.store.Sha256;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.table.Whitenings;
import java.util.Optional;

/**
 * The file of a whitening that is whole, though no manifest names it: its id is its digest.
 *
 * @param path below the store's root
 */
record StoredWhitening(String path, Whitening whitening) {
  static Optional<StoredWhitening> find(Store store, String id) {
    String folder = Layout.whitening(id);
    return store.list(folder).stream()
        .filter(name -> name.endsWith(".bin"))
        .map(name -> folder + "/" + name)
        .flatMap(path -> read(store, id, path).stream())
        .findFirst();
  }

  private static Optional<StoredWhitening> read(Store store, String id, String path) {
    byte[] bytes = store.read(path, Whitenings.MAX_BYTES);
    return Sha256.hex(bytes).startsWith(id)
        ? Optional.of(new StoredWhitening(path, Whitening.fromBytes(bytes)))
        : Optional.empty();
  }

  boolean isFittedElsewhere() {
    return whitening.count() == Whitening.FITTED_ELSEWHERE;
  }
}
