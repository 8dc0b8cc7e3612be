package dev.remap.jobs.evaluate;

import dev.remap.core.evaluation.AveragePrecision;
import dev.remap.core.evaluation.Relevance;
import dev.remap.index.shard.Neighbor;
import dev.remap.jobs.search.Neighbors;
import java.io.Serializable;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Which images belong together, by key: every member should find the others of its group. */
public final class GroupTruth implements Serializable {
  private static final long serialVersionUID = 1;

  private final HashMap<Long, String> groups = new HashMap<>();
  private final HashMap<String, HashSet<Long>> members = new HashMap<>();

  public void add(long key, String group) {
    groups.put(key, group);
    members.computeIfAbsent(group, name -> new HashSet<>()).add(key);
  }

  String group(long key) {
    return groups.get(key);
  }

  /** How many others are in the group of that member. */
  int others(long key) {
    return members.get(groups.get(key)).size() - 1;
  }

  /**
   * Average precision of the ranking that the member found which is the block's query {@code q}.
   */
  public double precision(Neighbors found, int q) {
    return precision(
        found.queryIds()[q],
        found.result().neighbors(q).stream().map(Neighbor::key).toList(),
        Set.of());
  }

  /**
   * Average precision of a ranking that a member found.
   *
   * @param ignored keys that count neither for nor against it, as the member itself does
   */
  public double precision(long key, List<Long> ranking, Set<Long> ignored) {
    Set<Long> relevant = new HashSet<>(members.get(groups.get(key)));
    relevant.remove(key);
    Set<Long> junk = new HashSet<>(ignored);
    junk.add(key);
    int[] ranks = new Relevance<>(relevant, junk).ranks(ranking);
    return AveragePrecision.trapezoidal(ranks, relevant.size());
  }
}
