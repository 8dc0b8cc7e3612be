package dev.remap.jobs.night;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.jobs.cli.Pictures;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.store.keys.KeyHash;
import dev.remap.jobs.upkeep.gc.GarbageCollection;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nights with a collection after each, as strict as can be, and merges of layers in between. */
class GcNightsTest {
  private static final long SEED = 20261126;
  private static final int FIRST = 20;

  @TempDir private Path folder;
  private final Random random = new Random(SEED);
  private Path catalogue;

  private void picture(String name) {
    int longer = Pictures.LONG + 8 * random.nextInt(4);
    Pictures.write(catalogue.resolve(name + ".jpg"), random, longer, Pictures.SHORT);
  }

  private Nights nights(String name) {
    return new Nights(folder, name, KeyHash.SHA_256)
        .set("unit.images", 16)
        .set("index.shards", 2)
        .set("publish.min-self-retrieval", 0);
  }

  private static String collect(Nights nights) {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    try (JobContext context = nights.context(said)) {
      new GarbageCollection(
              context, GarbageCollection.Mode.DELETE, GarbageCollection.Detail.SUMMARY)
          .execute();
    }
    return said.toString(StandardCharsets.UTF_8);
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void everyNightFindsWhatItNeedsAndTheStoreDoesNotGrow() throws IOException {
    catalogue = folder.resolve("catalogue");
    for (int i = 0; i < FIRST; i++) {
      picture("p" + i);
    }
    Nights nights = nights("nights").set("gc.grace", "0s").set("gc.keep-generations", 0);
    nights.set("compact.max-layers", 1).set("compact.max-delta-ratio", 0.4);
    nights.set("quantizer.driver-sample", 1);
    nights.reindex(catalogue);
    assertThat(names(nights.store().resolve("trainings"))).hasSizeGreaterThan(1);
    for (int night = 1; night <= 7; night++) {
      Files.delete(catalogue.resolve("p" + night + ".jpg"));
      picture("p" + (night + 8));
      picture("new" + night);
      Reindex.Training training = night == 4 ? Reindex.Training.ANEW : Reindex.Training.KEPT;
      nights.reindex(catalogue, Reindex.RetryScope.WITH_CHANGES, training);

      collect(nights);

      assertThat(nights.reindex(catalogue)).contains("nothing to do");
      assertThat(names(nights.store().resolve("snapshots"))).hasSizeLessThan(6);
      assertThat(names(nights.store().resolve("indexes/default"))).hasSize(2);
    }
    // The whitening and the quantizer before the training have gone.
    assertThat(names(nights.store().resolve("whitenings"))).hasSize(1);
    assertThat(names(nights.store().resolve("vectors"))).hasSize(1);
    assertThat(names(nights.store().resolve("quantizers"))).hasSize(1);
    assertThat(names(nights.store().resolve("trainings"))).isEmpty();
    assertThat(collect(nights)).contains("no garbage");
    assertThat(nights.verify()).contains("all is well");
    assertThat(nights.shards())
        .hasSize(2)
        .isEqualTo(nights("fresh").fromNothing(nights, catalogue).shards());
  }
}
