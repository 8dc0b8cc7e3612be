package dev.remap.core.training;

import dev.remap.core.extraction.ParallelFor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Chooses what an epoch learns from: for each query the most similar images of other groups, one of
 * a group at the most (Radenović, Tolias, Chum, TPAMI 2018), by exact search among all.
 */
final class Mining {
  /** Images of one group in a batch that is ranked, so that several groups have room. */
  private static final int MOST_RANKED = 8;

  private final int[] groups;
  private final int[] learnt;
  private final int[] pool;
  private final Map<Integer, int[]> members = new HashMap<>();

  /**
   * @param groups of all images
   * @param split whose training has queries and positives, and whose pool has negatives
   */
  Mining(int[] groups, Split split) {
    this.groups = groups;
    this.learnt = split.training();
    this.pool = split.pool();
    Map<Integer, List<Integer>> lists = new HashMap<>();
    for (int image : learnt) {
      lists.computeIfAbsent(groups[image], group -> new ArrayList<>()).add(image);
    }
    lists.forEach(
        (group, images) ->
            members.put(group, images.stream().mapToInt(Integer::intValue).toArray()));
  }

  /**
   * Tuples in the order in which they are learnt.
   *
   * @param units descriptors of all images
   * @param queries how many at the most
   * @param negatives how many of each
   * @param searching whose threads decide nothing, as each query's search is its own
   */
  List<Tuple> tuples(
      float[][] units, int queries, int negatives, SplittableRandom random, ParallelFor searching) {
    int[] order = learnt.clone();
    Split.shuffle(order, random);
    List<int[]> pairs = new ArrayList<>();
    for (int i = 0; i < order.length && pairs.size() < queries; i++) {
      int query = order[i];
      int[] group = members.get(groups[query]);
      if (group.length > 1) {
        pairs.add(new int[] {query, positive(group, query, random)});
      }
    }
    Tuple[] tuples = new Tuple[pairs.size()];
    searching.run(
        0,
        tuples.length,
        i -> {
          int[] pair = pairs.get(i);
          tuples[i] = new Tuple(pair[0], pair[1], hardest(units, pair[0], negatives));
        });
    return List.of(tuples);
  }

  private static int positive(int[] group, int query, SplittableRandom random) {
    int drawn = group[random.nextInt(group.length - 1)];
    return drawn == query ? group[group.length - 1] : drawn;
  }

  private List<Integer> hardest(float[][] units, int query, int most) {
    Set<Integer> seen = new HashSet<>(Set.of(groups[query]));
    List<Integer> hardest = new ArrayList<>();
    for (long entry : Ranking.of(units, query, pool)) {
      int image = pool[Ranking.position(entry)];
      if (seen.add(groups[image])) {
        hardest.add(image);
        if (hardest.size() == most) {
          break;
        }
      }
    }
    return hardest;
  }

  /**
   * Batches for a loss that ranks: so many that each image has a chance, of some images of as many
   * groups as there is room for.
   *
   * @param size images of a batch
   */
  List<List<Integer>> ranked(int size, SplittableRandom random) {
    int count = (learnt.length + size - 1) / size;
    List<List<Integer>> batches = new ArrayList<>();
    int[] ids = Arrays.stream(groups).filter(members::containsKey).distinct().toArray();
    int perGroup = Math.max(2, Math.min(MOST_RANKED, size / 2));
    for (int b = 0; b < count; b++) {
      Split.shuffle(ids, random);
      List<Integer> batch = new ArrayList<>();
      for (int i = 0; i < ids.length && (i < 2 || batch.size() + perGroup <= size); i++) {
        int[] group = members.get(ids[i]).clone();
        Split.shuffle(group, random);
        Arrays.stream(group).limit(perGroup).forEach(batch::add);
      }
      batches.add(batch);
    }
    return batches;
  }
}
