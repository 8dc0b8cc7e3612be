package dev.remap.jobs.stage.publish;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.remap.index.quantizer.IndexSpec;
import dev.remap.index.quantizer.Quantizer;
import dev.remap.index.shard.Neighbor;
import dev.remap.index.shard.SearchResult;
import dev.remap.index.shard.Shard;
import dev.remap.index.shard.ShardBuilder;
import dev.remap.index.shard.ShardFile;
import dev.remap.jobs.search.Neighbors;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SelfRetrievalTest {
  private static final long SEED = 17;
  private static final int DIMENSION = 4;
  private static final int CODES = 16;
  private static final int EQUAL = 500;
  private static final float ABSENT = Float.POSITIVE_INFINITY;

  @TempDir private Path folder;

  @Test
  void countsWhoIsAmongItsOwnNeighboursAndHowFarItsCodeIs() {
    SearchResult found =
        SearchResult.of(
            List.of(
                List.of(new Neighbor(5, 0.25f)),
                List.of(new Neighbor(1, 0.1f), new Neighbor(6, 0.75f)),
                List.of(new Neighbor(1, 0.1f), new Neighbor(2, 0.2f))),
            2,
            new float[] {0.25f, 0.75f, ABSENT});

    SelfRetrieval self = SelfRetrieval.of(new Neighbors(new long[] {5, 6, 7}, found, 0));

    assertThat(self.queries()).isEqualTo(3);
    assertThat(self.found()).isEqualTo(2);
    assertThat(self.meanError()).isCloseTo(0.5, within(1e-9));
    assertThat(self.plus(self))
        .isEqualTo(new SelfRetrieval(6, 4, 4, self.errors().add(self.errors())));
  }

  @Test
  void whoseOwnEntryIsAsNearAsTheLastNeighbourIsFound() {
    List<Neighbor> equals = List.of(new Neighbor(1, 0.25f), new Neighbor(2, 0.25f));
    List<Neighbor> alone = List.of(new Neighbor(1, 0.25f));
    SearchResult found =
        SearchResult.of(
            List.of(equals, equals, equals, alone, alone),
            2,
            new float[] {0.25f, 0.5f, ABSENT, 0.5f, ABSENT});

    SelfRetrieval self = SelfRetrieval.of(new Neighbors(new long[] {5, 6, 7, 8, 9}, found, 0));

    assertThat(self.found()).isEqualTo(1);
    assertThat(self.seen()).isEqualTo(3);
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
    SelfRetrieval self = search(vectors, stored(vectors, CODES), quantizer, name);
    assertThat(self.found()).as("seed %d", SEED).isEqualTo(CODES);
    return self.meanError();
  }

  /** Of 500 equal ones a search names ten; that the others are there too is seen all the same. */
  @Test
  void equalVectorsFindThemselvesUnlessTheirEntryIsMissingOrAnother() {
    Random random = new Random(SEED);
    float[] trained = new float[CODES * DIMENSION];
    for (int i = 0; i < trained.length; i++) {
      trained[i] = (float) random.nextGaussian();
    }
    float[] vectors = new float[EQUAL * DIMENSION];
    for (int i = 0; i < vectors.length; i++) {
      vectors[i] = trained[i % DIMENSION];
    }
    IndexSpec spec = IndexSpec.parse("IVF1,PQ1x4np");
    try (Quantizer quantizer = Quantizer.train(spec, DIMENSION, trained, CODES, 1, line -> {})) {
      SortedMap<Long, float[]> stored = stored(vectors, EQUAL);
      assertThat(search(vectors, stored, quantizer, "all").found()).isEqualTo(EQUAL);

      stored.remove(300L);
      stored.remove(301L);
      assertThat(search(vectors, stored, quantizer, "two gone").found()).isEqualTo(EQUAL - 2);

      stored.put(400L, Arrays.copyOfRange(trained, DIMENSION, 2 * DIMENSION));
      SelfRetrieval self = search(vectors, stored, quantizer, "one is another");
      assertThat(self.found()).isEqualTo(EQUAL - 3);
      assertThat(self.seen()).isEqualTo(EQUAL - 2);
    }
  }

  private static SortedMap<Long, float[]> stored(float[] vectors, int n) {
    SortedMap<Long, float[]> stored = new TreeMap<>();
    for (int i = 0; i < n; i++) {
      stored.put((long) i, Arrays.copyOfRange(vectors, i * DIMENSION, (i + 1) * DIMENSION));
    }
    return stored;
  }

  /** Searches for vectors under the keys 0, 1, 2, … in a shard of those that are stored. */
  private SelfRetrieval search(
      float[] vectors, SortedMap<Long, float[]> stored, Quantizer quantizer, String name) {
    ShardFile file;
    try (ShardBuilder builder = new ShardBuilder(quantizer)) {
      stored.forEach((key, vector) -> builder.add(new long[] {key}, vector, 1));
      file = builder.write(folder.resolve(name));
    }
    int n = vectors.length / DIMENSION;
    long[] keys = LongStream.range(0, n).toArray();
    try (Shard shard = Shard.open(file)) {
      SearchResult found = shard.searchOwn(vectors, keys, n, 10, 1);
      return SelfRetrieval.of(new Neighbors(keys, found, 0));
    }
  }
}
