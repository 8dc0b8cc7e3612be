package dev.remap.jobs.sample;

import dev.remap.index.jfaiss.NativeVectors;
import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.TaskStore;
import dev.remap.jobs.spark.UnitRunner;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.layer.KeyPartitioner;
import dev.remap.jobs.store.layer.Unit;
import dev.remap.jobs.store.row.VectorRow;
import dev.remap.jobs.table.Vectors;
import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.storage.StorageLevel;

/**
 * The vectors of {@link TrainingSample} where the driver does not hold them: each range of keys is
 * a block on the local disks of the executors, where a block that is lost is read again. Blocks
 * depend on the number of rows and vectors alone, not on units, tasks or executors.
 */
public final class SampleBlocks implements AutoCloseable {
  /** Components of a block, about: 16 MiB. */
  public static final int NUMBERS = 1 << 22;

  private final JobContext context;
  private final int dimension;
  private final JavaRDD<Block> blocks;
  private final int[] sizes;

  private SampleBlocks(JobContext context, int dimension, JavaRDD<Block> blocks) {
    this.context = context;
    this.dimension = dimension;
    this.blocks = blocks.persist(StorageLevel.DISK_ONLY());
    this.sizes =
        new UnitRunner(context, "vectors")
            .over(this.blocks, 0, (part, rows, task) -> counted(rows.next(), task)).stream()
                .mapToInt(Integer::intValue)
                .toArray();
  }

  private static int counted(Block block, UnitRunner.Task task) {
    task.done().accept(block.size);
    return block.size;
  }

  /**
   * A part of the sample, in the order of the keys, which are hashes: so in none.
   *
   * @param number its place among all blocks
   * @param size how many vectors
   * @param vectors one after the other
   */
  public record Block(int number, int size, float[] vectors) implements Serializable {
    private Block multiplied(float[] matrix, int dimension) {
      return new Block(number, size, NativeVectors.multiply(matrix, dimension, vectors, size));
    }
  }

  /** Vectors of one range that may be wanted. */
  private record Drawn(int number, long[] keys, float[] vectors) implements Serializable {
    Block upTo(SampleLimit limit) {
      int dimension = keys.length == 0 ? 0 : vectors.length / keys.length;
      float[] kept = new float[vectors.length];
      int size = 0;
      for (int i = 0; i < keys.length; i++) {
        if (limit.admits(keys[i])) {
          System.arraycopy(vectors, i * dimension, kept, size++ * dimension, dimension);
        }
      }
      return new Block(number, size, Arrays.copyOf(kept, size * dimension));
    }
  }

  /**
   * Draws the vectors of the {@code wanted} keys with the lowest hashes; all if there are fewer.
   *
   * @param numbers components of a block, about
   */
  public static SampleBlocks draw(
      JobContext context, Vectors vectors, int wanted, long seed, int numbers) {
    long rows = vectors.rows(context);
    double share = KeySample.share(wanted, rows);
    int count =
        Math.toIntExact(
            KeyPartitioner.units(
                Math.min(wanted, rows), Math.max(1, numbers / vectors.dimension())));
    List<Unit> ranges = KeyPartitioner.ranges(rows, count);
    TaskStore store = context.taskStore();
    JavaRDD<Drawn> drawn =
        context
            .spark()
            .parallelize(ranges, ranges.size())
            .map(range -> read(store.open(), vectors, range, share, seed))
            .persist(StorageLevel.DISK_ONLY());
    SampleLimit limit = SampleLimit.of(context, drawn.map(Drawn::keys), wanted, share, seed);
    SampleBlocks sample =
        new SampleBlocks(context, vectors.dimension(), drawn.map(block -> block.upTo(limit)));
    drawn.unpersist(false);
    return sample;
  }

  private static Drawn read(Store store, Vectors vectors, Unit unit, double share, long seed) {
    List<VectorRow> drawn = TrainingSample.rows(store, vectors, unit, share, seed);
    return new Drawn(unit.number(), TrainingSample.keys(drawn), TrainingSample.together(drawn));
  }

  /** The blocks, one in each partition, of any number of vectors. */
  public JavaRDD<Block> blocks() {
    return blocks;
  }

  /** Components of a vector. */
  public int dimension() {
    return dimension;
  }

  /** How many vectors there are. */
  public long size() {
    return Arrays.stream(sizes).asLongStream().sum();
  }

  /** The vectors of the first blocks, so many or all, one after the other. */
  public float[] first(int wanted) {
    int parts = 0;
    long there = 0;
    while (parts < sizes.length && there < wanted) {
      there += sizes[parts++];
    }
    List<Integer> numbers = IntStream.range(0, parts).boxed().toList();
    List<Block> some =
        new UnitRunner(context, "vectors")
            .over(blocks, numbers, 0, (part, rows, task) -> rows.next());
    float[] vectors = new float[Math.multiplyExact((int) Math.min(wanted, there), dimension)];
    int filled = 0;
    for (Block block : some) {
      int length = Math.min(block.vectors.length, vectors.length - filled);
      System.arraycopy(block.vectors, 0, vectors, filled, length);
      filled += length;
    }
    return vectors;
  }

  /** Products of all vectors with the rows of a matrix: another sample. */
  public SampleBlocks multiplied(float[] matrix) {
    int components = dimension;
    Broadcast<float[]> rows = context.spark().broadcast(matrix);
    return new SampleBlocks(
        context,
        matrix.length / components,
        blocks.map(block -> block.multiplied(rows.value(), components)));
  }

  @Override
  public void close() {
    blocks.unpersist(false);
  }
}
