package dev.remap.jobs.stage.quantize;

import dev.remap.index.jfaiss.NativeVectors;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.sample.SampleBlocks;
import dev.remap.jobs.sample.SampleBlocks.Block;
import dev.remap.jobs.spark.TaskFailures;
import dev.remap.jobs.spark.UnitRunner;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.Partitioner;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.broadcast.Broadcast;
import scala.Tuple2;

/**
 * One iteration of Lloyd's over all blocks of a sample: their tasks find the nearest centroid of
 * each vector and send sums, in double precision, to those that add them up for a range of
 * centroids, block by block in the order of the blocks. So neither the number of tasks nor their
 * order changes a bit.
 *
 * @param centroids the new ones; where nothing was nearest, the old
 * @param sizes how many vectors were nearest to each of the old ones
 * @param objective mean squared distance of the vectors to the old ones
 */
record LloydPass(float[] centroids, long[] sizes, double objective) {

  /** Sums of the vectors of one block that are nearest to centroids of one range. */
  private record Sums(int[] ids, int[] sizes, double[] sums, double distance)
      implements Serializable {}

  /** The new centroids of one range. */
  private record Means(int from, float[] means, long[] sizes, double distance)
      implements Serializable {}

  /** How centroids are shared out. */
  private record Ranges(int centroids, int dimension, int each) implements Serializable {
    static Ranges of(int centroids, int dimension, TrainingScale scale) {
      return new Ranges(centroids, dimension, Math.max(1, scale.rangeNumbers() / dimension));
    }

    int count() {
      return (centroids + each - 1) / each;
    }

    int from(int range) {
      return range * each;
    }

    int to(int range) {
      return Math.min(centroids, (range + 1) * each);
    }
  }

  static LloydPass of(
      JobContext context, SampleBlocks sample, float[] centroids, TrainingScale scale) {
    int dimension = sample.dimension();
    int k = centroids.length / dimension;
    Ranges ranges = Ranges.of(k, dimension, scale);
    Broadcast<float[]> old = context.spark().broadcast(centroids);
    try {
      JavaRDD<Tuple2<Long, Sums>> sums =
          sample
              .blocks()
              .flatMapToPair(block -> new BlockSums(block, old.value(), ranges))
              .repartitionAndSortWithinPartitions(new ByRange(ranges.count()))
              .mapPartitions(rows -> rows);
      List<Means> means =
          TaskFailures.unwrap(
              () ->
                  new UnitRunner(context, "vectors")
                      .over(
                          sums, 0, (range, rows, task) -> means(range, rows, ranges, old.value())));
      return joined(means, k, dimension);
    } finally {
      old.destroy();
    }
  }

  private static LloydPass joined(List<Means> means, int k, int dimension) {
    float[] centroids = new float[k * dimension];
    long[] sizes = new long[k];
    double distance = 0;
    for (Means some : means) {
      System.arraycopy(some.means, 0, centroids, some.from * dimension, some.means.length);
      System.arraycopy(some.sizes, 0, sizes, some.from, some.sizes.length);
      distance += some.distance;
    }
    return new LloydPass(centroids, sizes, distance / Math.max(1, Arrays.stream(sizes).sum()));
  }

  /**
   * The new centroids, each beyond its mean by {@code more} of the way that it came from the old
   * one.
   */
  float[] beyond(float[] old, float more) {
    float[] there = centroids.clone();
    for (int i = 0; i < there.length; i++) {
      there[i] += more * (there[i] - old[i]);
    }
    return there;
  }

  /** How much longer than the mean list a vector's own is, in the mean over the vectors. */
  double imbalance() {
    double squares = 0;
    double all = 0;
    for (long size : sizes) {
      squares += (double) size * size;
      all += size;
    }
    return squares * sizes.length / (all * all);
  }

  long empty() {
    return Arrays.stream(sizes).filter(size -> size == 0).count();
  }

  /** The sums of one block, a range after the other; sorted by range, then by block. */
  private static final class BlockSums implements Iterator<Tuple2<Long, Sums>> {
    private final Block block;
    private final Ranges ranges;
    private final float[] distances;
    // Centroid and place, ascending.
    private final long[] order;
    private int at;

    BlockSums(Block block, float[] centroids, Ranges ranges) {
      this.block = block;
      this.ranges = ranges;
      this.distances = new float[block.size()];
      this.order = new long[block.size()];
      int[] rows = new int[block.size()];
      NativeVectors.nearest(
          centroids, ranges.dimension, block.vectors(), block.size(), rows, distances);
      for (int i = 0; i < rows.length; i++) {
        order[i] = ((long) rows[i] << 32) | i;
      }
      Arrays.sort(order);
    }

    private int centroid(int place) {
      return (int) (order[place] >>> 32);
    }

    @Override
    public boolean hasNext() {
      return at < order.length;
    }

    @Override
    public Tuple2<Long, Sums> next() {
      int range = centroid(at) / ranges.each;
      int end = at;
      int distinct = 0;
      while (end < order.length && centroid(end) < ranges.to(range)) {
        distinct += end == at || centroid(end) != centroid(end - 1) ? 1 : 0;
        end++;
      }
      int d = ranges.dimension;
      Sums sums = new Sums(new int[distinct], new int[distinct], new double[distinct * d], 0);
      double distance = 0;
      int last = -1;
      for (int from = at; at < end; at++) {
        if (at == from || centroid(at) != centroid(at - 1)) {
          sums.ids[++last] = centroid(at);
        }
        int vector = (int) order[at];
        sums.sizes[last]++;
        distance += distances[vector];
        for (int j = 0; j < d; j++) {
          sums.sums[last * d + j] += block.vectors()[vector * d + j];
        }
      }
      return new Tuple2<>(
          ((long) range << 32) | block.number(),
          new Sums(sums.ids, sums.sizes, sums.sums, distance));
    }
  }

  private static Means means(
      int range, Iterator<Tuple2<Long, Sums>> blocks, Ranges ranges, float[] old) {
    int d = ranges.dimension;
    int from = ranges.from(range);
    int size = ranges.to(range) - from;
    double[] sums = new double[size * d];
    long[] sizes = new long[size];
    double distance = 0;
    while (blocks.hasNext()) {
      Sums block = blocks.next()._2();
      distance += block.distance;
      for (int i = 0; i < block.ids.length; i++) {
        int row = block.ids[i] - from;
        sizes[row] += block.sizes[i];
        for (int j = 0; j < d; j++) {
          sums[row * d + j] += block.sums[i * d + j];
        }
      }
    }
    float[] means = Arrays.copyOfRange(old, from * d, (from + size) * d);
    for (int row = 0; row < size; row++) {
      for (int j = row * d; sizes[row] > 0 && j < (row + 1) * d; j++) {
        means[j] = (float) (sums[j] / sizes[row]);
      }
    }
    return new Means(from, means, sizes, distance);
  }

  private static final class ByRange extends Partitioner {
    private static final long serialVersionUID = 1;
    private final int ranges;

    ByRange(int ranges) {
      this.ranges = ranges;
    }

    @Override
    public int numPartitions() {
      return ranges;
    }

    @Override
    public int getPartition(Object key) {
      return (int) ((Long) key >>> 32);
    }
  }
}
