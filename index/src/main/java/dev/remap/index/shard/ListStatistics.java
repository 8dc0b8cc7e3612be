package dev.remap.index.shard;

import java.util.Arrays;

/**
 * How evenly entries fill the inverted lists.
 *
 * @param imbalance Σ size² · lists / (Σ size)²: 1 when all are equal; the cost of a search grows
 *     with it. 0 without entries.
 */
public record ListStatistics(int lists, int empty, long largest, double mean, double imbalance) {
  static ListStatistics of(long[] sizes) {
    double total = Arrays.stream(sizes).asDoubleStream().sum();
    double squares = Arrays.stream(sizes).asDoubleStream().map(size -> size * size).sum();
    return new ListStatistics(
        sizes.length,
        Math.toIntExact(Arrays.stream(sizes).filter(size -> size == 0).count()),
        Arrays.stream(sizes).max().orElse(0),
        total / sizes.length,
        total == 0 ? 0 : squares * sizes.length / (total * total));
  }
}
