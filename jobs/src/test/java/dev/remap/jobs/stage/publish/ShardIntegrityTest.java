package dev.remap.jobs.stage.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.jobs.cli.Pictures;
import dev.remap.jobs.night.Nights;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.spark.LocalCache;
import dev.remap.jobs.store.FileRef;
import dev.remap.jobs.store.keys.KeyHash;
import dev.remap.jobs.table.Generation;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShardIntegrityTest {
  private static final long SEED = 20261128;
  private static final int IMAGES = 20;

  @TempDir private Path folder;

  @Test
  void leavesNoShardsOnTheExecutorsDisks() throws IOException {
    Path catalogue = folder.resolve("catalogue");
    Random random = new Random(SEED);
    for (int i = 0; i < IMAGES; i++) {
      Pictures.write(catalogue.resolve("p" + i + ".jpg"), random, Pictures.LONG, Pictures.SHORT);
    }
    Nights nights =
        new Nights(folder, "nights", KeyHash.SHA_256)
            .set("index.shards", 2)
            .set("publish.min-self-retrieval", 0);
    nights.reindex(catalogue);
    try (JobContext context = nights.context(new ByteArrayOutputStream())) {
      Generation live = Generation.live(context);
      List<Path> copies =
          live.shards(context.store()).stream()
              .map(FileRef::sha256)
              .map(LocalCache.FOLDER::resolve)
              .toList();
      for (Path copy : copies) {
        // A search of the same shards may have left it.
        Files.deleteIfExists(copy);
      }

      assertThat(ShardIntegrity.of(context, live).entries()).isEqualTo(IMAGES);

      assertThat(copies).hasSize(2).noneMatch(Files::exists);
    }
  }
}
