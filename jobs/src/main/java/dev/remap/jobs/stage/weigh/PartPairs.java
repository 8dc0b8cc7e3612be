package dev.remap.jobs.stage.weigh;

import dev.remap.core.entropy.DistanceHistograms.Pairs;
import dev.remap.jobs.sample.SplitMix64;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * The pairs of a part that are counted: those that were named, or of each group and across groups
 * those with the lowest hashes of their two images.
 */
final class PartPairs {
  private final WeighPart part;
  private final long seed;
  private final int[] there;

  /**
   * @param described whether the image at a place has region vectors
   */
  PartPairs(WeighPart part, long seed, IntPredicate described) {
    this.part = part;
    this.seed = seed;
    this.there = IntStream.range(0, part.images().size()).filter(described).toArray();
  }

  /** Pairs of two kinds, and how many there were to choose from. */
  record Chosen(List<WeighPart.Listed> pairs, long matchingLeft, long nonMatchingLeft, long lost) {}

  /**
   * Chooses.
   *
   * @param perGroup matching pairs of one group at the most
   */
  Chosen choose(int perGroup) {
    List<WeighPart.Listed> chosen = new ArrayList<>();
    boolean[] described = new boolean[part.images().size()];
    for (int place : there) {
      described[place] = true;
    }
    part.listed().stream()
        .filter(pair -> described[pair.first()] && described[pair.second()])
        .forEach(chosen::add);
    long lost = (long) part.listed().size() - chosen.size();
    long matchingLeft = part.listed().isEmpty() ? addMatching(perGroup, chosen) : 0;
    long nonMatchingLeft = part.nonMatching() == 0 ? 0 : addNonMatching(chosen);
    return new Chosen(chosen, matchingLeft, nonMatchingLeft, lost);
  }

  private long addMatching(int perGroup, List<WeighPart.Listed> chosen) {
    long left = 0;
    int from = 0;
    while (from < there.length) {
      int to = from;
      while (to < there.length && group(to) == group(from)) {
        to++;
      }
      left += lowest(from, to, perGroup, Pairs.MATCHING, chosen);
      from = to;
    }
    return left;
  }

  private long addNonMatching(List<WeighPart.Listed> chosen) {
    return lowest(0, there.length, part.nonMatching(), Pairs.NON_MATCHING, chosen);
  }

  private int group(int i) {
    return part.groups().get(there[i]);
  }

  /** Returns how many more there were. */
  private long lowest(int from, int to, long most, Pairs pairs, List<WeighPart.Listed> chosen) {
    long bound = bound(from, to, most, pairs);
    long all = 0;
    long taken = 0;
    for (int i = from; i < to; i++) {
      for (int j = i + 1; j < to; j++) {
        if ((group(i) == group(j)) == (pairs == Pairs.MATCHING)) {
          all++;
          if (hash(i, j) <= bound) {
            taken++;
            chosen.add(new WeighPart.Listed(there[i], there[j], pairs));
          }
        }
      }
    }
    return all - taken;
  }

  /** The highest hash that is taken. */
  private long bound(int from, int to, long most, Pairs pairs) {
    long[] hashes = new long[(int) ((long) (to - from) * (to - from - 1) / 2)];
    int count = 0;
    for (int i = from; i < to; i++) {
      for (int j = i + 1; j < to; j++) {
        if ((group(i) == group(j)) == (pairs == Pairs.MATCHING)) {
          hashes[count++] = hash(i, j);
        }
      }
    }
    if (count <= most) {
      return Long.MAX_VALUE;
    }
    Arrays.sort(hashes, 0, count);
    return hashes[(int) most - 1];
  }

  /** The same whichever of the two comes first. */
  private long hash(int i, int j) {
    long one = part.images().get(there[i]).number();
    long other = part.images().get(there[j]).number();
    return SplitMix64.hash(Math.min(one, other), SplitMix64.hash(Math.max(one, other), seed));
  }
}
