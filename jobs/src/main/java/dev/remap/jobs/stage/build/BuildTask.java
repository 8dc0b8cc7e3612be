package dev.remap.jobs.stage.build;

import dev.remap.index.quantizer.Quantizer;
import dev.remap.index.shard.Shard;
import dev.remap.index.shard.ShardBuilder;
import dev.remap.index.shard.ShardFile;
import dev.remap.jobs.spark.LocalCopy;
import dev.remap.jobs.spark.UnitRunner;
import dev.remap.jobs.store.ByteSource;
import dev.remap.jobs.store.FileRef;
import dev.remap.jobs.store.Layout;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.artifact.Artifacts;
import dev.remap.jobs.store.layer.Attempt;
import dev.remap.jobs.store.layer.Layer;
import dev.remap.jobs.store.layer.TableKind;
import dev.remap.jobs.store.layer.TableReader;
import dev.remap.jobs.store.layer.Unit;
import dev.remap.jobs.store.layer.UnitWriter;
import dev.remap.jobs.store.segment.Change;
import dev.remap.jobs.store.segment.HeaderRow;
import dev.remap.jobs.store.segment.RowFormat;
import dev.remap.jobs.store.segment.SegmentRef;
import dev.remap.jobs.store.segment.VectorRow;
import dev.remap.jobs.store.segment.Verification;
import dev.remap.jobs.table.Quantizers;
import dev.remap.jobs.table.Vectors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.LongStream;

/**
 * Builds one shard on the executor's disk, reads it back, and commits it.
 *
 * @param folder the generation's layer
 * @param quantizer id of the quantizer
 * @param base the generation whose shards this one's are merged from; null to encode all vectors
 */
record BuildTask(String folder, Vectors vectors, String quantizer, ShardBase base, String run)
    implements UnitRunner.Work<Unit, Long> {
  private static final int BATCH = 4096;

  @Override
  public Long run(Unit unit, UnitRunner.Task task) throws IOException {
    Path scratch = Files.createTempDirectory("remap-shard");
    Path file = scratch.resolve("shard.faiss");
    try {
      ShardFile shard = build(unit, task, file);
      Shard.verify(shard);
      return commit(unit, task, shard);
    } finally {
      Files.deleteIfExists(file);
      Files.delete(scratch);
    }
  }

  private ShardFile build(Unit unit, UnitRunner.Task task, Path file) {
    var artifact = new Artifacts(task.store()).require(Layout.quantizer(quantizer));
    Optional<SegmentRef> previous =
        base == null ? Optional.empty() : base.shard(task.store(), unit.number());
    try (Quantizer model = Quantizers.open(task.store(), artifact)) {
      return previous.isPresent()
          ? merge(unit, task, model, previous.get(), file)
          : encode(unit, task, model, file);
    }
  }

  private ShardFile encode(Unit unit, UnitRunner.Task task, Quantizer model, Path file) {
    try (ShardBuilder builder = new ShardBuilder(model);
        TableReader<VectorRow> rows =
            vectors
                .chain(task.store())
                .table(task.store(), vectors.format())
                .read(unit.range(), Verification.FULL)) {
      add(rows, builder, task);
      return builder.write(file);
    }
  }

  /** Copies the codes of what has not changed and encodes the rest. */
  private ShardFile merge(
      Unit unit, UnitRunner.Task task, Quantizer model, SegmentRef previous, Path file) {
    try (LocalCopy copy = LocalCopy.of(task.store(), previous.file());
        Shard old = Shard.open(copy.path(), previous.file().sha256(), previous.file().bytes());
        ShardBuilder builder = new ShardBuilder(model, old, changedKeys(unit, task.store()));
        TableReader<VectorRow> rows =
            base.changes()
                .table(task.store(), vectors.format())
                .readChanges(unit.range(), Verification.FULL)) {
      add(rows, builder, task);
      return builder.write(file);
    }
  }

  private long[] changedKeys(Unit unit, Store store) {
    LongStream.Builder keys = LongStream.builder();
    try (TableReader<HeaderRow> rows =
        base.changes()
            .table(store, RowFormat.headers(vectors.format()))
            .readChanges(unit.range(), Verification.LENGTH)) {
      rows.forEachRemaining(row -> keys.add(row.key()));
    }
    return keys.build().toArray();
  }

  private void add(TableReader<VectorRow> rows, ShardBuilder builder, UnitRunner.Task task) {
    int dimension = vectors.dimension();
    long[] keys = new long[BATCH];
    float[] values = new float[BATCH * dimension];
    int filled = 0;
    while (rows.hasNext()) {
      VectorRow row = rows.next();
      if (row.change() == Change.PUT) {
        keys[filled] = row.key();
        System.arraycopy(row.vector(), 0, values, filled * dimension, dimension);
        filled++;
      }
      if (filled == BATCH || !rows.hasNext()) {
        builder.add(keys, values, filled);
        task.done().accept(filled);
        filled = 0;
      }
    }
  }

  private long commit(Unit unit, UnitRunner.Task task, ShardFile shard) {
    String name =
        String.format(
            Locale.ROOT,
            "%s/shard-%05d-%s.faiss",
            folder,
            unit.number(),
            shard.sha256().substring(0, 16));
    FileRef ref = new FileRef(name, shard.bytes(), shard.sha256());
    Attempt attempt = new Attempt(run, task.attempt());
    Layer layer = new Layer(task.store(), folder);
    try (UnitWriter writer = new UnitWriter(layer, unit, attempt, "build")) {
      // Named by its content: another attempt at this unit makes the same file.
      task.store().create(name, ByteSource.of(shard.path()), () -> {});
      writer.add(TableKind.SHARDS.rows(), new SegmentRef(ref, shard.entries()));
      task.settle(writer.commit(Map.of("entries", shard.entries())));
    }
    return shard.entries();
  }
}
