package dev.remap.index.shard;

import static dev.remap.index.shard.ShardTest.assertIllegal;
import static dev.remap.index.shard.TestQuantizers.D;
import static dev.remap.index.shard.TestQuantizers.SEED;
import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.index.TestVectors;
import dev.remap.index.quantizer.IndexSpec;
import dev.remap.index.quantizer.Quantizer;
import dev.remap.index.quantizer.TrainingSteps;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many queries at once find what each alone does. */
class ShardBatchTest {
  private static final TestVectors DATA = TestVectors.clustered(1000, D, SEED + 1);
  private static final TestVectors QUERIES = TestVectors.clustered(50, D, SEED + 3);
  @TempDir private Path temporary;

  private ShardFile build(String spec, TestVectors data) {
    return TestQuantizers.build(spec, data, temporary.resolve("shard"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "IVF32,PQ8np",
        "IVF8,PQ16np",
        "IVF1,PQ1np",
        "IVF32,PQ8x5np",
        "IVF32_HNSW8,PQ4np",
        "OPQ4_8,IVF32,PQ4x7np",
        "OPQ4_12,IVF8,PQ4x4np"
      })
  void findsInABatchWhatItFindsOneByOne(String spec) {
    try (Shard shard = Shard.open(build(spec, DATA))) {
      int lists = shard.spec().lists();
      long[] own = DATA.keys().clone();
      for (int i = 0; i + 1 < own.length; i += 2) {
        own[i] = DATA.keys()[i + 1];
      }
      own[299] = 4;
      long[] theirs = Arrays.copyOf(own, 300);
      for (int nprobe : new int[] {1, Math.min(5, lists), lists}) {
        for (int k : new int[] {1, 10, 1100}) {
          SearchResult expected = shard.searchOwn(DATA.values(), theirs, 300, k, nprobe);
          for (int threads : new int[] {1, 3}) {
            SearchResult found =
                shard.searchOwnBatch(DATA.values(), theirs, 300, k, nprobe, threads);

            String what = "nprobe %d, k %d, %d threads".formatted(nprobe, k, threads);
            assertThat(found.keys()).as(what).isEqualTo(expected.keys());
            assertThat(found.distances()).as(what).isEqualTo(expected.distances());
            assertThat(found.own()).as(what).isEqualTo(expected.own());
          }
        }
      }
      assertThat(shard.searchBatch(DATA.values(), 7, 3, 1, 9).own()).isEmpty();
      assertThat(shard.searchBatch(DATA.values(), 0, 3, 1, 2).keys()).isEmpty();
    }
  }

  @Test
  void aBatchTellsApartWhatRoundingDoesNot() {
    // Far from the origin, differences are lost in the norms: bounds tell nothing apart there, and
    // hundreds of entries share a code. Queries lie on entries, between them, and far away.
    for (float shift : new float[] {0, 1e3f, 1e8f, -9e8f}) {
      float[] values = DATA.values().clone();
      for (int i = 0; i < values.length; i++) {
        values[i] = (i < 400 * D ? DATA.values()[i % D] : 1e-20f * values[i]) + shift;
      }
      TestVectors data = new TestVectors(D, DATA.keys(), values);
      float[] queries = Arrays.copyOf(values, 450 * D);
      for (int i = 0; i < 20 * D; i++) {
        queries[i] = i % 2 == 0 ? 1e9f : -1e9f;
      }
      Arrays.fill(queries, 20 * D, 30 * D, 1e-42f);
      Arrays.fill(queries, 30 * D, 40 * D, 0);
      try (Shard shard = Shard.open(build("IVF32,PQ8np", data))) {
        for (int k : new int[] {1, 20, 500}) {
          SearchResult expected = shard.search(queries, 450, k, 32);
          SearchResult found = shard.searchBatch(queries, 450, k, 32, 2);

          assertThat(found.keys()).as("shift %g, k %d", shift, k).isEqualTo(expected.keys());
          assertThat(found.distances()).isEqualTo(expected.distances());
        }
      }
      assertThat(temporary.resolve("shard").toFile().delete()).isTrue();
    }
  }

  /** Merging does not see a key that two shards have in different lists. */
  @Test
  void aBatchKeepsItsMemoryWhereManyListsHoldOneKeyAtOneDistance() {
    int lists = 96;
    TrainingSteps steps =
        new TrainingSteps(IndexSpec.parse("IVF96,PQ1x4np"), 1, SEED, TrainingSteps.Start.DRAWN);
    float[] codes = new float[16];
    codes[1] = 1;
    try (Quantizer quantizer =
        steps.quantizer(new float[0], new float[lists], List.of(codes), line -> {})) {
      List<Path> shards = new ArrayList<>();
      for (int list = 0; list < lists; list++) {
        try (ShardBuilder builder = new ShardBuilder(quantizer)) {
          byte[] code = {(byte) (list == 90 ? 1 : 0)};
          builder.addCodes(new long[] {5}, new int[] {list}, code, 1);
          shards.add(builder.write(temporary.resolve("shard" + list)).path());
        }
      }
      ShardFile merged = MergedShards.write(quantizer, shards, temporary.resolve("merged"));
      try (Shard shard = Shard.open(merged)) {
        float[] queries = {-1, -2, 3, -3};
        long[] own = {5, 5, 5, 4};
        for (int k : new int[] {1, 2, 95, 96, 97}) {
          SearchResult expected = shard.searchOwn(queries, own, 4, k, lists);
          SearchResult found = shard.searchOwnBatch(queries, own, 4, k, lists, 1);

          assertThat(found.keys()).as("k %d", k).isEqualTo(expected.keys());
          assertThat(found.distances()).as("k %d", k).isEqualTo(expected.distances());
          assertThat(found.own())
              .as("the nearest under the key")
              .containsExactly(1, 4, 4, Float.POSITIVE_INFINITY)
              .isEqualTo(expected.own());
        }
      }
    }
  }

  /** More than the 2^16 queries that are searched at once, after some that others search. */
  @Test
  void callsThatAreCutIntoBatchesFindTheSame() {
    int n = 140_003;
    long[] own = new Random(SEED).longs(n, 0, 200).toArray();
    float[] queries = new float[n];
    for (int i = 0; i < n; i++) {
      queries[i] = own[i] + 0.25f * (i % 5);
    }
    TestVectors data = new TestVectors(1, LongStream.range(0, 200).toArray(), new float[200]);
    for (int i = 0; i < 200; i++) {
      data.values()[i] = i;
    }
    try (Quantizer quantizer =
            Quantizer.train(
                IndexSpec.parse("IVF20,PQ1x4np"), 1, data.values(), 200, SEED, line -> {});
        ShardBuilder builder = new ShardBuilder(quantizer)) {
      builder.add(data.keys(), data.values(), 200);
      try (Shard shard = Shard.open(builder.write(temporary.resolve("shard")))) {
        SearchResult expected = shard.searchOwn(queries, own, n, 2, 3);
        for (int threads : new int[] {1, 2}) {
          SearchResult found = shard.searchOwnBatch(queries, own, n, 2, 3, threads);

          assertThat(Arrays.equals(found.keys(), expected.keys())).isTrue();
          assertThat(Arrays.equals(found.distances(), expected.distances())).isTrue();
          assertThat(Arrays.equals(found.own(), expected.own())).isTrue();
        }
        queries[n - 1] = Float.NaN;
        assertIllegal(() -> shard.searchBatch(queries, n, 2, 3, 2), "query 140002 has component 0");
      }
    }
  }

  @Test
  void aBatchRefusesWhatASearchRefuses() {
    try (Shard shard = Shard.open(build("IVF32,PQ8np", DATA))) {
      float[] query = QUERIES.values();
      assertIllegal(() -> shard.searchBatch(query, 1, 0, 4, 1), "k = 0");
      assertIllegal(() -> shard.searchBatch(query, -1, 10, 4, 1), "-1 queries");
      assertIllegal(() -> shard.searchBatch(query, 50, Integer.MAX_VALUE, 4, 1), "fit an array");
      assertIllegal(() -> shard.searchBatch(query, 1, 10, 0, 1), "nprobe = 0 is not in 1..32");
      assertIllegal(() -> shard.searchBatch(query, 4, 10, 33, 2), "nprobe = 33 is not in 1..32");
      assertIllegal(() -> shard.searchBatch(query, 4, 10, 3, 0), "threads = 0 must be at least 1");
      assertIllegal(() -> shard.searchBatch(new float[3 * D], 4, 10, 4, 2), "at least 4 vectors");
      assertIllegal(() -> shard.searchBatch(new float[D + 1], 1, 10, 4, 1), "has 17 elements");
      assertIllegal(() -> shard.searchBatch(null, 1, 10, 4, 1), "queries is null");
      assertIllegal(
          () -> shard.searchOwnBatch(query, new long[3], 4, 10, 5, 2), "3 keys for 4 vectors");
      float[] bad = query.clone();
      bad[40 * D + 2] = Float.NaN;
      assertIllegal(() -> shard.searchBatch(bad, 50, 10, 4, 3), "query 40 has component 2");
      assertThat(shard.searchBatch(bad, 40, 10, 4, 3).neighbors(39)).hasSize(10);
    }
  }
}
