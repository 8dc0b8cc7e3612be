package dev.remap.jobs.stage.quantize;

import dev.remap.index.jfaiss.NativeVectors;
import dev.remap.index.jfaiss.NativeVectors.Lloyd;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.sample.SampleBlocks;
import dev.remap.jobs.sample.SampleBlocks.Block;
import dev.remap.jobs.spark.TaskFailures;
import dev.remap.jobs.spark.UnitRunner;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.Partitioner;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.broadcast.Broadcast;
import scala.Tuple2;

/**
 * Centroids to begin Lloyd's iterations with, by clustering twice: about √k clusters of the first
 * vectors, then in each, by a task of its own, as many as its share of all vectors. The work grows
 * with n·√k.
 */
final class TwoLevelStart {
  private static final int ITERATIONS = 10;
  private static final int VECTORS_EACH = 256;
  private static final int FEW_VECTORS_EACH = 64;

  private final JobContext context;
  private final SampleBlocks sample;
  private final int k;
  private final int seed;
  private final TrainingScale scale;

  TwoLevelStart(JobContext context, SampleBlocks sample, int k, int seed, TrainingScale scale) {
    this.context = context;
    this.sample = sample;
    this.k = k;
    this.seed = seed;
    this.scale = scale;
  }

  /** Vectors of one block that lie in one cluster. */
  private record Members(float[] vectors) implements Serializable {}

  float[] centroids() {
    int dimension = sample.dimension();
    int most = Math.max(1, scale.startNumbers() / dimension);
    if (k < scale.twoLevelFrom()) {
      return cluster(Math.max(k, Math.min(most, FEW_VECTORS_EACH * k)), k);
    }
    int groups = (int) Math.round(Math.sqrt(k));
    float[] first = cluster(Math.max(groups, Math.min(most, VECTORS_EACH * groups)), groups);
    Broadcast<float[]> middles = context.spark().broadcast(first);
    try {
      long[] sizes = sizes(middles, groups);
      int[] shares = ListShares.of(sizes, k, most);
      return inEach(middles, shares, most);
    } finally {
      middles.destroy();
    }
  }

  /** Of the first vectors, on the driver. */
  private float[] cluster(int vectors, int clusters) {
    float[] first = sample.first(vectors);
    return NativeVectors.cluster(
        first,
        first.length / sample.dimension(),
        sample.dimension(),
        Lloyd.drawn(clusters, ITERATIONS, seed),
        line -> {});
  }

  private long[] sizes(Broadcast<float[]> middles, int groups) {
    int dimension = sample.dimension();
    long[] sizes = new long[groups];
    for (int[] some :
        new UnitRunner(context, "vectors")
            .over(
                sample.blocks(),
                0,
                (part, rows, task) -> counts(rows.next(), middles.value(), dimension))) {
      for (int group = 0; group < groups; group++) {
        sizes[group] += some[group];
      }
    }
    return sizes;
  }

  private static int[] rows(Block block, float[] middles, int dimension) {
    int[] rows = new int[block.size()];
    NativeVectors.nearest(
        middles, dimension, block.vectors(), block.size(), rows, new float[block.size()]);
    return rows;
  }

  private static int[] counts(Block block, float[] middles, int dimension) {
    int[] counts = new int[middles.length / dimension];
    for (int row : rows(block, middles, dimension)) {
      counts[row]++;
    }
    return counts;
  }

  private static Iterator<Tuple2<Long, Members>> members(
      Block block, float[] middles, int dimension) {
    int[] rows = rows(block, middles, dimension);
    int[] counts = new int[middles.length / dimension];
    for (int row : rows) {
      counts[row]++;
    }
    float[][] vectors = new float[counts.length][];
    int[] filled = new int[counts.length];
    for (int i = 0; i < rows.length; i++) {
      int group = rows[i];
      if (vectors[group] == null) {
        vectors[group] = new float[counts[group] * dimension];
      }
      System.arraycopy(
          block.vectors(), i * dimension, vectors[group], filled[group]++ * dimension, dimension);
    }
    List<Tuple2<Long, Members>> members = new ArrayList<>();
    for (int group = 0; group < counts.length; group++) {
      if (counts[group] > 0) {
        members.add(
            new Tuple2<>(((long) group << 32) | block.number(), new Members(vectors[group])));
      }
    }
    return members.iterator();
  }

  private float[] inEach(Broadcast<float[]> middles, int[] shares, int most) {
    int dimension = sample.dimension();
    int ownSeed = seed;
    JavaRDD<Tuple2<Long, Members>> groups =
        sample
            .blocks()
            .flatMapToPair(block -> members(block, middles.value(), dimension))
            .repartitionAndSortWithinPartitions(new ByGroup(shares.length))
            .mapPartitions(rows -> rows);
    List<float[]> inside =
        TaskFailures.unwrap(
            () ->
                new UnitRunner(context, "clusters")
                    .over(
                        groups,
                        0,
                        (group, rows, task) ->
                            clusters(rows, dimension, shares[group], most, ownSeed)));
    float[] centroids = new float[k * dimension];
    int filled = 0;
    for (float[] some : inside) {
      System.arraycopy(some, 0, centroids, filled, some.length);
      filled += some.length;
    }
    // Fewer only where clusters had no room in a task: copies are empty, and large ones split.
    for (; filled < centroids.length; filled += dimension) {
      System.arraycopy(centroids, 0, centroids, filled, dimension);
    }
    return centroids;
  }

  /** Of the first vectors of a group, in the order of the blocks. */
  private static float[] clusters(
      Iterator<Tuple2<Long, Members>> blocks, int dimension, int share, int most, int seed) {
    if (share == 0) {
      return new float[0];
    }
    float[] vectors = new float[0];
    int filled = 0;
    while (blocks.hasNext() && filled < most * dimension) {
      float[] more = blocks.next()._2().vectors();
      int length = Math.min(more.length, most * dimension - filled);
      if (filled + length > vectors.length) {
        vectors =
            Arrays.copyOf(
                vectors, Math.min(most * dimension, Math.max(2 * filled, filled + length)));
      }
      System.arraycopy(more, 0, vectors, filled, length);
      filled += length;
    }
    return NativeVectors.cluster(
        vectors, filled / dimension, dimension, Lloyd.drawn(share, ITERATIONS, seed), line -> {});
  }

  private static final class ByGroup extends Partitioner {
    private static final long serialVersionUID = 1;
    private final int groups;

    ByGroup(int groups) {
      this.groups = groups;
    }

    @Override
    public int numPartitions() {
      return groups;
    }

    @Override
    public int getPartition(Object key) {
      return (int) ((Long) key >>> 32);
    }
  }
}
