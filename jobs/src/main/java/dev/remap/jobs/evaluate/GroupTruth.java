package dev.remap.jobs.evaluate;

import dev.remap.core.evaluation.AveragePrecision;
import dev.remap.core.evaluation.Relevance;
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

  /** How many others are in the group of that member. */
  int others(long key) {
    return members.get(groups.get(key)).size() - 1;
  }

  /**
   * Average precision of a ranking that a member found.
   *
   * @param ignored keys that count neither for nor against it, as the member itself does
   */
  public double precision(long key, List<Long> ranking, Set<Long> ignored) {
    return AveragePrecision.trapezoidal(ranks(key, ranking, ignored), others(key));
  }

  /** The ranks, from 0, of the others of the member's group in what it found. */
  int[] ranks(long key, List<Long> ranking) {
    return ranks(key, ranking, Set.of());
  }

  private int[] ranks(long key, List<Long> ranking, Set<Long> ignored) {
    Set<Long> relevant = new HashSet<>(members.get(groups.get(key)));
    relevant.remove(key);
    Set<Long> junk = new HashSet<>(ignored);
    junk.add(key);
    return new Relevance<>(relevant, junk).ranks(ranking);
  }
}
