package dev.remap.jobs.night;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.index.quantizer.Quantizer;
import dev.remap.index.shard.Shard;
import dev.remap.index.shard.ShardBuilder;
import dev.remap.jobs.night.NightModel.Fate;
import dev.remap.jobs.night.NightModel.Image;
import dev.remap.jobs.night.NightModel.Shown;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.spark.LocalCopy;
import dev.remap.jobs.store.FileRef;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.layer.LayerChain;
import dev.remap.jobs.store.layer.TableKind;
import dev.remap.jobs.store.layer.TableReader;
import dev.remap.jobs.store.layer.UnitRecord;
import dev.remap.jobs.store.row.LayeredRow;
import dev.remap.jobs.store.row.RejectRow;
import dev.remap.jobs.store.row.SnapshotRow;
import dev.remap.jobs.store.row.VectorRow;
import dev.remap.jobs.store.segment.KeyRange;
import dev.remap.jobs.store.segment.RowFormat;
import dev.remap.jobs.store.segment.SegmentRef;
import dev.remap.jobs.store.segment.Verification;
import dev.remap.jobs.table.Descriptors;
import dev.remap.jobs.table.Generation;
import dev.remap.jobs.table.Quantizers;
import dev.remap.jobs.table.ShardLayout;
import dev.remap.jobs.table.Snapshots;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * All that a store has of its live generation, read through every layer: rows of the snapshot, the
 * descriptors, the rejects and the vectors, and the keys of the shards, by the ids of the images.
 */
final class LiveContents {
  private final Store store;
  private final Generation live;
  private final SortedMap<String, SnapshotRow> listed;
  private final SortedMap<String, VectorRow> described;
  private final SortedMap<String, RejectRow> rejected;
  private final SortedMap<String, VectorRow> vectors;

  private LiveContents(Store store, Generation live) {
    this.store = store;
    this.live = live;
    int snapshot = live.vectors().snapshot();
    Descriptors descriptors = live.descriptors(store);
    LayerChain chain = descriptors.chain(store);
    listed = rows(new Snapshots(store).chain(snapshot), RowFormat.snapshot());
    described = rows(chain, descriptors.format());
    rejected = rows(chain, RowFormat.rejects());
    vectors = rows(live.vectors().chain(store), live.vectors().format());
  }

  /** Reads it. */
  static LiveContents of(JobContext context) {
    return new LiveContents(context.store(), Generation.live(context));
  }

  private <R extends LayeredRow> SortedMap<String, R> rows(LayerChain chain, RowFormat<R> format) {
    SortedMap<String, R> rows = new TreeMap<>();
    try (TableReader<R> reader = chain.table(store, format).read(KeyRange.ALL, Verification.FULL)) {
      reader.forEachRemaining(
          row -> assertThat(rows.put(row.imageId(), row)).as(row.imageId()).isNull());
    }
    return rows;
  }

  int generation() {
    return live.number();
  }

  int shardCount() {
    return live.ledger(store).units().size();
  }

  ShardLayout layout() {
    return ShardLayout.of(live.inputs());
  }

  /** What is wrong with it, if that is meant to be live. */
  Optional<String> mismatch(Shown wanted) {
    if (live.vectors().snapshot() != wanted.snapshot()) {
      return Optional.of(
          "live is generation %d of snapshot %d, not of snapshot %d"
              .formatted(live.number(), live.vectors().snapshot(), wanted.snapshot()));
    }
    if (layout() != wanted.layout()) {
      return Optional.of(
          "live is generation %d, whose shards are of a %s, not of a %s"
              .formatted(live.number(), layout().label(), wanted.layout().label()));
    }
    SortedMap<String, String> is = new TreeMap<>();
    listed.forEach((id, row) -> is.put(id, row.version() + " " + fate(id, Fate.DESCRIBED)));
    SortedMap<String, String> ought = new TreeMap<>();
    wanted.images().forEach((id, image) -> ought.put(id, image.version() + " " + fate(id, image)));
    return is.equals(ought)
        ? Optional.empty()
        : Optional.of("listed and described are%n  %s%nnot%n  %s".formatted(is, ought));
  }

  private Fate fate(String id, Image image) {
    return image.fate() == Fate.EITHER ? fate(id, Fate.DESCRIBED) : image.fate();
  }

  private Fate fate(String id, Fate ifDescribed) {
    return described.containsKey(id) ? ifDescribed : Fate.REJECTED;
  }

  /**
   * That all tables and shards tell the same of every image.
   *
   * @param keys by id, those of earlier: what comes anew is added
   * @param contents descriptors by what is in the file: what comes anew is added
   */
  void check(Map<String, Long> keys, Map<String, float[]> contents) {
    listed.forEach(
        (id, row) -> {
          assertThat(keys.merge(id, row.key(), (before, now) -> before))
              .as(id)
              .isEqualTo(row.key());
          VectorRow descriptor = described.get(id);
          assertThat(descriptor == null).as(id).isEqualTo(rejected.containsKey(id));
          if (descriptor != null) {
            assertThat(descriptor.key()).as(id).isEqualTo(row.key());
            assertThat(descriptor.version()).as(id).isEqualTo(row.version());
            assertSame(id, descriptor, contents);
          } else {
            assertThat(rejected.get(id).version()).as(id).isEqualTo(row.version());
          }
        });
    assertThat(keys.values()).doesNotHaveDuplicates();
    assertThat(listed.keySet()).containsAll(described.keySet()).containsAll(rejected.keySet());
    assertThat(vectors.keySet()).isEqualTo(described.keySet());
    vectors.forEach(
        (id, row) -> {
          assertThat(row.key()).as(id).isEqualTo(described.get(id).key());
          assertThat(row.version()).as(id).isEqualTo(described.get(id).version());
          String content = live.inputs().whitening() + " " + ModelCatalogue.content(row.version());
          assertThat(row.vector()).as(id).isEqualTo(remembered(contents, content, row));
        });
    checkShards();
  }

  private static void assertSame(String id, VectorRow row, Map<String, float[]> contents) {
    String content = ModelCatalogue.content(row.version());
    assertThat(row.vector()).as(id).isEqualTo(remembered(contents, content, row));
  }

  private static float[] remembered(Map<String, float[]> known, String content, VectorRow row) {
    return known.computeIfAbsent(content, ignored -> row.vector());
  }

  /** Made of the vectors alone, as if no shard had been before, they have the same bytes. */
  private void checkShards() {
    Set<Long> keys = new TreeSet<>();
    try (Quantizer quantizer =
        Quantizers.open(store, Quantizers.require(store, live.inputs().quantizer()))) {
      for (UnitRecord unit : live.ledger(store).units()) {
        VectorRow[] rows = rows(quantizer, unit.range());
        // Lists may be empty.
        SegmentRef segment = unit.segments().get(TableKind.SHARDS.rows());
        assertThat(segment == null).isEqualTo(rows.length == 0);
        if (segment != null) {
          addKeys(keys, segment.file());
          assertThat(fresh(quantizer, rows)).isEqualTo(segment.file().sha256());
        }
      }
    }
    assertThat(keys)
        .isEqualTo(new TreeSet<>(vectors.values().stream().map(VectorRow::key).toList()));
  }

  private void addKeys(Set<Long> keys, FileRef file) {
    try (LocalCopy copy = LocalCopy.of(store, file);
        Shard shard = Shard.open(copy.path(), file.sha256(), file.bytes())) {
      for (int list = 0; list < shard.spec().lists(); list++) {
        for (long key : shard.keys(list)) {
          assertThat(keys.add(key)).as("key %d", key).isTrue();
        }
      }
    }
  }

  /** Those of a shard, by key. */
  private VectorRow[] rows(Quantizer quantizer, KeyRange range) {
    return vectors.values().stream()
        .filter(row -> range.contains(place(quantizer, row)))
        .sorted((one, other) -> Long.compare(one.key(), other.key()))
        .toArray(VectorRow[]::new);
  }

  private long place(Quantizer quantizer, VectorRow row) {
    return layout() == ShardLayout.KEY ? row.key() : quantizer.encode(row.vector(), 1).lists()[0];
  }

  private String fresh(Quantizer quantizer, VectorRow[] rows) {
    int dimension = live.vectors().dimension();
    long[] keys = new long[rows.length];
    float[] values = new float[rows.length * dimension];
    for (int i = 0; i < rows.length; i++) {
      keys[i] = rows[i].key();
      System.arraycopy(rows[i].vector(), 0, values, i * dimension, dimension);
    }
    try (ShardBuilder builder = new ShardBuilder(quantizer)) {
      builder.add(keys, values, rows.length);
      Path scratch = Files.createTempDirectory("remap-model");
      Path file = scratch.resolve("shard.faiss");
      try {
        return builder.write(file).sha256();
      } finally {
        Files.deleteIfExists(file);
        Files.delete(scratch);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The versions that have descriptors, by id. */
  SortedMap<String, String> versions() {
    SortedMap<String, String> versions = new TreeMap<>();
    described.forEach((id, row) -> versions.put(id, row.version()));
    return versions;
  }
}
