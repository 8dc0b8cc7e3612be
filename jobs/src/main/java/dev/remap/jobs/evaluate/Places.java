package dev.remap.jobs.evaluate;

import dev.remap.jobs.search.Neighbors;
import dev.remap.jobs.search.WholeRankings;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Where images that a truth names stand in a ranking.
 *
 * @param keys of those images, best first
 * @param positions of them, from 0
 * @param length of the ranking
 */
@SuppressWarnings("ArrayRecordComponent") // carries numbers; never compared
record Places(long query, long[] keys, int[] positions, int length) implements Serializable {
  /** Of query {@code q} of a block. */
  static Places of(Neighbors block, int q, Set<Long> named) {
    int k = block.result().k();
    long[] found = Arrays.copyOfRange(block.result().keys(), q * k, (q + 1) * k);
    int[] positions =
        IntStream.range(0, k).filter(i -> found[i] >= 0 && named.contains(found[i])).toArray();
    long[] keys = Arrays.stream(positions).mapToLong(i -> found[i]).toArray();
    int length = (int) Arrays.stream(found).filter(key -> key >= 0).count();
    return new Places(block.queryIds()[q], keys, positions, length);
  }

  /** Of a ranking that was counted rather than held. */
  static Places of(WholeRankings.Standing standing) {
    return new Places(
        standing.query(),
        standing.keys(),
        Arrays.stream(standing.positions()).mapToInt(Places::clamped).toArray(),
        clamped(standing.length()));
  }

  /** Behind two thousand million others nothing adds to a score. */
  private static int clamped(long number) {
    return (int) Math.min(Integer.MAX_VALUE, number);
  }

  /** Of a ranking that has nothing else. */
  static Places first(long query, long[] keys) {
    return new Places(query, keys, IntStream.range(0, keys.length).toArray(), keys.length);
  }

  /** The ranks of the relevant ones in a ranking without junk. */
  int[] ranks(Set<Long> relevant, Set<Long> junk) {
    List<Integer> ranks = new ArrayList<>();
    int before = 0;
    for (int i = 0; i < keys.length; i++) {
      if (junk.contains(keys[i])) {
        before++;
      } else if (relevant.contains(keys[i])) {
        ranks.add(positions[i] - before);
      }
    }
    return ranks.stream().mapToInt(Integer::intValue).toArray();
  }
}
