package dev.remap.jobs.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remap.index.shard.Neighbor;
import dev.remap.index.shard.SearchResult;
import dev.remap.jobs.run.LocalSpark;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DistributedSearchTest {
  private static final long SEED = 23;
  private static final int ENTRIES = 300;
  private static final int QUERIES = 53;
  private static final AtomicInteger OPENED = new AtomicInteger();
  private static final AtomicInteger CLOSED = new AtomicInteger();
  private static final AtomicInteger SEARCHED = new AtomicInteger();

  private static SparkSession session;

  @BeforeAll
  static void start() {
    session = LocalSpark.sharedSession();
  }

  /** Entry and query i are the whole numbers value(i); a distance is the square of a difference. */
  private static float value(int i, long seed) {
    return new Random(seed * 31 + i).nextInt(50);
  }

  /** Entries go round the parts, so that every part has some of each neighbourhood. */
  private record Numbers(int parts) implements Searcher {
    @Override
    public Part open(int part) {
      OPENED.incrementAndGet();
      return new Part() {
        @Override
        public int entries() {
          return (ENTRIES - part + parts - 1) / parts;
        }

        @Override
        public Neighbors search(QueryBlock block, int k) {
          SEARCHED.incrementAndGet();
          List<List<Neighbor>> rows = new ArrayList<>();
          for (int q = 0; q < block.size(); q++) {
            rows.add(nearest(block.vectors()[q], k, part, parts));
          }
          return new Neighbors(block.ids(), SearchResult.of(rows, k), block.size());
        }

        @Override
        public void close() {
          CLOSED.incrementAndGet();
        }
      };
    }
  }

  private static List<Neighbor> nearest(float query, int k, int first, int step) {
    List<Neighbor> all = new ArrayList<>();
    for (int i = first; i < ENTRIES; i += step) {
      float difference = query - value(i, SEED);
      all.add(new Neighbor(i, difference * difference));
    }
    return all.stream().sorted().limit(k).toList();
  }

  private static JavaRDD<QueryBlock> blocks(int size, int slices) {
    List<Integer> queries = new ArrayList<>();
    for (int q = 0; q < QUERIES; q++) {
      queries.add(q);
    }
    List<QueryBlock> blocks =
        QueryBlock.split(queries, size, q -> 1000L + q, q -> new float[] {value(q, SEED + 1)});
    return JavaSparkContext.fromSparkContext(session.sparkContext()).parallelize(blocks, slices);
  }

  @ParameterizedTest
  @CsvSource({
    // parts, block, slices
    "1, 53, 1",
    "3, 10, 2",
    "7, 1, 5",
    "300, 20, 2",
    "310, 9, 3",
  })
  void entriesStandWhereTheWholeRankingHasThem(int parts, int block, int slices) {
    Map<Long, HashSet<Long>> wanted = new HashMap<>();
    for (int q = 0; q < QUERIES; q++) {
      // Of one query nothing; of the others some, and one that is nowhere.
      HashSet<Long> some = new HashSet<>();
      for (int i = 0; i < q; i++) {
        some.add((long) new Random(SEED + q * 1000L + i).nextInt(ENTRIES));
      }
      some.add((long) ENTRIES);
      wanted.put(1000L + q, some);
    }

    List<WholeRankings.Standing> found =
        WholeRankings.of(
            JavaSparkContext.fromSparkContext(session.sparkContext()),
            blocks(block, slices),
            new Numbers(parts),
            wanted);

    assertThat(found).hasSize(QUERIES);
    for (WholeRankings.Standing standing : found) {
      int q = (int) (standing.query() - 1000);
      List<Long> ranking =
          nearest(value(q, SEED + 1), ENTRIES, 0, 1).stream().map(Neighbor::key).toList();
      List<Long> keys = ranking.stream().filter(wanted.get(standing.query())::contains).toList();
      assertThat(standing.length()).isEqualTo(ENTRIES);
      assertThat(standing.keys())
          .as("seed %d, query %d", SEED, q)
          .containsExactly(keys.toArray(Long[]::new));
      assertThat(standing.positions())
          .as("seed %d, query %d", SEED, q)
          .containsExactly(keys.stream().mapToLong(ranking::indexOf).toArray());
    }
  }

  @ParameterizedTest
  @CsvSource({
    // parts, block, slices, k, parallelism
    "1, 53, 1, 5, 1",
    "1, 4, 3, 5, 8",
    "3, 10, 2, 1, 2",
    "7, 1, 5, 20, 2",
    "4, 9, 2, 100, 16",
    "5, 16, 1, 400, 4",
    "300, 20, 2, 7, 2",
  })
  void theBestOverAllPartsAreThoseOfOne(int parts, int block, int slices, int k, int parallelism) {
    Map<Long, List<Neighbor>> found = new HashMap<>();
    int expectedBlocks = (QUERIES + block - 1) / block;

    List<Neighbors> results =
        DistributedSearch.run(blocks(block, slices), new Numbers(parts), k, parallelism, 1)
            .collect();

    assertThat(results).hasSize(expectedBlocks);
    for (Neighbors result : results) {
      assertThat(result.nanos())
          .as("one from every part for every query")
          .isEqualTo((long) parts * result.queryIds().length);
      for (int q = 0; q < result.queryIds().length; q++) {
        found.put(result.queryIds()[q], result.result().neighbors(q));
      }
    }
    assertThat(found).hasSize(QUERIES);
    for (int q = 0; q < QUERIES; q++) {
      assertThat(found.get(1000L + q))
          .as("seed %d, query %d", SEED, q)
          .isEqualTo(nearest(value(q, SEED + 1), k, 0, 1));
    }
  }

  @Test
  void aTaskSearchesForItsBlocksTogether() {
    SEARCHED.set(0);
    assertThat(DistributedSearch.run(blocks(1, 4), new Numbers(2), 5, 2).count())
        .isEqualTo(QUERIES);
    assertThat(SEARCHED).hasValue(2);

    SEARCHED.set(0);
    assertThat(DistributedSearch.run(blocks(10, 4), new Numbers(1), 1 << 17, 2).count())
        .isEqualTo(6);
    assertThat(SEARCHED).as("results that would not fit into memory").hasValueBetween(3, 4);
  }

  @Test
  void everyPartThatIsOpenedIsClosed() {
    OPENED.set(0);
    CLOSED.set(0);

    DistributedSearch.run(blocks(10, 2), new Numbers(3), 5, 6, 1).count();

    assertThat(OPENED).hasValueGreaterThan(3).hasValueLessThanOrEqualTo(6);
    assertThat(CLOSED).hasValue(OPENED.get());
  }

  @Test
  void aPartIsOpenedByNoMoreTasksThanItsQueriesAreWorth() {
    for (int least : new int[] {1000, 20, 5}) {
      OPENED.set(0);

      DistributedSearch.run(blocks(1, 4), new Numbers(2), 5, 100, least).count();

      assertThat(OPENED).as("%d queries each", least).hasValue(2 * Math.max(1, QUERIES / least));
    }
    OPENED.set(0);

    DistributedSearch.run(blocks(1, 4), new Numbers(2), 5, 100).count();

    assertThat(OPENED).hasValue(2);
  }

  @Test
  void noQueriesFindNothing() {
    JavaRDD<QueryBlock> none = blocks(10, 2).filter(block -> block.size() > 1000);

    assertThat(DistributedSearch.run(none, new Numbers(3), 5, 2).collect()).isEmpty();
  }

  @Test
  void resultsOfDifferentQueriesAreNotMerged() {
    Neighbors one = new Neighbors(new long[] {1}, SearchResult.of(List.of(List.of()), 2), 0);
    Neighbors other = new Neighbors(new long[] {2}, SearchResult.of(List.of(List.of()), 2), 0);

    assertThatThrownBy(() -> one.merge(other))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("different queries");
  }

  @Test
  void theRankOfAKeyCountsFromZero() {
    List<Neighbor> first = List.of(new Neighbor(7, 0.1f), new Neighbor(8, 0.2f));
    List<Neighbor> second = List.of(new Neighbor(9, 0.1f));
    Neighbors found =
        new Neighbors(new long[] {1, 2}, SearchResult.of(List.of(first, second), 3), 0);

    assertThat(found.rank(0, 7)).isZero();
    assertThat(found.rank(0, 8)).isEqualTo(1);
    assertThat(found.rank(0, 9)).isEqualTo(-1);
    assertThat(found.rank(1, 9)).isZero();
  }
}
