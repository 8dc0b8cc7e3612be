package dev.remap.jobs.stage.publish;

import dev.remap.jobs.store.NumberedFolders;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.StoreException;
import dev.remap.jobs.store.artifact.Artifacts;
import dev.remap.jobs.store.publication.Published;
import dev.remap.jobs.store.publication.Verdict;
import dev.remap.jobs.table.Generation;
import java.util.Map;
import java.util.Optional;

/**
 * What a generation shows, as far as it decides which of two is newer.
 *
 * @param generation its number
 * @param snapshot what its entries are of
 * @param quantizer what they are made with
 */
record Shown(int generation, int snapshot, String quantizer) {
  /** What a verdict names the snapshot by. */
  static final String SNAPSHOT = "snapshot";

  static final String QUANTIZER = "quantizer";

  static Shown by(Generation generation) {
    return new Shown(
        generation.number(), generation.vectors().snapshot(), generation.inputs().quantizer());
  }

  /**
   * What is published, as its verdict tells; entries of earlier builds are looked up in the
   * manifest. Nothing if that is lost.
   */
  static Optional<Shown> by(Store store, Published published) {
    int number = Generation.number(published);
    Map<String, String> about =
        published.verdict().<Map<String, String>>map(Verdict::about).orElse(Map.of());
    Optional<Map<String, String>> told =
        about.containsKey(SNAPSHOT) && about.containsKey(QUANTIZER)
            ? Optional.of(about)
            : manifest(store, published);
    return told.map(
        inputs -> new Shown(number, Integer.parseInt(inputs.get(SNAPSHOT)), inputs.get(QUANTIZER)));
  }

  private static Optional<Map<String, String>> manifest(Store store, Published published) {
    String path = published.manifest().path();
    try {
      return new Artifacts(store)
          .find(path.substring(0, path.lastIndexOf('/')))
          .map(manifest -> manifest.inputs().byName());
    } catch (StoreException e) {
      if (e.lost().isEmpty()) {
        throw e;
      }
      return Optional.empty();
    }
  }

  /** For a verdict. */
  Map<String, String> about() {
    return Map.of(
        "generation",
        NumberedFolders.name(generation),
        SNAPSHOT,
        NumberedFolders.name(snapshot),
        QUANTIZER,
        quantizer);
  }
}
