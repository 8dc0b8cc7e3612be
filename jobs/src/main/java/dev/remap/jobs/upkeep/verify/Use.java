package dev.remap.jobs.upkeep.verify;

import dev.remap.jobs.store.Inputs;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.artifact.Artifacts;
import dev.remap.jobs.store.layer.Layer;
import dev.remap.jobs.store.layer.LayerId;
import dev.remap.jobs.store.layer.TableKind;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;

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
    LayerId.of(scan.folder()).ifPresent(layer -> add(layer, scan));
  }

  private void add(LayerId layer, LayerScan scan) {
    for (Inputs inputs : scan.inputs()) {
      inputs.find(Inputs.DUPLICATES).ifPresent(used::add);
      inputs.parent().ifPresent(parent -> used.add(layer.table().layer(parent).folder()));
    }
    Stream.concat(scan.inputs().stream(), Stream.of(Inputs.NONE))
        .flatMap(inputs -> layer.source(inputs).stream())
        .forEach(source -> used.add(source.folder()));
  }

  /**
   * Whether something was made from a layer. From a merged one, where the layer that it stands for
   * is not there any more; from a generation, its manifest.
   */
  boolean of(String folder) {
    return LayerId.of(folder).map(this::of).orElse(false);
  }

  private boolean of(LayerId layer) {
    if (layer.table().kind() == TableKind.SHARDS) {
      return store.exists(Artifacts.manifestPath(layer.folder()));
    }
    String raw = layer.raw().folder();
    return used.contains(raw)
        && !(layer.isMerged() && store.exists(new Layer(store, raw).ledgerPath()));
  }
}
