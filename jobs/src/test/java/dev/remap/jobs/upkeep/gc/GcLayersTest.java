package dev.remap.jobs.upkeep.gc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.LocalSpark;
import dev.remap.jobs.store.FileRef;
import dev.remap.jobs.store.Inputs;
import dev.remap.jobs.store.Sha256;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.layer.Attempt;
import dev.remap.jobs.store.layer.Layer;
import dev.remap.jobs.store.layer.Plan;
import dev.remap.jobs.store.layer.TableKind;
import dev.remap.jobs.store.layer.Unit;
import dev.remap.jobs.store.layer.UnitWriter;
import dev.remap.jobs.store.segment.KeyRange;
import dev.remap.jobs.store.segment.SegmentRef;
import dev.remap.jobs.table.Generation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GcLayersTest {
  private static final byte[] SHARD = {1, 2, 3};
  private static final Unit UNIT = new Unit(0, KeyRange.ALL, 1);

  @TempDir private Path folder;

  private static String shard(int generation, int unit) {
    return Generation.folder("default", generation)
        + "/shard-0000"
        + unit
        + "-0123456789abcdef.faiss";
  }

  private static void record(Store store, int generation) {
    Layer layer = new Layer(store, Generation.folder("default", generation));
    layer.createPlan(new Plan(Inputs.NONE, List.of(UNIT)));
    String path = shard(generation, 0);
    // No more than a look at what an earlier attempt has left.
    store.create(path, SHARD);
    try (UnitWriter writer = new UnitWriter(layer, UNIT, new Attempt("run", 1), "build")) {
      FileRef file = new FileRef(path, SHARD.length, Sha256.hex(SHARD));
      writer.add(TableKind.SHARDS.rows(), new SegmentRef(file, 1));
      writer.commit(Map.of());
    }
  }

  @Test
  void anOldShardThatIsRecordedDuringTheScanIsNoGarbage() {
    try (JobContext context =
        LocalSpark.context(folder.resolve("store"), Map.of("gc.grace", "0s"))) {
      Store store = context.store();
      store.create(shard(1, 0), SHARD);
      record(store, 2);
      store.create(shard(2, 1), SHARD);
      new Layer(store, Generation.folder("default", 2))
          .fold(new Plan(Inputs.NONE, List.of(UNIT)), "build");
      GcAge age = GcAge.of(context);
      GcTable table = new GcTable(store, age, "indexes/default");
      table.keepOne(1);
      table.keepOne(2);
      List<String> garbage = new ArrayList<>();

      new GcLayers(
              age,
              found -> {
                // The newer generation's is found first; meanwhile the older one is resumed.
                record(store, 1);
                found.garbage().forEach(file -> garbage.add(file.file().path()));
              })
          .scan(table, List.of("indexes/default"));

      assertThat(garbage).containsExactly(shard(2, 1));
    }
  }
}
