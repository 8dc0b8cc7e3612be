package dev.remap.jobs.search;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/**
 * Queries that are searched together.
 *
 * @param ids one id per query, unique over all blocks of a search
 * @param vectors row-major, {@code ids.length} × dimension
 */
public record QueryBlock(long[] ids, float[] vectors) implements Serializable {
  /** One block of all entries. */
  public static <T> QueryBlock of(
      List<T> entries, ToLongFunction<T> id, Function<T, float[]> vector) {
    int dimension = entries.isEmpty() ? 0 : vector.apply(entries.get(0)).length;
    float[] vectors = new float[entries.size() * dimension];
    for (int i = 0; i < entries.size(); i++) {
      System.arraycopy(vector.apply(entries.get(i)), 0, vectors, i * dimension, dimension);
    }
    return new QueryBlock(entries.stream().mapToLong(id).toArray(), vectors);
  }

  /** Blocks of at most {@code size} entries. */
  public static <T> List<QueryBlock> split(
      List<T> entries, int size, ToLongFunction<T> id, Function<T, float[]> vector) {
    List<QueryBlock> blocks = new ArrayList<>();
    for (int i = 0; i < entries.size(); i += size) {
      blocks.add(of(entries.subList(i, Math.min(entries.size(), i + size)), id, vector));
    }
    return blocks;
  }

  /** One block of all queries of several, in their order. */
  static QueryBlock joined(List<QueryBlock> blocks) {
    if (blocks.size() == 1) {
      return blocks.get(0);
    }
    long[] ids = blocks.stream().flatMapToLong(block -> Arrays.stream(block.ids)).toArray();
    float[] vectors = new float[blocks.stream().mapToInt(block -> block.vectors.length).sum()];
    int filled = 0;
    for (QueryBlock block : blocks) {
      System.arraycopy(block.vectors, 0, vectors, filled, block.vectors.length);
      filled += block.vectors.length;
    }
    return new QueryBlock(ids, vectors);
  }

  /** The queries {@code from} to {@code to - 1}. */
  QueryBlock rows(int from, int to) {
    return new QueryBlock(
        Arrays.copyOfRange(ids, from, to),
        Arrays.copyOfRange(vectors, from * dimension(), to * dimension()));
  }

  /** Those queries. */
  QueryBlock rows(int[] chosen) {
    int dimension = dimension();
    long[] some = new long[chosen.length];
    float[] values = new float[chosen.length * dimension];
    for (int i = 0; i < chosen.length; i++) {
      some[i] = ids[chosen[i]];
      System.arraycopy(vectors, chosen[i] * dimension, values, i * dimension, dimension);
    }
    return new QueryBlock(some, values);
  }

  /** Number of queries. */
  public int size() {
    return ids.length;
  }

  /** Length of one vector. */
  public int dimension() {
    return ids.length == 0 ? 0 : vectors.length / ids.length;
  }
}
