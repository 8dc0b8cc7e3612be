package dev.remap.jobs.job;

import dev.remap.index.quantizer.Quantizer;
import dev.remap.index.shard.Shard;
import dev.remap.index.shard.ShardBuilder;
import dev.remap.index.shard.ShardFile;
import dev.remap.jobs.store.Artifacts;
import dev.remap.jobs.store.Content;
import dev.remap.jobs.store.FileRef;
import dev.remap.jobs.store.Layout;
import dev.remap.jobs.store.layer.Attempt;
import dev.remap.jobs.store.layer.Layer;
import dev.remap.jobs.store.layer.TableReader;
import dev.remap.jobs.store.layer.Unit;
import dev.remap.jobs.store.layer.UnitWriter;
import dev.remap.jobs.store.segment.SegmentRef;
import dev.remap.jobs.store.segment.VectorRow;
import dev.remap.jobs.store.segment.Verification;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/**
 * Builds one shard on the executor's disk, reads it back, and commits it.
 *
 * @param folder the generation's layer
 * @param quantizer id of the quantizer
 */
record BuildTask(String folder, Vectors vectors, String quantizer, String run)
    implements Units.Work<Unit, Long> {
  private static final int BATCH = 4096;

  @Override
  public Long run(Unit unit, Units.Task task) throws IOException {
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

  private ShardFile build(Unit unit, Units.Task task, Path file) {
    var artifact = new Artifacts(task.store()).require(Layout.quantizer(quantizer));
    try (Quantizer model = Quantizers.open(task.store(), artifact);
        ShardBuilder builder = new ShardBuilder(model);
        TableReader<VectorRow> rows =
            vectors
                .chain(task.store())
                .table(task.store(), vectors.format())
                .read(unit.range(), Verification.FULL)) {
      long[] keys = new long[BATCH];
      float[] values = new float[BATCH * vectors.dimension()];
      int filled = 0;
      while (rows.hasNext()) {
        VectorRow row = rows.next();
        keys[filled] = row.key();
        System.arraycopy(
            row.vector(), 0, values, filled * vectors.dimension(), vectors.dimension());
        filled++;
        if (filled == BATCH || !rows.hasNext()) {
          builder.add(keys, values, filled);
          task.done().accept(filled);
          filled = 0;
        }
      }
      return builder.write(file);
    }
  }

  private long commit(Unit unit, Units.Task task, ShardFile shard) {
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
      task.store().create(name, Content.of(shard.path()), () -> {});
      writer.add(Generation.TABLE, new SegmentRef(ref, shard.entries()));
      writer.commit(Map.of("entries", shard.entries()));
    }
    return shard.entries();
  }
}
