package dev.remap.jobs.evaluate.record;

import java.io.Serializable;
import java.util.List;

/**
 * What one query found in one way: a row of the per-query results.
 *
 * @param query its name in the truth, or its image id
 * @param setup of the truth: easy, medium or hard; empty where there is but one
 * @param drawnWith the group that it was drawn with; empty if it was drawn alone
 * @param search {@code exact} or {@code index}
 * @param rerank what followed the search, with every parameter; empty for nothing
 * @param relevant how many images it should find
 * @param ranks of all of them that it found, rising, from 0, without what counts neither way
 * @param score in 0..1: average precision, or what the protocol scores first
 */
public record QueryScore(
    String query,
    String setup,
    String drawnWith,
    String search,
    String rerank,
    int relevant,
    List<Integer> ranks,
    double score)
    implements Serializable {

  /** The way in which it was searched, for tables. */
  public Way way() {
    return new Way(search, rerank);
  }

  /** For the formulas. */
  public int[] rankArray() {
    return ranks.stream().mapToInt(Integer::intValue).toArray();
  }

  /** The position of the first image that it should find, from 1; – if it found none. */
  String first() {
    return ranks.isEmpty() ? "–" : Integer.toString(ranks.get(0) + 1);
  }
}
