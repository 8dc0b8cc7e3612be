package dev.remap.jobs.stage.build;

import dev.remap.index.quantizer.Quantizer;
import dev.remap.index.shard.Shard;
import dev.remap.index.shard.ShardBuilder;
import dev.remap.index.shard.ShardFile;
import dev.remap.jobs.spark.LocalCopy;
import dev.remap.jobs.spark.UnitRunner;
import dev.remap.jobs.store.Layout;
import dev.remap.jobs.store.artifact.Artifacts;
import dev.remap.jobs.store.layer.TableReader;
import dev.remap.jobs.store.layer.Unit;
import dev.remap.jobs.store.row.Change;
import dev.remap.jobs.store.row.VectorRow;
import dev.remap.jobs.store.segment.SegmentRef;
import dev.remap.jobs.store.segment.Verification;
import dev.remap.jobs.table.Quantizers;
import dev.remap.jobs.table.Vectors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Builds the shard of one range of keys.
 *
 * @param quantizer id of the quantizer
 * @param base the generation whose shards this one's are merged from; null to encode all vectors
 */
record BuildTask(NewShard place, Vectors vectors, String quantizer, ShardBase base)
    implements UnitRunner.Work<Unit, Long> {
  private static final int BATCH = 4096;

  @Override
  public Long run(Unit unit, UnitRunner.Task task) throws IOException {
    return place.make(unit, task, file -> build(unit, task, file));
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
        ShardBuilder builder =
            new ShardBuilder(
                model, old, base.changedKeys(task.store(), vectors.format(), unit.range()));
        TableReader<VectorRow> rows =
            base.changes()
                .table(task.store(), vectors.format())
                .readChanges(unit.range(), Verification.FULL)) {
      add(rows, builder, task);
      return builder.write(file);
    }
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
}
