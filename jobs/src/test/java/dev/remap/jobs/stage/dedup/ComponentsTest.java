package dev.remap.jobs.stage.dedup;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.jobs.run.LocalSpark;
import dev.remap.jobs.stage.dedup.Components.Arc;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ComponentsTest {
  private static final int PARTS = 3;

  private static Map<Long, Long> found(List<Arc> edges) {
    JavaSparkContext spark =
        JavaSparkContext.fromSparkContext(LocalSpark.sharedSession().sparkContext());
    Map<Long, Long> found = new TreeMap<>();
    for (Arc arc : Components.of(spark.parallelize(edges, 2), PARTS).collect()) {
      assertThat(found.put(arc.node(), arc.neighbour())).as("twice: %s", arc).isNull();
    }
    return found;
  }

  /** By joining what belongs together until nothing changes. */
  private static Map<Long, Long> expected(List<Arc> edges) {
    Map<Long, Long> lowest = new HashMap<>();
    edges.forEach(
        edge -> {
          lowest.put(edge.node(), edge.node());
          lowest.put(edge.neighbour(), edge.neighbour());
        });
    for (boolean changed = true; changed; ) {
      changed = false;
      for (Arc edge : edges) {
        long least = Math.min(lowest.get(edge.node()), lowest.get(edge.neighbour()));
        changed |= lowest.put(edge.node(), least) != least;
        changed |= lowest.put(edge.neighbour(), least) != least;
      }
    }
    Map<Long, Long> others = new TreeMap<>(lowest);
    others.entrySet().removeIf(entry -> entry.getKey().equals(entry.getValue()));
    return others;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void componentsOfRandomGraphsAreThoseOfUnionFind(long seed) {
    Random random = new Random(seed);
    List<Arc> edges = new ArrayList<>();
    for (int i = 0; i < 150; i++) {
      long one = random.nextInt(200);
      long other = random.nextInt(200);
      if (one != other) {
        edges.add(new Arc(one, other));
      }
    }

    assertThat(found(edges)).as("seed %d", seed).isEqualTo(expected(edges));
  }

  @Test
  void aLongChainIsOneComponent() {
    List<Arc> edges = new ArrayList<>();
    List<Long> keys = new ArrayList<>();
    new Random(4).longs(60, 0, Long.MAX_VALUE).forEach(keys::add);
    for (int i = 1; i < keys.size(); i++) {
      edges.add(new Arc(keys.get(i - 1), keys.get(i)));
    }

    assertThat(found(edges)).isEqualTo(expected(edges)).hasSize(59);
  }

  @Test
  void edgesInBothDirectionsAndTwiceAreOne() {
    assertThat(found(List.of(new Arc(7, 5), new Arc(5, 7), new Arc(7, 5))))
        .isEqualTo(Map.of(7L, 5L));
  }

  @Test
  void withoutEdgesThereAreNone() {
    assertThat(found(List.of())).isEmpty();
  }
}
