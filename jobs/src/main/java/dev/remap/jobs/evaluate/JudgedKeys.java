package dev.remap.jobs.evaluate;

import dev.remap.jobs.evaluate.ProtocolQueries.Asked;
import dev.remap.jobs.evaluate.truth.ProtocolTruth;
import dev.remap.jobs.evaluate.truth.ProtocolTruth.Judged;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a truth says of images, by their keys.
 *
 * @param keys of those that are indexed, by their names in the truth
 */
record JudgedKeys(ProtocolTruth truth, Map<String, Long> keys) {
  /** The ranks of what a query should find, as its protocol looks at them. */
  int[] ranks(Judged judged, Places places) {
    Set<Long> relevant = of(judged.relevant());
    Set<Long> junk = junk(judged);
    junk.removeAll(relevant);
    // Methods that look further must not tell of what the protocol does not look at.
    return Arrays.stream(places.ranks(relevant, junk))
        .filter(rank -> rank < truth.protocol().depth())
        .toArray();
  }

  /** What each query's ranks depend on, by the ids of queries. */
  Map<Long, HashSet<Long>> named(List<Asked> asked) {
    Map<String, HashSet<Long>> byName = new HashMap<>();
    for (Judged judged : truth.judged()) {
      HashSet<Long> named = byName.computeIfAbsent(judged.query(), name -> new HashSet<>());
      named.addAll(of(judged.relevant()));
      named.addAll(junk(judged));
    }
    return asked.stream()
        .collect(
            Collectors.toMap(Asked::id, one -> byName.getOrDefault(one.name(), new HashSet<>())));
  }

  /** What no rank counts. */
  private Set<Long> junk(Judged judged) {
    Set<Long> junk = of(judged.junk());
    junk.addAll(of(truth.ignored()));
    if (truth.protocol().ignoresItself()) {
      junk.addAll(of(Set.of(judged.query())));
    }
    return junk;
  }

  private Set<Long> of(Collection<String> names) {
    return names.stream()
        .filter(keys::containsKey)
        .map(keys::get)
        .collect(Collectors.toCollection(HashSet::new));
  }
}
