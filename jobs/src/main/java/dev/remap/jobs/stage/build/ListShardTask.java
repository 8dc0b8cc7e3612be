package dev.remap.jobs.stage.build;

import dev.remap.index.quantizer.Quantizer;
import dev.remap.index.shard.Shard;
import dev.remap.index.shard.ShardBuilder;
import dev.remap.index.shard.ShardFile;
import dev.remap.jobs.spark.LocalCopy;
import dev.remap.jobs.spark.UnitRunner;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.layer.Unit;
import dev.remap.jobs.store.segment.KeyRange;
import dev.remap.jobs.store.segment.SegmentRef;
import dev.remap.jobs.table.Quantizers;
import dev.remap.jobs.table.Vectors;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import scala.Tuple2;

/**
 * Builds the shard of one range of lists from entries that were encoded elsewhere.
 *
 * @param units whose ranges are lists
 * @param base the generation whose shards these are merged from; null if all is new
 */
record ListShardTask(
    NewShard place, List<Unit> units, Vectors vectors, String quantizer, ShardBase base)
    implements UnitRunner.PartWork<Tuple2<EncodedBlock.Place, EncodedBlock>, Long> {

  @Override
  public Long run(
      int part, Iterator<Tuple2<EncodedBlock.Place, EncodedBlock>> blocks, UnitRunner.Task task)
      throws Exception {
    Unit unit = units.get(part);
    Store store = task.store();
    return place.make(
        unit,
        task,
        file -> {
          try (Quantizer model = Quantizers.open(store, Quantizers.require(store, quantizer))) {
            Optional<SegmentRef> previous =
                base == null ? Optional.empty() : base.shard(store, unit.number());
            return previous.isPresent()
                ? merge(store, model, previous.get(), blocks, file)
                : write(new ShardBuilder(model), blocks, file);
          }
        });
  }

  /** An image that changed may have been in any list before. */
  private ShardFile merge(
      Store store,
      Quantizer model,
      SegmentRef previous,
      Iterator<Tuple2<EncodedBlock.Place, EncodedBlock>> blocks,
      Path file) {
    try (LocalCopy copy = LocalCopy.of(store, previous.file());
        Shard old = Shard.open(copy.path(), previous.file().sha256(), previous.file().bytes())) {
      long[] dropped = base.changedKeys(store, vectors.format(), KeyRange.ALL);
      return write(new ShardBuilder(model, old, dropped), blocks, file);
    }
  }

  private static ShardFile write(
      ShardBuilder builder, Iterator<Tuple2<EncodedBlock.Place, EncodedBlock>> blocks, Path file) {
    try (builder) {
      while (blocks.hasNext()) {
        EncodedBlock block = blocks.next()._2();
        builder.addCodes(block.keys(), block.lists(), block.codes(), block.keys().length);
      }
      return builder.write(file);
    }
  }
}
