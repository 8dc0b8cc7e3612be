package dev.remap.core.training;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Images by what they are for, whole groups at a time.
 *
 * @param training places of the images that are learnt from
 * @param heldOut places of those by which the best epoch is chosen
 * @param test places of those that nothing is chosen by; may be none
 * @param distractors places of those without a group that negatives are chosen from, too, and among
 *     which those held out are searched for
 * @param testDistractors places of others, among which the test is searched for
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
public record Split(
    int[] training, int[] heldOut, int[] test, int[] distractors, int[] testDistractors) {
  /** With one group, every ranking is perfect. */
  public static final int LEAST_GROUPS = 2;

  /** In no part. */
  public static final int LEFT_OUT = -1;

  /** Of the first image without a group; the others have less, each its own. */
  public static final int FIRST_DISTRACTOR = -2;

  /** Without distractors. */
  public Split(int[] training, int[] heldOut, int[] test) {
    this(training, heldOut, test, new int[0], new int[0]);
  }

  /**
   * Deals groups by chance, and images without one.
   *
   * @param groups of the images, from 0 on; {@link #LEFT_OUT}, or {@link #FIRST_DISTRACTOR} and
   *     less
   * @param heldOut share of the groups that are not for a test, at least {@value #LEAST_GROUPS}
   * @param test share of all groups; 0 for none
   * @param seed of the order of groups
   * @throws IllegalArgumentException if fewer than {@value #LEAST_GROUPS} groups are left to learn
   *     from
   */
  public static Split of(int[] groups, double heldOut, double test, long seed) {
    int count = Arrays.stream(groups).max().orElse(-1) + 1;
    int[] order = order(count, seed);
    int forTest = test == 0 ? 0 : share(test, count);
    int forChoice = share(heldOut, count - forTest);
    if (count - forTest - forChoice < LEAST_GROUPS) {
      throw new IllegalArgumentException(
          "%d groups, of which %d are held out and %d for a test, leave %d to learn from"
              .formatted(count, forChoice, forTest, count - forTest - forChoice));
    }
    int[] others =
        IntStream.range(0, groups.length).filter(i -> groups[i] <= FIRST_DISTRACTOR).toArray();
    int[] ranks = order(others.length, seed);
    int othersForTest = (int) Math.round(test * others.length);
    return new Split(
        places(groups, order, forTest + forChoice, count),
        places(groups, order, forTest, forTest + forChoice),
        places(groups, order, 0, forTest),
        ranked(others, ranks, othersForTest, others.length),
        ranked(others, ranks, 0, othersForTest));
  }

  private static int[] ranked(int[] places, int[] ranks, int from, int to) {
    return IntStream.range(0, places.length)
        .filter(i -> ranks[i] >= from && ranks[i] < to)
        .map(i -> places[i])
        .toArray();
  }

  /** What an epoch looks at, in the order of places: all but the test. */
  int[] learntOrHeldOut() {
    return sorted(training, heldOut, distractors);
  }

  /** What the test is searched for among, in the order of places. */
  int[] tested() {
    return sorted(test, testDistractors);
  }

  /** What negatives are chosen from, in the order of places. */
  int[] pool() {
    return sorted(training, distractors);
  }

  private static int[] sorted(int[]... places) {
    return Stream.of(places).flatMapToInt(IntStream::of).sorted().toArray();
  }

  private static int share(double share, int groups) {
    return Math.max(LEAST_GROUPS, (int) Math.round(share * groups));
  }

  private static int[] places(int[] groups, int[] order, int from, int to) {
    return IntStream.range(0, groups.length)
        .filter(i -> groups[i] >= 0 && order[groups[i]] >= from && order[groups[i]] < to)
        .toArray();
  }

  /** The rank of each of so many things in an order by chance. */
  static int[] order(int count, long seed) {
    int[] ranks = IntStream.range(0, count).toArray();
    shuffle(ranks, new SplittableRandom(seed));
    return ranks;
  }

  static void shuffle(int[] values, SplittableRandom random) {
    for (int i = values.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int value = values[i];
      values[i] = values[j];
      values[j] = value;
    }
  }
}
