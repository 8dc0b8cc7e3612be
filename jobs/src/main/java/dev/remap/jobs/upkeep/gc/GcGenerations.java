package dev.remap.jobs.upkeep.gc;

import dev.remap.jobs.store.Claims;
import dev.remap.jobs.store.Inputs;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.artifact.ArtifactManifest;
import dev.remap.jobs.store.artifact.Artifacts;
import dev.remap.jobs.store.layer.Layer;
import dev.remap.jobs.store.layer.Plan;
import dev.remap.jobs.store.publication.Publication;
import dev.remap.jobs.store.publication.Published;
import dev.remap.jobs.table.Generation;
import java.util.Comparator;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Which generations of one index are kept: the live one, so many that were live before, those that
 * were live within the grace period, the newest, whether published or not, and what is young or
 * unfinished.
 */
final class GcGenerations {
  private final Store store;
  private final GcAge age;
  private final String index;
  private final Publication log;
  private final int publications;
  private final SortedMap<Integer, String> kept = new TreeMap<>();

  GcGenerations(GcAge age, GcTable table, String index, int before) {
    this.store = age.store();
    this.age = age;
    this.index = index;
    this.log = new Publication(store, index);
    this.publications = log.latest().map(Published::number).orElse(0);
    keepPublished(before);
    int newest = newest(table);
    kept.putIfAbsent(newest, "newest");
    table.young().forEach(number -> kept.putIfAbsent(number, "young"));
    table.numbers().stream()
        .filter(number -> number > newest)
        .forEach(number -> kept.putIfAbsent(number, "unfinished"));
    kept.keySet().retainAll(table.numbers());
  }

  private void keepPublished(int before) {
    boolean isYoung = true;
    for (int entry = publications; entry > 0 && (isYoung || kept.size() <= before); entry--) {
      int generation = Generation.number(log.entry(entry));
      if (entry == publications) {
        kept.put(generation, "live");
        continue;
      }
      isYoung = age.isYoung(log.path(entry + 1));
      if (isHalfDeleted(generation)) {
        continue;
      }
      if (kept.size() <= before) {
        kept.putIfAbsent(generation, "was live before");
      } else if (isYoung) {
        kept.putIfAbsent(generation, "was live a short time ago");
      }
    }
  }

  /** Whether a collection was killed over it. */
  private boolean isHalfDeleted(int generation) {
    String folder = Generation.folder(index, generation);
    return new Claims(store, folder).areThere() && !store.exists(Artifacts.manifestPath(folder));
  }

  private int newest(GcTable table) {
    return table.numbers().stream()
        .sorted(Comparator.reverseOrder())
        .filter(number -> Generation.isComplete(store, index, number))
        .findFirst()
        .orElse(0);
  }

  /** Their numbers and why. */
  SortedMap<Integer, String> kept() {
    return kept;
  }

  /** What a generation is made from, by name; nothing if it has no plan yet. */
  Optional<Inputs> inputs(int generation) {
    String folder = Generation.folder(index, generation);
    Optional<Inputs> manifest = new Artifacts(store).find(folder).map(ArtifactManifest::inputs);
    return manifest.or(() -> new Layer(store, folder).plan().map(Plan::inputs));
  }

  /** Whether nothing was published since: what was not kept may be live by now. */
  boolean areStillThose() {
    return !store.exists(log.path(publications + 1));
  }
}
