package dev.remap.index.shard;

import static dev.remap.index.shard.TestQuantizers.D;
import static dev.remap.index.shard.TestQuantizers.SEED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remap.index.TestVectors;
import dev.remap.index.quantizer.Quantizer;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultMergerTest {
  /** Keys of 20 entries, from all three shards; the lists near the queries have some of them. */
  private static final long[] WANTED = LongStream.range(0, 20).map(i -> 5 + 3 * 47 * i).toArray();

  private static Neighbor neighbor(long key, double distance) {
    return new Neighbor(key, (float) distance);
  }

  @Test
  void takesTheNearestOfAllAndBreaksTiesByKey() {
    List<Neighbor> a = List.of(neighbor(9, 0.1), neighbor(4, 0.3), neighbor(5, 0.5));
    List<Neighbor> b = List.of(neighbor(2, 0.2), neighbor(1, 0.3), neighbor(3, 0.3));

    assertThat(ResultMerger.merge(List.of(a, b), 4))
        .containsExactly(neighbor(9, 0.1), neighbor(2, 0.2), neighbor(1, 0.3), neighbor(3, 0.3));
    assertThat(ResultMerger.merge(List.of(b, a), 10)).hasSize(6).isSorted();
    assertThat(ResultMerger.merge(List.of(), 10)).isEmpty();
  }

  @Test
  void refusesAShardCountedTwice() {
    List<Neighbor> a = List.of(neighbor(9, 0.1));

    assertThatThrownBy(() -> ResultMerger.merge(List.of(a, a), 4))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("key 9 comes from two shards");
  }

  @Test
  void shardsMergeToWhatOneShardOfAllFinds(@TempDir Path temporary) {
    TestVectors data = TestVectors.clustered(900, D, SEED + 5);
    TestVectors queries = TestVectors.clustered(20, D, SEED + 6);
    try (Quantizer quantizer = TestQuantizers.train("IVF32,PQ8x6np")) {
      SearchResult whole = search(quantizer, data, queries, temporary.resolve("whole"));
      List<SearchResult> parts =
          List.of(
              search(quantizer, data.slice(0, 2), queries, temporary.resolve("a")),
              search(quantizer, data.slice(2, 500), queries, temporary.resolve("b")),
              search(quantizer, data.slice(500, 900), queries, temporary.resolve("c")));

      SearchResult merged = ResultMerger.merge(parts);

      assertThat(merged.keys()).as("seed %d", SEED).isEqualTo(whole.keys());
      assertThat(merged.distances()).isEqualTo(whole.distances());
      assertThat(merged.own()).isEqualTo(whole.own()).contains(Float.POSITIVE_INFINITY);
      assertThat(IntStream.range(0, 20).filter(q -> Float.isFinite(merged.own()[q]))).isNotEmpty();
      SearchResult without = SearchResult.of(Collections.nCopies(20, List.of()), 10);
      assertThatThrownBy(() -> ResultMerger.merge(List.of(merged, without)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("only some");
      assertThatThrownBy(() -> ResultMerger.merge(List.of(merged, SearchResult.of(List.of(), 1))))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("20 queries × 10");
    }
  }

  private static SearchResult search(
      Quantizer quantizer, TestVectors data, TestVectors queries, Path file) {
    try (ShardBuilder builder = new ShardBuilder(quantizer)) {
      builder.add(data.keys(), data.values(), data.size());
      try (Shard shard = Shard.open(builder.write(file))) {
        return shard.searchOwn(queries.values(), WANTED, queries.size(), 10, 6);
      }
    }
  }

  @Test
  void rowsAmongThoseOfMoreQueriesLeaveTheOthersEmpty() {
    SearchResult some =
        SearchResult.of(
            List.of(
                List.of(new Neighbor(7, 1f), new Neighbor(9, 2f)), List.of(new Neighbor(3, 0f))),
            2,
            new float[] {4f, 5f});

    SearchResult spread = some.spread(new int[] {1, 3}, 4);

    assertThat(spread.queries()).isEqualTo(4);
    assertThat(spread.keys()).containsExactly(-1, -1, 7, 9, -1, -1, 3, -1);
    assertThat(spread.own())
        .containsExactly(Float.POSITIVE_INFINITY, 4f, Float.POSITIVE_INFINITY, 5f);
    assertThat(spread.neighbors(0)).isEmpty();
  }
}
