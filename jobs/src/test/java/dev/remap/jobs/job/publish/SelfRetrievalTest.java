package dev.remap.jobs.job.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.remap.index.quantizer.IndexSpec;
import dev.remap.index.quantizer.Quantizer;
import dev.remap.index.shard.Neighbor;
import dev.remap.index.shard.SearchResult;
import dev.remap.index.shard.Shard;
import dev.remap.index.shard.ShardBuilder;
import dev.remap.index.shard.ShardFile;
import dev.remap.jobs.job.Natives;
import dev.remap.jobs.search.Neighbors;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SelfRetrievalTest {
  private static final long SEED = 17;
  private static final int DIMENSION = 4;
  private static final int CODES = 16;

  @TempDir private Path folder;

  @Test
  void countsWhoIsAmongItsOwnNeighboursAndHowFarItsCodeIs() {
    SearchResult found =
        SearchResult.of(
            List.of(
                List.of(new Neighbor(5, 0.25f)),
                List.of(new Neighbor(1, 0.1f), new Neighbor(6, 0.75f)),
                List.of(new Neighbor(1, 0.1f), new Neighbor(2, 0.2f))),
            2);

    SelfRetrieval self = SelfRetrieval.of(new Neighbors(new long[] {5, 6, 7}, found, 0));

    assertThat(self.queries()).isEqualTo(3);
    assertThat(self.found()).isEqualTo(2);
    assertThat(self.meanError()).isCloseTo(0.5, within(1e-9));
    assertThat(self.plus(self)).isEqualTo(new SelfRetrieval(6, 4, 4, 2 * self.errors()));
  }

  @Test
  void theSampleHasALowerAndAnUpperBound() {
    assertThat(SelfRetrieval.share(100, 1_000_000)).isEqualTo(0.01);
    assertThat(SelfRetrieval.share(100, 20_000_000)).isEqualTo(0.01);
    assertThat(SelfRetrieval.share(100, 1_000_000_000) * 1e9).isCloseTo(200_000, within(1.0));
    assertThat(SelfRetrieval.share(1, 1_000_000_000) * 1e9).isCloseTo(200_000, within(1.0));
    assertThat(SelfRetrieval.share(100, 1000) * 1000).isGreaterThan(100);
    assertThat(SelfRetrieval.share(100, 3)).isGreaterThanOrEqualTo(1);
    assertThat(SelfRetrieval.share(100, 0)).isGreaterThanOrEqualTo(1);
  }

  /**
   * As many codes as training vectors: these are coded without error, and what lies at a known
   * distance of one of them has the square of that as its error.
   */
  @Test
  void theDistanceToOnesOwnCodeIsTheQuantisationError() {
    Natives.loadFaiss();
    Random random = new Random(SEED);
    float[] trained = new float[CODES * DIMENSION];
    float[] moved = new float[CODES * DIMENSION];
    float step = 0.01f;
    for (int i = 0; i < trained.length; i++) {
      trained[i] = (float) random.nextGaussian();
      moved[i] = trained[i] + (i % DIMENSION == 0 ? step : 0);
    }
    IndexSpec spec = IndexSpec.parse("IVF1,PQ1x4np");
    try (Quantizer quantizer = Quantizer.train(spec, DIMENSION, trained, CODES, 1, line -> {})) {
      assertThat(errorOf(trained, quantizer, "trained")).isCloseTo(0, within(1e-6));
      assertThat(errorOf(moved, quantizer, "moved")).isCloseTo(step * step, within(1e-6));
    }
  }

  private double errorOf(float[] vectors, Quantizer quantizer, String name) {
    long[] keys = new long[CODES];
    for (int i = 0; i < CODES; i++) {
      keys[i] = i;
    }
    ShardFile file;
    try (ShardBuilder builder = new ShardBuilder(quantizer)) {
      builder.add(keys, vectors, CODES);
      file = builder.write(folder.resolve(name));
    }
    try (Shard shard = Shard.open(file)) {
      SearchResult found = shard.search(vectors, CODES, 10, 1);
      SelfRetrieval self = SelfRetrieval.of(new Neighbors(keys, found, 0));
      assertThat(self.found()).as("seed %d", SEED).isEqualTo(CODES);
      return self.meanError();
    }
  }
}
