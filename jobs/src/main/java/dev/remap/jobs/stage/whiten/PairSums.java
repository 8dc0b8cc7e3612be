package dev.remap.jobs.stage.whiten;

import dev.remap.core.whitening.PairMoments;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.JobFailedException;
import dev.remap.jobs.sample.VectorsByKey;
import dev.remap.jobs.spark.UnitRunner;
import dev.remap.jobs.table.Descriptors;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.TreeMap;
import org.apache.spark.broadcast.Broadcast;

/**
 * Adds up the differences of pairs in parts, which depend on the pairs alone, and these in their
 * order: the sums have the same bits for any number of tasks.
 */
final class PairSums {
  private static final int MOST_PARTS = 16;

  /** What the sums of all parts together may take while they wait for their turn. */
  private static final long BYTES = 512L << 20;

  private PairSums() {}

  private record Part(int from, int to) implements Serializable {}

  private record Described(ArrayList<PairGroup> groups, HashMap<Long, float[]> byKey)
      implements Serializable {
    PairMoments.Sums sums(Part part, int dimension) {
      PairMoments moments = new PairMoments(dimension);
      for (PairGroup group : groups.subList(part.from, part.to)) {
        float[][] images = new float[group.keys().length][];
        for (int i = 0; i < images.length; i++) {
          images[i] = byKey.get(group.keys()[i]);
        }
        moments.add(images, group.pairs());
      }
      return moments.sums();
    }
  }

  static PairMoments.Sums of(
      JobContext context, Descriptors descriptors, PairSampling.Sample sample) {
    int dimension = descriptors.dimension();
    List<Part> parts = parts(sample.groups(), dimension);
    Broadcast<Described> described =
        context.spark().broadcast(described(context, descriptors, sample));
    PairMoments sum = new PairMoments(dimension);
    TreeMap<Integer, PairMoments.Sums> early = new TreeMap<>();
    int[] next = {0};
    try {
      new UnitRunner(context, "sums of pairs")
          .forEach(
              parts,
              parts.size(),
              (part, task) -> {
                PairMoments.Sums sums = described.value().sums(part, dimension);
                task.done().accept(1);
                return sums;
              },
              (place, sums) -> {
                early.put(place, sums);
                while (early.containsKey(next[0])) {
                  sum.add(early.remove(next[0]++));
                }
              });
    } finally {
      described.destroy();
    }
    return sum.sums();
  }

  private static Described described(
      JobContext context, Descriptors descriptors, PairSampling.Sample sample) {
    HashMap<Long, float[]> byKey = new HashMap<>();
    List<Long> keys = sample.keys();
    VectorsByKey.collect(context, descriptors, keys)
        .forEach(entry -> byKey.put(entry.key(), entry.vector()));
    if (!byKey.keySet().containsAll(keys)) {
      throw new JobFailedException(
          "Of %,d descriptors of pairs, %,d were found", keys.size(), byKey.size());
    }
    return new Described(sample.groups(), byKey);
  }

  /** Of about as many pairs each. */
  private static List<Part> parts(List<PairGroup> groups, int dimension) {
    long bytes = 4L * dimension * dimension;
    long count = Math.max(1, Math.min(MOST_PARTS, BYTES / bytes));
    long pairs = groups.stream().mapToLong(group -> group.pairs().length).sum();
    List<Part> parts = new ArrayList<>();
    int from = 0;
    long done = 0;
    for (int i = 0; i < groups.size(); i++) {
      done += groups.get(i).pairs().length;
      if (done * count >= (parts.size() + 1) * pairs || i == groups.size() - 1) {
        parts.add(new Part(from, i + 1));
        from = i + 1;
      }
    }
    return parts;
  }
}
