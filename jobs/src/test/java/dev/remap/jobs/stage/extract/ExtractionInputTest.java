package dev.remap.jobs.stage.extract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.jobs.stage.extract.ExtractionInput.Retry;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.layer.LayerChain;
import dev.remap.jobs.store.layer.Layers;
import dev.remap.jobs.store.layer.TableKind;
import dev.remap.jobs.store.row.Change;
import dev.remap.jobs.store.row.RejectRow;
import dev.remap.jobs.store.row.SnapshotRow;
import dev.remap.jobs.store.segment.KeyRange;
import dev.remap.jobs.store.segment.RowFormat;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Random layers of snapshots and rejects, compared with what maps say. */
class ExtractionInputTest {
  private static final int KEYS = 24;
  private static final long STEP = Long.MAX_VALUE / KEYS;
  private static final OptionalLong WHOLE = OptionalLong.empty();

  @TempDir private Path folder;
  private final TreeMap<Long, SnapshotRow> changes = new TreeMap<>();
  private final TreeMap<Long, SnapshotRow> later = new TreeMap<>();
  private final TreeMap<Long, RejectRow> rejects = new TreeMap<>();

  /** Several layers on top of each other; what they come to is kept in the map. */
  private LayerChain snapshots(
      Store store, int first, Random random, TreeMap<Long, SnapshotRow> sum) {
    List<String> folders = new ArrayList<>();
    for (int number = first; number < first + 2; number++) {
      TreeMap<Long, SnapshotRow> rows = new TreeMap<>();
      for (int i = 0; i < KEYS; i++) {
        if (random.nextInt(3) == 0) {
          boolean put = random.nextInt(3) > 0;
          Change change = put ? Change.PUT : Change.DELETE;
          String version = put ? "v" + number : "";
          long key = i * STEP;
          rows.put(
              key,
              new SnapshotRow(key, change, "i" + i, put ? "/" + i : "", version, WHOLE, WHOLE));
        }
      }
      String layer = TableKind.SNAPSHOTS.only().layer("0000000" + number).folder();
      Layers.write(store, layer, 1 + random.nextInt(3), RowFormat.snapshot(), rows.values());
      folders.add(layer);
      sum.putAll(rows);
    }
    return new LayerChain(folders);
  }

  private LayerChain rejects(Store store, Random random) {
    List<String> folders = new ArrayList<>();
    for (int number = 1; number < 3; number++) {
      TreeMap<Long, RejectRow> rows = new TreeMap<>();
      for (int i = 0; i < KEYS; i++) {
        long key = i * STEP;
        if (random.nextInt(3) == 0) {
          RejectRow.Kind kind = List.of(RejectRow.Kind.values()).get(random.nextInt(3));
          rows.put(
              key,
              new RejectRow(
                  key, Change.PUT, "i" + i, "/" + i, "v0", WHOLE, WHOLE, "read", kind, "x", 1));
          rejects.put(key, rows.get(key));
        } else if (rejects.containsKey(key) && random.nextBoolean()) {
          rows.put(key, RejectRow.delete(key, "i" + i, "v0"));
          rejects.remove(key);
        }
      }
      String layer = TableKind.DESCRIPTORS.of("e").layer("0000000" + number).folder();
      Layers.write(store, layer, 2, RowFormat.rejects(), rows.values());
      folders.add(layer);
    }
    return new LayerChain(folders);
  }

  @Test
  void ofEachRangeThatIsTriedWhichIsNewOrDueAgainAndTheRestIsToldAside() {
    for (int seed = 0; seed < 8; seed++) {
      Random random = new Random(seed);
      Store store =
          Store.openOrCreate(folder.resolve("store" + seed).toString(), new Configuration());
      List.of(changes, later, rejects).forEach(Map::clear);
      LayerChain below = seed % 4 == 0 ? null : rejects(store, random);
      LayerChain above = seed % 3 == 0 ? null : snapshots(store, 5, random, later);
      LayerChain since = snapshots(store, 3, random, changes);
      for (Retry retry : Retry.values()) {
        ExtractionInput.Source source = new ExtractionInput.Source(since, below, above, retry);
        for (KeyRange range : Layers.ranges()) {
          check(store, source, range, "seed %d, %s, %s".formatted(seed, retry, range));
        }
      }
    }
  }

  private void check(Store store, ExtractionInput.Source source, KeyRange range, String what) {
    TreeSet<Long> keys = new TreeSet<>(changes.keySet());
    keys.addAll(rejects.keySet());
    keys.removeIf(key -> !range.contains(key));
    try (ExtractionInput input = source.open(store, range)) {
      for (long key : keys) {
        SnapshotRow change = changes.get(key);
        RejectRow reject = rejects.get(key);
        boolean isReplaced = later.containsKey(key);
        if (change != null && change.change() == Change.DELETE) {
          // Without layers below there is nothing that could be gone.
          SnapshotRow gone = polled(input, key, source);
          assertThat(gone).as("%s: gone %d", what, key).isEqualTo(source.isDelta() ? change : null);
        } else if (change != null || source.retry().takes(reject)) {
          SnapshotRow next = input.next();
          assertThat(next).as(what).isEqualTo(change != null ? change : asListed(reject));
        } else {
          continue;
        }
        assertThat(input.takeEarlier(key)).as("%s: earlier %d", what, key).isEqualTo(reject);
        assertThat(input.takeEarlier(key)).as("asked once").isNull();
        assertThat(input.isReplaced(key)).as("%s: replaced %d", what, key).isEqualTo(isReplaced);
      }
      assertThat(input.hasNext()).as(what).isFalse();
      assertThat(input.pollGone(Long.MAX_VALUE)).as(what).isNull();
    }
  }

  /** What is gone is found with the next image that is not; nothing is told before its key. */
  private static SnapshotRow polled(
      ExtractionInput input, long key, ExtractionInput.Source source) {
    if (source.isDelta()) {
      assertThat(key == 0 ? null : input.pollGone(key - 1)).isNull();
    }
    return input.pollGone(key);
  }

  private static SnapshotRow asListed(RejectRow reject) {
    return new SnapshotRow(
        reject.key(), Change.PUT, reject.imageId(), reject.uri(), reject.version(), WHOLE, WHOLE);
  }
}
