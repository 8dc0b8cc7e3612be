package dev.remap.jobs.search;

import dev.remap.index.shard.Neighbor;
import dev.remap.index.shard.SearchResult;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.PriorityQueue;

/** Vectors in memory, searched one by one. */
@SuppressWarnings("ArrayRecordComponent") // carries numbers; never compared
public record VectorRange(long[] keys, float[][] vectors) implements Searcher.Part {
  @Override
  public Neighbors search(QueryBlock block, int k) {
    long start = System.nanoTime();
    List<List<Neighbor>> found = new ArrayList<>();
    for (int q = 0; q < block.size(); q++) {
      found.add(nearest(block.vectors(), q * block.dimension(), k));
    }
    return new Neighbors(block.ids(), SearchResult.of(found, k), System.nanoTime() - start);
  }

  private List<Neighbor> nearest(float[] queries, int offset, int k) {
    PriorityQueue<Neighbor> worstFirst = new PriorityQueue<>(Collections.reverseOrder());
    for (int i = 0; i < keys.length; i++) {
      Neighbor neighbor = new Neighbor(keys[i], distance(queries, offset, vectors[i]));
      if (worstFirst.size() < k) {
        worstFirst.add(neighbor);
      } else if (neighbor.compareTo(worstFirst.peek()) < 0) {
        worstFirst.poll();
        worstFirst.add(neighbor);
      }
    }
    return worstFirst.stream().sorted().toList();
  }

  /** Squared L2 distance, summed in component order. */
  private static float distance(float[] queries, int offset, float[] vector) {
    float sum = 0;
    for (int i = 0; i < vector.length; i++) {
      float difference = queries[offset + i] - vector[i];
      sum += difference * difference;
    }
    return sum;
  }

  @Override
  public void close() {
    // The vectors are garbage with the part.
  }
}
