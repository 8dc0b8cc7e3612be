package dev.remap.jobs.upkeep.gc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.jobs.store.ByteSource;
import dev.remap.jobs.store.Inputs;
import dev.remap.jobs.store.Layout;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.artifact.ArtifactDraft;
import dev.remap.jobs.store.artifact.Artifacts;
import dev.remap.jobs.store.layer.LayerChain;
import dev.remap.jobs.store.layer.Layers;
import dev.remap.jobs.store.publication.Publication;
import dev.remap.jobs.table.Generation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Of random stores where all is old, just that is kept which somebody still reads. */
class GcRetentionTest {
  private static final int SEEDS = 10;
  private static final int NUMBERS = 8;
  private static final String INDEX = "photos";

  @TempDir private Path folder;
  private Store store;
  private Random random;
  private Readers snapshots;
  private Readers descriptors;
  private Readers vectors;
  // What each generation is of, and which were live, oldest first.
  private final TreeMap<Integer, Integer> generations = new TreeMap<>();
  private final List<Integer> history = new ArrayList<>();

  /** A table's layers, and the folders of those that are read. */
  private static final class Readers {
    private final String table;
    private final TreeMap<Integer, Integer> parents = new TreeMap<>();
    private final Set<Integer> compacted = new TreeSet<>();
    private final Set<String> read = new TreeSet<>();

    Readers(String table) {
      this.table = table;
    }

    int newest() {
      return parents.lastKey();
    }

    int parent(int number) {
      return parents.getOrDefault(number, 0);
    }

    /** Somebody reads the table at that number. */
    void chain(int number) {
      for (int at = number; at > 0; at = compacted.contains(at) ? 0 : parent(at)) {
        String raw = LayerChain.folder(table, at);
        read.add(compacted.contains(at) ? raw + LayerChain.COMPACTED : raw);
      }
    }

    /** Somebody looks what has changed from one number to another; nobody does from nothing. */
    void way(int below, int number) {
      Set<String> way = new TreeSet<>();
      int at = number;
      for (; at > below; at = parent(at)) {
        way.add(LayerChain.folder(table, at));
      }
      if (below > 0 && at == below) {
        read.addAll(way);
      }
    }

    /** A number that others name: its plan tells what it lies on. */
    void named(int number) {
      if (number > 0) {
        read.add(LayerChain.folder(table, number));
        chain(number);
      }
    }
  }

  private void make(int seed) {
    random = new Random(seed);
    store = Store.openOrCreate(folder.resolve("store" + seed).toString(), new Configuration());
    snapshots = new Readers("snapshots");
    descriptors = new Readers("descriptors/e");
    vectors = new Readers("vectors/w");
    generations.clear();
    history.clear();
    artifact(Layout.extractor("e"), Map.of());
    artifact(Layout.whitening("w"), Map.of("extractor", "e"));
    artifact(Layout.quantizer("q"), Map.of("whitening", "w"));
    artifact(Layout.training("q-001"), Map.of("whitening", "w"));
    for (int number = 1; number <= NUMBERS; number++) {
      layer(snapshots, number, random.nextInt(4) > 0 ? number - 1 : random.nextInt(number));
      if (number == 1 || random.nextInt(3) > 0) {
        layer(descriptors, number, nearest(number, descriptors));
        if (number == 1 || random.nextInt(3) > 0) {
          layer(vectors, number, nearest(number, vectors));
          generation(number);
        }
      }
    }
  }

  private int nearest(int number, Readers of) {
    int at = snapshots.parent(number);
    while (at > 0 && !of.parents.containsKey(at)) {
      at = snapshots.parent(at);
    }
    return at;
  }

  private void layer(Readers of, int number, int parent) {
    String raw = LayerChain.folder(of.table, number);
    Map<String, String> on = parent == 0 ? Map.of() : Map.of(Inputs.PARENT, String.valueOf(parent));
    Layers.empty(store, raw, on);
    of.parents.put(number, parent);
    if (random.nextInt(5) == 0) {
      Layers.empty(store, raw + LayerChain.COMPACTED, Map.of());
      of.compacted.add(number);
    }
  }

  private void artifact(String path, Map<String, String> inputs) {
    String id = path.substring(path.lastIndexOf('/') + 1);
    new Artifacts(store)
        .commit(
            path,
            new ArtifactDraft(id, "test", new Inputs(new TreeMap<>(inputs)), "run"),
            Map.of("a.bin", ByteSource.of(new byte[1])),
            "test");
  }

  /** A generation, and perhaps publications of it and of an older one. */
  private void generation(int snapshot) {
    int number = generations.size() + 1;
    generations.put(number, snapshot);
    artifact(
        Generation.folder(INDEX, number),
        Map.of(
            "extractor",
            "e",
            "whitening",
            "w",
            "quantizer",
            "q",
            "snapshot",
            String.valueOf(snapshot)));
    if (random.nextInt(3) > 0) {
      publish(number);
    }
    if (random.nextInt(4) == 0) {
      publish(1 + random.nextInt(number));
    }
  }

  private void publish(int generation) {
    Publication log = new Publication(store, INDEX);
    assertThat(
            log.publish(
                new Artifacts(store).manifestRef(Generation.folder(INDEX, generation)),
                "run",
                log.latest(),
                live -> false))
        .isPresent();
    history.add(generation);
  }

  /** The newest, the live one, and those that were live before. */
  private Set<Integer> wanted(int before) {
    Set<Integer> live = new TreeSet<>();
    for (int i = history.size() - 1; i >= 0 && live.size() <= before; i--) {
      live.add(history.get(i));
    }
    live.add(generations.lastKey());
    return live;
  }

  /** Searches, rollbacks, the next night and its plan read these. */
  private void read(Set<Integer> kept) {
    Set<Integer> projected = new TreeSet<>();
    kept.forEach(generation -> projected.add(generations.get(generation)));
    projected.forEach(snapshot -> vectors.way(snapshot, vectors.newest()));
    projected.add(vectors.newest());
    projected.add(vectors.parent(vectors.newest()));
    projected.forEach(vectors::named);

    projected.forEach(snapshot -> descriptors.way(vectors.parent(snapshot), snapshot));
    descriptors.way(vectors.newest(), descriptors.newest());
    Set<Integer> described = new TreeSet<>(projected);
    described.add(descriptors.newest());
    described.add(descriptors.parent(descriptors.newest()));
    described.forEach(descriptors::named);

    described.forEach(snapshot -> snapshots.way(descriptors.parent(snapshot), snapshot));
    snapshots.way(descriptors.newest(), snapshots.newest());
    Set<Integer> listed = new TreeSet<>(described);
    listed.add(snapshots.newest());
    listed.add(snapshots.parent(snapshots.newest()));
    listed.forEach(snapshots::named);
  }

  @Test
  void whatIsKeptIsWhatSearchesRollbacksAndTheNextNightRead() {
    for (int seed = 0; seed < SEEDS; seed++) {
      make(seed);
      int before = seed % 3;
      Set<Integer> kept = wanted(before);
      read(kept);

      GcAge allOld = new GcAge(store, Long.MAX_VALUE, 0, List.of(), List.of());
      GcRoots roots = new GcRoots(allOld, before);

      assertThat(roots.table("indexes/" + INDEX).kept())
          .as("seed %d", seed)
          .containsExactlyElementsOf(
              kept.stream().map(number -> Generation.folder(INDEX, number)).toList());
      for (Readers readers : List.of(vectors, descriptors, snapshots)) {
        assertThat(roots.table(readers.table).kept())
            .as("seed %d, %s on %s", seed, readers.table, readers.parents)
            .containsExactlyElementsOf(readers.read);
      }
      for (String artifact : List.of("extractors/e", "whitenings/w", "quantizers/q")) {
        String[] names = artifact.split("/", -1);
        assertThat(roots.keeps(names[0], names[1])).as(artifact).isTrue();
      }
      assertThat(roots.keeps("trainings", "q-001")).isFalse();
    }
  }
}
