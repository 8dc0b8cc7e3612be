package dev.remap.jobs.table;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.index.quantizer.IndexSpec;
import dev.remap.index.quantizer.Quantizer;
import dev.remap.index.shard.Shard;
import dev.remap.index.shard.ShardBuilder;
import dev.remap.index.shard.ShardFile;
import dev.remap.jobs.store.Inputs;
import dev.remap.jobs.store.segment.KeyRange;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShardLayoutTest {
  private static final int SEED = 9;
  private static final int DIMENSION = 4;
  private static final int ENTRIES = 100;

  @TempDir private Path folder;

  /** Keys 10 to 109, in lists 0 and 1 of two. */
  private ShardFile shard() {
    Random random = new Random(SEED);
    float[] vectors = new float[ENTRIES * DIMENSION];
    long[] keys = new long[ENTRIES];
    for (int i = 0; i < ENTRIES; i++) {
      keys[i] = 10L + i;
      for (int j = 0; j < DIMENSION; j++) {
        vectors[i * DIMENSION + j] = (float) random.nextGaussian();
      }
    }
    IndexSpec spec = IndexSpec.parse("IVF2,PQ2x4np");
    try (Quantizer quantizer =
            Quantizer.train(spec, DIMENSION, vectors, ENTRIES, SEED, line -> {});
        ShardBuilder builder = new ShardBuilder(quantizer)) {
      builder.add(keys, vectors, ENTRIES);
      return builder.write(folder.resolve("shard"));
    }
  }

  @Test
  void whatIsOutsideAShardsRangeIsFound() {
    try (Shard shard = Shard.open(shard())) {
      assertThat(ShardLayout.KEY.outside(shard, new KeyRange(10, 109))).isEmpty();
      assertThat(ShardLayout.KEY.outside(shard, new KeyRange(10, 108)).orElseThrow())
          .contains("is outside its keys");
      assertThat(ShardLayout.KEY.outside(shard, new KeyRange(11, 109)).orElseThrow())
          .contains("is outside its keys");
      assertThat(ShardLayout.LIST.outside(shard, new KeyRange(0, 1))).isEmpty();
      assertThat(ShardLayout.LIST.outside(shard, new KeyRange(0, 0)).orElseThrow())
          .contains("entries in list 1, outside its lists");
      assertThat(ShardLayout.LIST.outside(shard, KeyRange.ALL)).isEmpty();
    }
  }

  @Test
  void anIndexSaysItsLayoutWhereItIsNotByKey() {
    assertThat(ShardLayout.KEY.into(Inputs.NONE)).isEqualTo(Inputs.NONE);
    assertThat(ShardLayout.of(Inputs.NONE)).isEqualTo(ShardLayout.KEY);
    assertThat(ShardLayout.of(ShardLayout.LIST.into(Inputs.NONE))).isEqualTo(ShardLayout.LIST);
    assertThat(ShardLayout.named("list")).isEqualTo(ShardLayout.LIST);
  }
}
