package dev.remap.jobs.catalogue.file;

import org.apache.spark.HashPartitioner;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import scala.Tuple2;

/** Even work for all executors, the same in every attempt. */
public final class Repartition {
  private static final int PER_CORE = 8;

  private Repartition() {}

  /** Values by the hash of their key, over a few partitions for each core. */
  public static <V> JavaRDD<V> over(JavaPairRDD<String, V> pairs, long count) {
    return pairs.partitionBy(partitioner(pairs, count)).values();
  }

  /**
   * As many partitions as there is work, but not more than a few for each core.
   *
   * @param count of the pairs
   */
  public static HashPartitioner partitioner(JavaPairRDD<String, ?> pairs, long count) {
    long most = (long) PER_CORE * pairs.context().defaultParallelism();
    return new HashPartitioner((int) Math.max(1, Math.min(count, most)));
  }

  public static Tuple2<String, ListedImage> byUri(ListedImage file) {
    return new Tuple2<>(file.uri(), file);
  }
}
