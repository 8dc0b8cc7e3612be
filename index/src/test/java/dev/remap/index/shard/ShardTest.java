package dev.remap.index.shard;

import static dev.remap.index.shard.TestQuantizers.D;
import static dev.remap.index.shard.TestQuantizers.SEED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.remap.index.Fixtures;
import dev.remap.index.TestVectors;
import dev.remap.index.jfaiss.FaissException;
import dev.remap.index.jfaiss.FileHash;
import dev.remap.index.quantizer.IndexSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ShardTest {
  private static final TestVectors DATA = TestVectors.clustered(1000, D, SEED + 1);
  private static final TestVectors QUERIES = TestVectors.clustered(50, D, SEED + 3);
  @TempDir private Path temporary;

  private ShardFile build(String spec, TestVectors data) {
    return TestQuantizers.build(spec, data, temporary.resolve("shard"));
  }

  private static Shard openFixture(String name) throws IOException {
    Path file = Fixtures.file(name + ".faiss");
    return Shard.open(file, FileHash.of(file), Files.size(file));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "flat-coarse  | IVF8,PQ4x4np",
        "graph-coarse | IVF8_HNSW8,PQ8x5np",
        "opq          | OPQ4_8,IVF8,PQ4x6np"
      })
  void findsWhatFaissFindsInItsFiles(String name, String spec) throws Exception {
    float[] queries = Fixtures.floats("queries.f32");
    float[] distances = Fixtures.floats(name + ".distances.f32");
    long[] labels = Fixtures.longs(name + ".labels.i64");

    try (Shard shard = openFixture(name)) {
      SearchResult result = shard.search(queries, 20, 10, 3);

      assertThat(shard.spec()).isEqualTo(IndexSpec.parse(spec));
      assertThat(result.distances()).containsExactly(distances, within(2e-6f));
      for (int q = 0; q < 20; q++) {
        // Sums in another order may swap what is equal to the last bits: at the end, in or out.
        float reach = distances[10 * q + 9] * (1 - 1e-4f);
        for (int i = 10 * q; i < 10 * q + 10; i++) {
          if (distances[i] < reach) {
            assertThat(Arrays.copyOfRange(result.keys(), 10 * q, 10 * q + 10)).contains(labels[i]);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "flat          | type 'IxF2'",
        "hnsw          | type 'IHNf'",
        "ivf-flat      | type 'IwFl'",
        "fast-scan     | type 'IwPf'",
        "pca           | transform is not one linear map",
        "inner-product | not L2",
        "three-bits    | fewer than 4 or more than 8 bits",
        "no-residual   | not of residuals",
        "untrained     | not trained",
        "keys-descend  | do not ascend",
        "negative-key  | do not ascend"
      })
  void refusesOtherKindsOfIndex(String name, String reason) {
    assertThatThrownBy(() -> openFixture("refused-" + name))
        .isInstanceOf(FaissException.class)
        .hasMessageContaining("refused-" + name)
        .hasMessageContaining(reason);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"IVF32,PQ8np", "IVF32,PQ8x5np", "IVF32_HNSW8,PQ4np", "OPQ4_8,IVF32,PQ4x7np"})
  void findsTheSameForAQueryInAnyBatch(String spec) {
    try (Shard shard = Shard.open(build(spec, DATA))) {
      SearchResult all = shard.search(QUERIES.values(), QUERIES.size(), 10, 5);
      for (int q = 0; q < QUERIES.size(); q++) {
        TestVectors one = QUERIES.slice(q, q + 1);

        SearchResult alone = shard.search(one.values(), 1, 10, 5);

        assertThat(alone.neighbors(0)).isEqualTo(all.neighbors(q)).isSorted().hasSize(10);
      }
    }
  }

  @Test
  void findsVectorsThemselvesFirst() {
    // With eight bytes for 16 components, a code tells nearly every vector from the others.
    try (Shard shard = Shard.open(build("IVF32,PQ8np", DATA))) {
      SearchResult result = shard.search(DATA.values(), DATA.size(), 1, 4);
      long found =
          IntStream.range(0, DATA.size()).filter(i -> result.keys()[i] == DATA.keys()[i]).count();

      assertThat(found).as("of 1000, seed %d", SEED).isGreaterThan(900);
    }
  }

  @Test
  void breaksTiesByKey() {
    // 40 copies of one vector share a code, so their distances are equal to the last bit.
    float[] copies = new float[40 * D];
    for (int i = 0; i < 40; i++) {
      System.arraycopy(DATA.values(), 0, copies, i * D, D);
    }
    long[] keys = LongStream.range(0, 40).map(i -> i * 11).toArray();
    try (Shard shard = Shard.open(build("IVF32,PQ8np", new TestVectors(D, keys, copies)))) {
      SearchResult result = shard.search(DATA.values(), 1, 7, 32);

      assertThat(result.keys()).containsExactly(0, 11, 22, 33, 44, 55, 66);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"IVF32,PQ8np", "IVF32,PQ8x5np", "IVF32_HNSW8,PQ4np", "OPQ4_8,IVF32,PQ4x7np"})
  void tellsHowFarAVectorsOwnEntryIsAsASearchOfAllWould(String spec) {
    try (Shard shard = Shard.open(build(spec, DATA))) {
      // Every other vector under the key of the next, whose entry lies elsewhere.
      long[] own = DATA.keys().clone();
      for (int i = 0; i + 1 < own.length; i += 2) {
        own[i] = DATA.keys()[i + 1];
      }
      own[999] = 4;
      SearchResult found = shard.searchOwn(DATA.values(), own, DATA.size(), 10, 5);
      SearchResult all = shard.search(DATA.values(), DATA.size(), DATA.size(), 5);

      for (int q = 0; q < DATA.size(); q++) {
        long key = own[q];
        float distance =
            all.neighbors(q).stream()
                .filter(neighbor -> neighbor.key() == key)
                .findFirst()
                .map(Neighbor::distance)
                .orElse(Float.POSITIVE_INFINITY);
        assertThat(found.own()[q]).as("query %d, seed %d", q, SEED).isEqualTo(distance);
        assertThat(found.neighbors(q)).isEqualTo(all.neighbors(q).subList(0, 10));
      }
      assertThat(found.own()[1]).isFinite();
      assertThat(found.own()[999]).isInfinite();
      assertThat(all.own()).isEmpty();
      assertIllegal(() -> shard.searchOwn(DATA.values(), own, 3, 10, 5), "1000 keys for 3 vectors");
    }
  }

  @Test
  void padsWhereThereAreFewer() {
    try (Shard shard = Shard.open(build("IVF32,PQ8np", DATA.slice(0, 3)))) {
      SearchResult result = shard.search(QUERIES.values(), 2, 5, 32);

      assertThat(result.neighbors(0)).hasSize(3);
      assertThat(Arrays.copyOfRange(result.keys(), 3, 5)).containsOnly(-1);
      assertThat(Arrays.copyOfRange(result.distances(), 3, 5))
          .containsOnly(Float.POSITIVE_INFINITY);
    }
  }

  @Test
  void searchesAnEmptyShard() {
    try (Shard shard = Shard.open(build("IVF32,PQ8np", DATA.slice(0, 0)))) {
      assertThat(shard.size()).isZero();
      assertThat(shard.search(QUERIES.values(), 1, 2, 32).keys()).containsOnly(-1);
      assertThat(shard.searchBatch(QUERIES.values(), 3, 2, 32, 2).keys()).containsOnly(-1);
      assertThat(shard.listStatistics()).isEqualTo(new ListStatistics(32, 32, 0, 0, 0));
    }
  }

  @Test
  void tellsHowEvenListsAre() {
    ListStatistics even = ListStatistics.of(new long[] {5, 5, 5, 5});
    ListStatistics uneven = ListStatistics.of(new long[] {20, 0, 0, 0});

    assertThat(even).isEqualTo(new ListStatistics(4, 0, 5, 5, 1));
    assertThat(uneven).isEqualTo(new ListStatistics(4, 3, 20, 5, 4));
  }

  @Test
  void refusesNumbersOutOfRange() {
    try (Shard shard = Shard.open(build("IVF32,PQ8np", DATA))) {
      float[] query = QUERIES.values();
      assertIllegal(() -> shard.search(query, 1, 0, 4), "k = 0");
      assertIllegal(() -> shard.search(query, 1, -1, 4), "k = -1");
      assertIllegal(() -> shard.search(query, -1, 10, 4), "-1 queries");
      assertIllegal(() -> shard.search(query, 50, Integer.MAX_VALUE, 4), "fit an array");
      assertIllegal(() -> shard.search(query, 1, 10, 0), "nprobe = 0 is not in 1..32");
      assertIllegal(() -> shard.search(query, 1, 10, 33), "nprobe = 33 is not in 1..32");
      assertIllegal(() -> shard.keys(32), "list = 32 is not in 0..31");
      assertIllegal(() -> shard.keys(-1), "list = -1");
    }
  }

  @Test
  void refusesQueriesThatDoNotFit() {
    try (Shard shard = Shard.open(build("IVF32,PQ8np", DATA))) {
      assertIllegal(() -> shard.search(new float[D - 1], 1, 10, 4), "has 15 elements");
      assertIllegal(() -> shard.search(new float[3 * D], 4, 10, 4), "at least 4 vectors");
      assertIllegal(() -> shard.search(new float[D + 1], 1, 10, 4), "has 17 elements");
      assertIllegal(() -> shard.search(null, 1, 10, 4), "queries is null");
      float[] bad = new float[2 * D];
      bad[D + 2] = Float.NaN;
      assertIllegal(() -> shard.search(bad, 2, 10, 4), "query 1 has component 2");
      assertThat(shard.search(bad, 1, 10, 4).neighbors(0)).hasSize(10);
    }
  }

  static void assertIllegal(Callable<?> call, String message) {
    assertThatThrownBy(call::call)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void refusesAFlippedByteBeforeFaissSeesIt() throws Exception {
    ShardFile file = build("IVF32,PQ8np", DATA);
    byte[] good = Files.readAllBytes(file.path());
    for (int position : new int[] {0, 20, good.length / 3, good.length - 1}) {
      byte[] bad = good.clone();
      bad[position] ^= 0x20;
      Files.write(file.path(), bad);

      assertThatThrownBy(() -> Shard.open(file))
          .as("byte %d", position)
          .isInstanceOf(FaissException.class)
          .hasMessageContaining("expected " + file.sha256());
    }
  }

  @Test
  void refusesATruncatedFile() throws Exception {
    ShardFile file = build("IVF32,PQ8np", DATA);
    byte[] good = Files.readAllBytes(file.path());
    Files.write(file.path(), Arrays.copyOf(good, good.length - 1));

    assertThatThrownBy(() -> Shard.open(file))
        .isInstanceOf(FaissException.class)
        .hasMessageContaining("truncated")
        .hasMessageContaining("expected " + good.length);
  }

  @Test
  void refusesATruncatedFileWhoseRecordAgrees() throws Exception {
    ShardFile file = build("IVF32,PQ8np", DATA);
    byte[] good = Files.readAllBytes(file.path());
    for (int length : new int[] {0, 3, 4, 30, 1000, good.length / 2, good.length - 1}) {
      Files.write(file.path(), Arrays.copyOf(good, length));
      String sha256 = FileHash.of(file.path());

      assertThatThrownBy(() -> Shard.open(file.path(), sha256, length))
          .as("%d bytes", length)
          .isInstanceOf(FaissException.class);
    }
  }

  @Test
  void refusesAMissingFile() {
    assertThatThrownBy(() -> Shard.open(temporary.resolve("none"), "0".repeat(64), 10))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("none");
  }

  @Test
  void refusesUseAfterClose() {
    Shard shard = Shard.open(build("IVF32,PQ8np", DATA));
    shard.close();
    shard.close();

    assertThatThrownBy(() -> shard.search(QUERIES.values(), 1, 1, 1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
    assertThatThrownBy(shard::size).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> shard.keys(0)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(shard::listStatistics).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void closesWhileOthersSearch() throws Exception {
    ShardFile file = build("IVF32,PQ8np", DATA);
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      for (int round = 0; round < 10; round++) {
        Shard shard = Shard.open(file);
        long[] expected = shard.search(QUERIES.values(), 50, 10, 32).keys();
        CountDownLatch started = new CountDownLatch(4);
        Callable<Integer> searching =
            () -> {
              for (int searches = 0; ; searches++) {
                try {
                  assertThat(shard.search(QUERIES.values(), 50, 10, 32).keys()).isEqualTo(expected);
                } catch (IllegalStateException closed) {
                  return searches;
                }
                if (searches == 0) {
                  started.countDown();
                }
              }
            };
        List<Future<Integer>> running =
            IntStream.range(0, 4).mapToObj(i -> threads.submit(searching)).toList();
        started.await();
        shard.close();

        for (Future<Integer> search : running) {
          assertThat(search.get()).isPositive();
        }
      }
    } finally {
      threads.shutdownNow();
    }
  }
}
