package dev.remap.jobs.upkeep.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.jobs.cli.Pictures;
import dev.remap.jobs.night.Nights;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.keys.KeyHash;
import dev.remap.jobs.store.layer.Layer;
import dev.remap.jobs.store.layer.UnitRecord;
import dev.remap.jobs.store.segment.KeyRange;
import dev.remap.jobs.table.Generation;
import dev.remap.jobs.table.ShardLayout;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class UnitCheckTest {
  private static final int SEED = 3;
  private static final int IMAGES = 20;

  @TempDir private Path folder;

  @ParameterizedTest
  @EnumSource(ShardLayout.class)
  void aShardThatHoldsWhatAnotherOwnsIsDamaged(ShardLayout layout) {
    Path catalogue = folder.resolve("catalogue");
    Random random = new Random(SEED);
    for (int i = 0; i < IMAGES; i++) {
      Pictures.write(catalogue.resolve("p" + i + ".jpg"), random, Pictures.LONG, Pictures.SHORT);
    }
    Nights nights =
        new Nights(folder, "nights", KeyHash.SHA_256)
            .set("index.shards", 2)
            .set("index.layout", layout.label())
            .set("quantizer.spec", "IVF4,PQ2x4np")
            .set("publish.min-self-retrieval", 0);
    nights.reindex(catalogue);
    try (JobContext context = nights.context(new ByteArrayOutputStream())) {
      Store store = context.store();
      String generation = Generation.folder("default", 1);
      UnitRecord record = new Layer(store, generation).record(0).orElseThrow();

      assertThat(UnitCheck.of(generation, record, layout, 4).run(store)).isEmpty();
      KeyRange range = record.range();
      UnitCheck other =
          new UnitCheck(
              generation,
              0,
              range.to() + 1,
              Long.MAX_VALUE,
              layout,
              4,
              "",
              UnitCheck.of(generation, record, layout, 4).named());
      assertThat(other.run(store))
          .singleElement()
          .asString()
          .contains(layout == ShardLayout.LIST ? "outside its lists" : "outside its keys");
    }
  }
}
