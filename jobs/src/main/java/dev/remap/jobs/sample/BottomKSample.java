package dev.remap.jobs.sample;

import java.util.Arrays;
import java.util.Comparator;
import java.util.PriorityQueue;

/**
 * The vectors whose keys have the lowest hashes among all that are offered, in one array that is
 * there from the beginning. What is offered may come in any order.
 */
final class BottomKSample {
  private final int dimension;
  private final long seed;
  private final int wanted;
  private final float[] vectors;
  private final PriorityQueue<Slot> highestFirst = new PriorityQueue<>(Comparator.reverseOrder());

  /** Keeps so many of the lowest, fewer if fewer are offered. */
  BottomKSample(int wanted, int dimension, long seed) {
    this.wanted = wanted;
    this.dimension = dimension;
    this.seed = seed;
    this.vectors = new float[Math.multiplyExact(wanted, dimension)];
  }

  /** Where in the array a key's vector lies. */
  private record Slot(double hash, long key, int place) implements Comparable<Slot> {
    @Override
    public int compareTo(Slot other) {
      int order = Double.compare(hash, other.hash);
      return order == 0 ? Long.compare(key, other.key) : order;
    }
  }

  /**
   * Keeps those that are among the lowest so far.
   *
   * @param block their vectors, one after the other
   */
  void offer(long[] keys, float[] block) {
    for (int i = 0; i < keys.length; i++) {
      int place = place(SplitMix64.unit(keys[i], seed), keys[i]);
      if (place >= 0) {
        System.arraycopy(block, i * dimension, vectors, place * dimension, dimension);
      }
    }
  }

  /** A free place, or that of the highest if this one is lower; -1 if there is none. */
  private int place(double hash, long key) {
    int place = highestFirst.size();
    if (place == wanted) {
      Slot slot = new Slot(hash, key, -1);
      if (wanted == 0 || highestFirst.peek().compareTo(slot) < 0) {
        return -1;
      }
      place = highestFirst.poll().place;
    }
    highestFirst.add(new Slot(hash, key, place));
    return place;
  }

  /** The vectors in the order of their keys' hashes; to be called once, at the end. */
  float[] sorted() {
    Slot[] order = highestFirst.toArray(new Slot[0]);
    highestFirst.clear();
    Arrays.sort(order);
    for (int start = 0; start < order.length; start++) {
      if (order[start] != null) {
        rotate(order, start);
      }
    }
    return order.length == wanted ? vectors : Arrays.copyOf(vectors, order.length * dimension);
  }

  /** Moves the vectors of one cycle of the order to their places, one after the other. */
  private void rotate(Slot[] order, int start) {
    float[] first = Arrays.copyOfRange(vectors, start * dimension, (start + 1) * dimension);
    int to = start;
    for (int from = order[to].place; from != start; from = order[to].place) {
      System.arraycopy(vectors, from * dimension, vectors, to * dimension, dimension);
      order[to] = null;
      to = from;
    }
    System.arraycopy(first, 0, vectors, to * dimension, dimension);
    order[to] = null;
  }
}
