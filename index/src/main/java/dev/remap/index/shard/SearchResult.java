package dev.remap.index.shard;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * The k nearest of each query, as rows: nearest first, equal distances by ascending key, padded
 * with key −1 at distance +∞ where a search found fewer.
 */
public final class SearchResult implements Serializable {
  private static final long serialVersionUID = 2L;

  private final int queries;
  private final int k;
  private final long[] keys;
  private final float[] distances;
  private final float[] own;

  SearchResult(int queries, int k, long[] keys, float[] distances, float[] own) {
    this.queries = queries;
    this.k = k;
    this.keys = keys;
    this.distances = distances;
    this.own = own;
  }

  /**
   * A result from lists of neighbours, each nearest first and at most k long, one for each query.
   */
  public static SearchResult of(List<List<Neighbor>> rows, int k) {
    return of(rows, k, new float[0]);
  }

  /** A result from lists of neighbours, with what was looked up under the queries' own keys. */
  public static SearchResult of(List<List<Neighbor>> rows, int k, float[] own) {
    long[] keys = new long[rows.size() * k];
    float[] distances = new float[rows.size() * k];
    Arrays.fill(keys, -1);
    Arrays.fill(distances, Float.POSITIVE_INFINITY);
    for (int query = 0; query < rows.size(); query++) {
      List<Neighbor> row = rows.get(query);
      for (int i = 0; i < row.size(); i++) {
        keys[query * k + i] = row.get(i).key();
        distances[query * k + i] = row.get(i).distance();
      }
    }
    return new SearchResult(rows.size(), k, keys, distances, own);
  }

  /** What the queries {@code from} to {@code to - 1} found. */
  public SearchResult rows(int from, int to) {
    Objects.checkFromToIndex(from, to, queries);
    return new SearchResult(
        to - from,
        k,
        Arrays.copyOfRange(keys, from * k, to * k),
        Arrays.copyOfRange(distances, from * k, to * k),
        own.length == 0 ? own : Arrays.copyOfRange(own, from, to));
  }

  /**
   * The same rows among those of more queries, of which the others found nothing.
   *
   * @param places the row of each, ascending
   * @param all how many rows there are then
   */
  public SearchResult spread(int[] places, int all) {
    long[] moreKeys = new long[all * k];
    float[] moreDistances = new float[all * k];
    float[] moreOwn = new float[own.length == 0 ? 0 : all];
    Arrays.fill(moreKeys, -1);
    Arrays.fill(moreDistances, Float.POSITIVE_INFINITY);
    Arrays.fill(moreOwn, Float.POSITIVE_INFINITY);
    for (int i = 0; i < queries; i++) {
      System.arraycopy(keys, i * k, moreKeys, places[i] * k, k);
      System.arraycopy(distances, i * k, moreDistances, places[i] * k, k);
      if (moreOwn.length > 0) {
        moreOwn[places[i]] = own[i];
      }
    }
    return new SearchResult(all, k, moreKeys, moreDistances, moreOwn);
  }

  public int queries() {
    return queries;
  }

  public int k() {
    return k;
  }

  /** Row-major, queries × k; not a copy. */
  public long[] keys() {
    return keys;
  }

  /** Row-major, queries × k; not a copy. */
  public float[] distances() {
    return distances;
  }

  /**
   * The distance of each query to the entry under its own key, be that among the nearest or not; +∞
   * if none of the lists that were searched has it. Empty if that was not asked; not a copy.
   */
  public float[] own() {
    return own;
  }

  /** What one query found, without the padding. */
  public List<Neighbor> neighbors(int query) {
    Objects.checkIndex(query, queries);
    return IntStream.range(query * k, (query + 1) * k)
        .filter(i -> keys[i] >= 0)
        .mapToObj(i -> new Neighbor(keys[i], distances[i]))
        .toList();
  }
}
