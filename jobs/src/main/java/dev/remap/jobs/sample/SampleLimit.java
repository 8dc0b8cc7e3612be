package dev.remap.jobs.sample;

import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.spark.UnitRunner;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;

/**
 * The last of a sample's keys in the order of their hashes, equal hashes by key.
 *
 * @param last null if there is no limit
 */
record SampleLimit(long seed, Hashed last) implements Serializable {
  private static final int BINS = 4096;

  private record Hashed(double hash, long key) implements Comparable<Hashed>, Serializable {
    static Hashed of(long key, long seed) {
      return new Hashed(SplitMix64.unit(key, seed), key);
    }

    @Override
    public int compareTo(Hashed other) {
      int order = Double.compare(hash, other.hash);
      return order == 0 ? Long.compare(key, other.key) : order;
    }
  }

  /**
   * Finds the limit below which so many lie. The driver counts hashes, and then sees one in {@value
   * #BINS} of them.
   *
   * @param keys whose hashes are below {@code share}, an array in each partition
   */
  static SampleLimit of(
      JobContext context, JavaRDD<long[]> keys, int wanted, double share, long seed) {
    int[] counts = new int[BINS];
    UnitRunner runner = new UnitRunner(context, "vectors");
    for (int[] some :
        runner.over(keys, 0, (part, rows, task) -> counts(rows.next(), share, seed, task))) {
      for (int bin = 0; bin < BINS; bin++) {
        counts[bin] += some[bin];
      }
    }
    int last = 0;
    int below = 0;
    while (last < BINS && below + counts[last] < wanted) {
      below += counts[last++];
    }
    if (last == BINS) {
      return new SampleLimit(seed, null);
    }
    int bin = last;
    List<Hashed> around = new ArrayList<>();
    runner
        .over(keys, 0, (part, rows, task) -> inBin(rows.next(), bin, share, seed))
        .forEach(around::addAll);
    Collections.sort(around);
    return new SampleLimit(seed, around.get(wanted - below - 1));
  }

  private static int bin(double hash, double share) {
    return Math.min(BINS - 1, (int) (hash / share * BINS));
  }

  private static int[] counts(long[] keys, double share, long seed, UnitRunner.Task task) {
    int[] counts = new int[BINS];
    for (long key : keys) {
      counts[bin(SplitMix64.unit(key, seed), share)]++;
    }
    task.done().accept(keys.length);
    return counts;
  }

  private static ArrayList<Hashed> inBin(long[] keys, int bin, double share, long seed) {
    ArrayList<Hashed> found = new ArrayList<>();
    for (long key : keys) {
      Hashed hashed = Hashed.of(key, seed);
      if (bin(hashed.hash, share) == bin) {
        found.add(hashed);
      }
    }
    return found;
  }

  boolean admits(long key) {
    return last == null || Hashed.of(key, seed).compareTo(last) <= 0;
  }
}
