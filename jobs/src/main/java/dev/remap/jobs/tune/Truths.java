package dev.remap.jobs.tune;

import dev.remap.jobs.search.Neighbors;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What exact search finds, by the keys of the queries. */
final class Truths {
  private Truths() {}

  static Map<Long, long[]> of(List<Neighbors> found) {
    Map<Long, long[]> exact = new HashMap<>();
    for (Neighbors block : found) {
      int k = block.result().k();
      for (int i = 0; i < block.queryIds().length; i++) {
        long[] row = Arrays.copyOfRange(block.result().keys(), i * k, (i + 1) * k);
        exact.put(block.queryIds()[i], Arrays.stream(row).filter(key -> key >= 0).toArray());
      }
    }
    return exact;
  }
}
