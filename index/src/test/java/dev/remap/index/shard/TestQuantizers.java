package dev.remap.index.shard;

import dev.remap.index.TestVectors;
import dev.remap.index.quantizer.IndexSpec;
import dev.remap.index.quantizer.Quantizer;
import java.nio.file.Path;

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

  /** Writes a shard of these vectors with a quantizer of its own. */
  static ShardFile build(String spec, TestVectors data, Path file) {
    try (Quantizer quantizer = train(spec);
        ShardBuilder builder = new ShardBuilder(quantizer)) {
      builder.add(data.keys(), data.values(), data.size());
      return builder.write(file);
    }
  }
}
