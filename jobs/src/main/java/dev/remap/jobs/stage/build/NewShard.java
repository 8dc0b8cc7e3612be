package dev.remap.jobs.stage.build;

import dev.remap.index.shard.Shard;
import dev.remap.index.shard.ShardFile;
import dev.remap.jobs.spark.UnitRunner;
import dev.remap.jobs.store.ByteSource;
import dev.remap.jobs.store.FileRef;
import dev.remap.jobs.store.layer.Attempt;
import dev.remap.jobs.store.layer.Layer;
import dev.remap.jobs.store.layer.TableKind;
import dev.remap.jobs.store.layer.Unit;
import dev.remap.jobs.store.layer.UnitWriter;
import dev.remap.jobs.store.segment.SegmentRef;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/**
 * Where a shard comes to be: written on the executor's disk, read back, and committed.
 *
 * @param folder the generation's layer
 */
record NewShard(String folder, String run) implements Serializable {
  /** Writes a shard to a new file. */
  @FunctionalInterface
  interface Writing {
    ShardFile to(Path file) throws IOException;
  }

  /** Makes the shard of a unit; returns its number of entries. */
  long make(Unit unit, UnitRunner.Task task, Writing writing) throws IOException {
    Path scratch = Files.createTempDirectory("remap-shard");
    Path file = scratch.resolve("shard.faiss");
    try {
      ShardFile shard = writing.to(file);
      Shard.verify(shard);
      return commit(unit, task, shard);
    } finally {
      Files.deleteIfExists(file);
      Files.delete(scratch);
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
