package dev.remap.jobs.search;

import dev.remap.index.shard.Neighbor;
import dev.remap.index.shard.SearchResult;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.PriorityQueue;

/**
 * Vectors in memory, searched by brute force: each is compared with a block of queries at once,
 * which lie component by component side by side, so that the processor's vector instructions do it.
 * A distance is summed in the order of components all the same.
 */
@SuppressWarnings("ArrayRecordComponent") // carries numbers; never compared
public record VectorRange(long[] keys, float[][] vectors) implements Searcher.Part {
  /** Queries of a block: those of 1,024 components take 1 MiB. */
  private static final int TOGETHER = 256;

  @Override
  public int entries() {
    return keys.length;
  }

  @Override
  public Neighbors search(QueryBlock block, int k) {
    long start = System.nanoTime();
    List<List<Neighbor>> found = new ArrayList<>();
    for (int from = 0; from < block.size(); from += TOGETHER) {
      found.addAll(nearest(block, from, Math.min(block.size(), from + TOGETHER), k));
    }
    return new Neighbors(block.ids(), SearchResult.of(found, k), System.nanoTime() - start);
  }

  private List<List<Neighbor>> nearest(QueryBlock block, int from, int to, int k) {
    float[][] components = components(block, from, to);
    Best[] best = new Best[to - from];
    Arrays.setAll(best, query -> new Best(k));
    float[] distances = new float[best.length];
    for (int i = 0; i < keys.length; i++) {
      Arrays.fill(distances, 0);
      addSquares(components, vectors[i], distances);
      for (int query = 0; query < best.length; query++) {
        best[query].offer(keys[i], distances[query]);
      }
    }
    return Arrays.stream(best).map(Best::sorted).toList();
  }

  /** Of each component an array with that of every query. */
  private static float[][] components(QueryBlock block, int from, int to) {
    int dimension = block.dimension();
    float[][] components = new float[dimension][to - from];
    for (int query = from; query < to; query++) {
      for (int i = 0; i < dimension; i++) {
        components[i][query - from] = block.vectors()[query * dimension + i];
      }
    }
    return components;
  }

  /** Adds the squared differences of a vector to every query, in the order of components. */
  private static void addSquares(float[][] queries, float[] vector, float[] sums) {
    int paired = vector.length & ~1;
    for (int i = 0; i < paired; i += 2) {
      addSquares(queries[i], vector[i], queries[i + 1], vector[i + 1], sums);
    }
    if (paired < vector.length) {
      float value = vector[paired];
      float[] query = queries[paired];
      for (int q = 0; q < sums.length; q++) {
        float difference = query[q] - value;
        sums[q] += difference * difference;
      }
    }
  }

  /** Two components: the sums are loaded and stored half as often. */
  private static void addSquares(
      float[] queries, float value, float[] nextQueries, float nextValue, float[] sums) {
    for (int q = 0; q < sums.length; q++) {
      float difference = queries[q] - value;
      float next = nextQueries[q] - nextValue;
      sums[q] = sums[q] + difference * difference + next * next;
    }
  }

  /** The nearest so far of one query. */
  private static final class Best {
    private final int k;
    private final PriorityQueue<Neighbor> farthestFirst =
        new PriorityQueue<>(Collections.reverseOrder());
    private float reach = Float.POSITIVE_INFINITY;

    Best(int k) {
      this.k = k;
    }

    void offer(long key, float distance) {
      if (distance <= reach) {
        add(new Neighbor(key, distance));
      }
    }

    private void add(Neighbor neighbor) {
      farthestFirst.add(neighbor);
      if (farthestFirst.size() > k) {
        farthestFirst.poll();
      }
      if (farthestFirst.size() == k) {
        reach = farthestFirst.peek().distance();
      }
    }

    List<Neighbor> sorted() {
      return farthestFirst.stream().sorted().toList();
    }
  }

  @Override
  public void close() {
    // The vectors are garbage with the part.
  }
}
