package dev.remap.core.whitening;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BinaryOperator;

/**
 * Adds terms along the binary tree over their numbers: those of 0 and 1, of 2 and 3, then these
 * sums, and so on; a term that is missing leaves its sibling as it is. So a floating-point sum has
 * the same bits whether all terms are added here, or aligned runs of 2, 4, 8, … of them elsewhere
 * first, and their sums here by the numbers of the runs.
 *
 * @param <T> what is added; the left one may be changed and returned
 */
public final class PairwiseSum<T> {
  private final BinaryOperator<T> plus;
  private final List<T> lefts = new ArrayList<>(); // by height; null where none waits
  private long number = -1;
  private T last;

  /**
   * @param plus adds its second argument, which has the higher numbers, to the first
   */
  public PairwiseSum(BinaryOperator<T> plus) {
    this.plus = plus;
  }

  /**
   * Adds a term.
   *
   * @param next its number, higher than those before
   */
  public void add(long next, T term) {
    if (next <= number) {
      throw new IllegalArgumentException("term " + next + " comes after term " + number);
    }
    if (last != null) {
      // The highest node that ends before the next term is the left child of the first common one.
      int height = Long.SIZE - 1 - Long.numberOfLeadingZeros(number ^ next);
      T left = upTo(height);
      while (lefts.size() <= height) {
        lefts.add(null);
      }
      lefts.set(height, left);
    }
    number = next;
    last = term;
  }

  /** The last term's ancestor at a height: with what waits to its left below. */
  private T upTo(int height) {
    T sum = last;
    for (int h = 0; h < Math.min(height, lefts.size()); h++) {
      if (lefts.get(h) != null) {
        sum = plus.apply(lefts.set(h, null), sum);
      }
    }
    return sum;
  }

  /** The sum of all terms; nothing if there was none. Nothing may be added afterwards. */
  public Optional<T> sum() {
    return Optional.ofNullable(last).map(term -> upTo(Integer.MAX_VALUE));
  }
}
