package dev.remap.jobs.search;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.index.quantizer.IndexSpec;
import dev.remap.index.quantizer.Quantizer;
import dev.remap.index.shard.Shard;
import dev.remap.index.shard.ShardBuilder;
import dev.remap.index.shard.ShardFile;
import dev.remap.jobs.search.ShardSearcher.OpenShard;
import dev.remap.jobs.search.ShardSearcher.Order;
import dev.remap.jobs.search.ShardSearcher.Queries;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShardSearcherTest {
  private static final int SEED = 41;
  private static final int ENTRIES = 600;
  private static final int DIMENSION = 8;
  private static final IndexSpec SPEC = IndexSpec.parse("IVF16,PQ2x4np");
  private static final int K = 10;

  @TempDir private Path folder;

  /** Every vector is there twice, so that there are ties. */
  private static float[] vectors() {
    Random random = new Random(SEED);
    float[] vectors = new float[ENTRIES * DIMENSION];
    for (int i = 0; i < vectors.length / 2; i++) {
      vectors[i] = (float) random.nextGaussian();
      vectors[vectors.length / 2 + i] = vectors[i];
    }
    return vectors;
  }

  @Test
  void manyQueriesAtOnceFindWhatEachFindsAlone() {
    float[] vectors = vectors();
    long[] keys = LongStream.range(0, ENTRIES).map(i -> 7 * i).toArray();
    ShardFile file;
    try (Quantizer quantizer =
            Quantizer.train(SPEC, DIMENSION, vectors, ENTRIES, SEED, line -> {});
        ShardBuilder builder = new ShardBuilder(quantizer)) {
      builder.add(keys, vectors, ENTRIES);
      file = builder.write(folder.resolve("shard"));
    }
    try (Shard shard = Shard.open(file)) {
      for (Queries kind : Queries.values()) {
        OpenShard part = new OpenShard(shard, 3, kind, Order.FASTEST);
        Neighbors all = part.search(new QueryBlock(keys, vectors), K);
        OpenShard slow = new OpenShard(shard, 3, kind, Order.ONE_BY_ONE);
        assertThat(slow.search(new QueryBlock(keys, vectors), K).result().keys())
            .isEqualTo(all.result().keys());
        for (int q = 0; q < ENTRIES; q++) {
          QueryBlock one =
              new QueryBlock(
                  new long[] {keys[q]},
                  Arrays.copyOfRange(vectors, q * DIMENSION, (q + 1) * DIMENSION));
          Neighbors alone = part.search(one, K);

          String what = "%s, query %d, seed %d".formatted(kind, q, SEED);
          assertThat(all.result().neighbors(q))
              .as(what)
              .isEqualTo(alone.result().neighbors(0))
              .isNotEmpty();
          if (kind == Queries.STORED) {
            assertThat(all.result().own()[q]).as(what).isEqualTo(alone.result().own()[0]);
          }
        }
      }
    }
  }
}
