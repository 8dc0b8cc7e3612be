package dev.remap.jobs.search;

import dev.remap.index.shard.Neighbor;
import dev.remap.index.shard.SearchResult;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import scala.Tuple2;

/**
 * Where some entries stand among all that a search finds, without any ranking being held: all parts
 * are gone through twice, for the distances of these entries first, then for how many others lie
 * before each. What passes between tasks are these distances and numbers.
 */
public final class WholeRankings {
  private static final long[] NONE = {0};

  private WholeRankings() {}

  /**
   * Where entries stand in the ranking of one query.
   *
   * @param keys of those that were found, best first
   * @param positions of them, from 0
   * @param length of the ranking
   */
  @SuppressWarnings("ArrayRecordComponent") // carries numbers; never compared
  public record Standing(long query, long[] keys, long[] positions, long length) {}

  private record Distance(long query, Neighbor entry) implements Serializable {}

  /**
   * The standing of some entries in the ranking of each query.
   *
   * @param wanted keys by the ids of queries
   * @return one for each query, in any order
   */
  public static List<Standing> of(
      JavaSparkContext spark,
      JavaRDD<QueryBlock> blocks,
      Searcher searcher,
      Map<Long, HashSet<Long>> wanted) {
    Broadcast<HashMap<Long, HashSet<Long>>> keys = spark.broadcast(new HashMap<>(wanted));
    Map<Long, List<Neighbor>> entries = new HashMap<>();
    wanted.keySet().forEach(query -> entries.put(query, new ArrayList<>()));
    for (Distance distance :
        parts(spark, blocks, searcher)
            .flatMap(found -> distances(found, keys.value()).iterator())
            .collect()) {
      entries.get(distance.query).add(distance.entry);
    }
    HashMap<Long, Neighbor[]> sorted = new HashMap<>();
    entries.forEach(
        (query, some) -> sorted.put(query, some.stream().sorted().toArray(Neighbor[]::new)));
    Broadcast<HashMap<Long, Neighbor[]>> bounds = spark.broadcast(sorted);
    Map<Long, long[]> counts =
        parts(spark, blocks, searcher)
            .flatMapToPair(found -> counts(found, bounds.value()).iterator())
            .reduceByKey(WholeRankings::sum)
            .collectAsMap();
    List<Standing> standings = new ArrayList<>();
    sorted.forEach(
        (query, some) -> standings.add(standing(query, some, counts.getOrDefault(query, NONE))));
    return standings;
  }

  private static JavaRDD<Neighbors> parts(
      JavaSparkContext spark, JavaRDD<QueryBlock> blocks, Searcher searcher) {
    return DistributedSearch.byPart(
            blocks,
            searcher,
            Searcher.ALL,
            spark.defaultParallelism(),
            DistributedSearch.LEAST_QUERIES)
        .values();
  }

  private static List<Distance> distances(Neighbors found, Map<Long, HashSet<Long>> wanted) {
    List<Distance> distances = new ArrayList<>();
    SearchResult result = found.result();
    for (int i = 0; i < result.keys().length; i++) {
      long query = found.queryIds()[i / result.k()];
      long key = result.keys()[i];
      if (key >= 0 && wanted.get(query).contains(key)) {
        distances.add(new Distance(query, new Neighbor(key, result.distances()[i])));
      }
    }
    return distances;
  }

  /** Of each query how many lie before the first bound, between each two, and after the last. */
  private static List<Tuple2<Long, long[]>> counts(
      Neighbors found, Map<Long, Neighbor[]> boundsByQuery) {
    List<Tuple2<Long, long[]>> counts = new ArrayList<>();
    SearchResult result = found.result();
    for (int q = 0; q < found.queryIds().length; q++) {
      Neighbor[] bounds = boundsByQuery.get(found.queryIds()[q]);
      long[] between = new long[bounds.length + 1];
      int passed = 0;
      for (int i = q * result.k(); i < (q + 1) * result.k() && result.keys()[i] >= 0; i++) {
        Neighbor entry = new Neighbor(result.keys()[i], result.distances()[i]);
        while (passed < bounds.length && bounds[passed].compareTo(entry) <= 0) {
          passed++;
        }
        between[passed]++;
      }
      counts.add(new Tuple2<>(found.queryIds()[q], between));
    }
    return counts;
  }

  private static long[] sum(long[] a, long[] b) {
    long[] sum = a.clone();
    Arrays.setAll(sum, i -> a[i] + b[i]);
    return sum;
  }

  /** An entry is counted after the bound that it is itself. */
  private static Standing standing(long query, Neighbor[] bounds, long[] between) {
    long[] positions = new long[bounds.length];
    long before = 0;
    for (int i = 0; i < bounds.length; i++) {
      before += between[i];
      positions[i] = before;
    }
    long length = before + between[bounds.length];
    return new Standing(
        query, Arrays.stream(bounds).mapToLong(Neighbor::key).toArray(), positions, length);
  }
}
