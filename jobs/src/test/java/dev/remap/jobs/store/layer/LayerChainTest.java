package dev.remap.jobs.store.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remap.jobs.store.Inputs;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.StoreException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Chains of random layers, some compacted, some unfinished, compared with what maps say. */
class LayerChainTest {
  private static final int SEEDS = 8;
  private static final int NUMBERS = 9;
  private static final String SNAPSHOTS = "snapshots";
  private static final String TABLE = "descriptors/e";

  /** Of all tests: the stores of the same seeds are the same. */
  @TempDir private static Path folder;

  private Store store;
  private boolean isNew;
  // Of the snapshots: what each lies on, 0 for nothing, and which compactions there are.
  private final TreeMap<Integer, Integer> parents = new TreeMap<>();
  private final Map<String, Integer> merged = new TreeMap<>();
  private final TreeSet<Integer> complete = new TreeSet<>();
  private final TreeSet<Integer> begun = new TreeSet<>();

  private void make(int seed) {
    Random random = new Random(seed);
    Path root = folder.resolve("store" + seed);
    isNew = !Files.exists(root);
    store = Store.openOrCreate(root.toString(), new Configuration());
    parents.clear();
    merged.clear();
    complete.clear();
    begun.clear();
    for (int number = 1; number <= NUMBERS; number++) {
      // Mostly on the one before; after a rollback on an older one; rarely on nothing.
      int parent = random.nextInt(4) > 0 ? number - 1 : random.nextInt(number);
      parents.put(number, parent);
      empty(LayerChain.folder(SNAPSHOTS, number), on(parent));
      compact(number, random);
      int state = random.nextInt(4);
      if (state == 0) {
        empty(LayerChain.folder(TABLE, number), Map.of());
        complete.add(number);
      } else if (state == 1) {
        begin(LayerChain.folder(TABLE, number), Map.of());
        begun.add(number);
      }
    }
  }

  private void empty(String layer, Map<String, String> inputs) {
    if (isNew) {
      Layers.empty(store, layer, inputs);
    }
  }

  private void begin(String layer, Map<String, String> inputs) {
    if (isNew) {
      Layers.begin(store, layer, inputs);
    }
  }

  private void compact(int number, Random random) {
    String raw = LayerChain.folder(SNAPSHOTS, number);
    int kind = random.nextInt(6);
    if (kind == 0) {
      empty(raw + LayerChain.COMPACTED, Map.of());
      merged.put(raw + LayerChain.COMPACTED, 0);
    }
    if (kind < 2 && parents.get(number) > 0) {
      int below = parents.get(parents.get(number));
      empty(raw + LayerChain.MERGED, on(below));
      merged.put(raw + LayerChain.MERGED, below);
    }
    if (kind == 2) {
      // Nobody prefers it before it is complete.
      begin(raw + LayerChain.COMPACTED, Map.of());
    }
  }

  private static Map<String, String> on(int parent) {
    return parent == 0 ? Map.of() : Map.of(Inputs.PARENT, String.valueOf(parent));
  }

  /** The number and what it lies on, newest first. */
  private List<Integer> ancestors(int number) {
    List<Integer> ancestors = new ArrayList<>();
    for (int at = number; at > 0; at = parents.get(at)) {
      ancestors.add(at);
    }
    return ancestors;
  }

  private List<String> preferred(int number) {
    List<String> folders = new ArrayList<>();
    int at = number;
    while (at > 0) {
      String raw = LayerChain.folder(SNAPSHOTS, at);
      String best =
          merged.containsKey(raw + LayerChain.COMPACTED)
              ? raw + LayerChain.COMPACTED
              : merged.containsKey(raw + LayerChain.MERGED) ? raw + LayerChain.MERGED : raw;
      folders.add(best);
      at = best.equals(raw) ? parents.get(at) : merged.get(best);
    }
    Collections.reverse(folders);
    return folders;
  }

  @Test
  void aChainTakesTheBestLayerOfEachNumberAndGoesOnBelowThat() {
    for (int seed = 0; seed < SEEDS; seed++) {
      make(seed);
      for (int number = 1; number <= NUMBERS; number++) {
        assertThat(LayerChain.of(store, SNAPSHOTS, number).folders())
            .as("seed %d, number %d", seed, number)
            .isEqualTo(preferred(number));
      }
    }
  }

  @Test
  void whatLeadsFromOneNumberToAnotherIsRawAndOnlyThereIfItIsAnAncestor() {
    for (int seed = 0; seed < SEEDS; seed++) {
      make(seed);
      for (int number = 1; number <= NUMBERS; number++) {
        List<Integer> ancestors = ancestors(number);
        for (int below = 0; below < number; below++) {
          int from = below;
          String what = "seed %d, %d to %d".formatted(seed, below, number);
          boolean leads = below == 0 || ancestors.contains(below);
          List<String> way =
              ancestors.stream()
                  .filter(at -> at > from)
                  .sorted()
                  .map(at -> LayerChain.folder(SNAPSHOTS, at))
                  .toList();
          Optional<LayerChain> since = LayerChain.since(store, SNAPSHOTS, below, number);
          assertThat(since.map(LayerChain::folders))
              .as(what)
              .isEqualTo(leads ? Optional.of(way) : Optional.empty());
          if (leads) {
            assertThat(LayerChain.between(store, SNAPSHOTS, below, number).folders())
                .as(what)
                .isEqualTo(way);
          } else {
            int to = number;
            assertThatThrownBy(() -> LayerChain.between(store, SNAPSHOTS, from, to))
                .isInstanceOf(StoreException.class)
                .hasMessageContaining("does not build on number " + below);
          }
        }
      }
    }
  }

  @Test
  void anotherTableIsLookedForAlongTheSnapshotsAncestors() {
    for (int seed = 0; seed < SEEDS; seed++) {
      make(seed);
      for (int number = 1; number <= NUMBERS; number++) {
        List<Integer> below = ancestors(number);
        below.remove(0);
        Optional<Integer> nearest = below.stream().filter(complete::contains).findFirst();
        int limit = nearest.orElse(0);
        List<Integer> partly =
            below.stream().filter(at -> at > limit && begun.contains(at)).sorted().toList();

        String what = "seed %d, number %d".formatted(seed, number);
        assertThat(LayerChain.ancestor(store, SNAPSHOTS, number, TABLE))
            .as(what)
            .isEqualTo(nearest);
        assertThat(LayerChain.begun(store, SNAPSHOTS, number, TABLE)).as(what).isEqualTo(partly);
      }
    }
  }
}
