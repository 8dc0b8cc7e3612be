package dev.remap.index.shard;

import dev.remap.index.TestVectors;
import dev.remap.index.quantizer.IndexSpec;
import dev.remap.index.quantizer.Quantizer;

/** Small quantizers for tests of shards. */
final class TestQuantizers {
  static final long SEED = 77;
  static final int D = 16;

  private TestQuantizers() {}

  static Quantizer train(String spec) {
    TestVectors sample = TestVectors.clustered(1500, D, SEED);
    return Quantizer.train(
        IndexSpec.parse(spec), D, sample.values(), sample.size(), SEED, line -> {});
  }
}
