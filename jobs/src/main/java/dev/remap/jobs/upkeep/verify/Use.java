package dev.remap.jobs.upkeep.verify;

import dev.remap.jobs.store.Inputs;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.artifact.Artifacts;
import dev.remap.jobs.store.layer.Layer;
import dev.remap.jobs.store.layer.LayerChain;
import dev.remap.jobs.table.Snapshots;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/** What was made from which layer, as plans and ledgers tell: what was used was finished before. */
final class Use {
  private final Store store;
  private final Set<String> used = new HashSet<>();

  /**
   * @param scans of all layers, after their checks
   */
  Use(Store store, Collection<LayerScan> scans) {
    this.store = store;
    scans.forEach(this::add);
  }

  private void add(LayerScan scan) {
    String[] names = scan.folder().split("/", -1);
    String table = scan.folder().substring(0, scan.folder().lastIndexOf('/'));
    String number = number(names[names.length - 1]);
    scan.inputs(Inputs.PARENT).forEach(parent -> used.add(table + "/" + parent));
    switch (names[0]) {
      case "descriptors" -> used.add(Snapshots.FOLDER + "/" + number);
      case "vectors" ->
          scan.inputs(Inputs.EXTRACTOR).forEach(id -> used.add("descriptors/" + id + "/" + number));
      case "indexes" ->
          scan.inputs(Inputs.WHITENING)
              .forEach(
                  id ->
                      scan.inputs(Inputs.SNAPSHOT)
                          .forEach(snapshot -> used.add("vectors/" + id + "/" + snapshot)));
      default -> {
        // Nothing comes before a snapshot but the one it lies on.
      }
    }
  }

  /** Without what tells a merged layer from the one that it stands for. */
  private static String number(String layer) {
    return layer.split("-", 2)[0];
  }

  /**
   * Whether something was made from a layer. From a merged one, where the layer that it stands for
   * is not there any more; from a generation, its manifest.
   */
  boolean of(String folder) {
    String name = folder.substring(folder.lastIndexOf('/') + 1);
    String raw = folder.substring(0, folder.length() - name.length()) + number(name);
    boolean isGeneration = folder.startsWith("indexes/");
    return isGeneration
        ? store.exists(Artifacts.manifestPath(folder))
        : used.contains(raw)
            && !(LayerChain.isMerged(name) && store.exists(new Layer(store, raw).ledgerPath()));
  }
}
