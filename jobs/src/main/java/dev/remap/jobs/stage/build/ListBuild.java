package dev.remap.jobs.stage.build;

import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.TaskStore;
import dev.remap.jobs.spark.ByUnit;
import dev.remap.jobs.spark.UnitRunner;
import dev.remap.jobs.store.layer.KeyPartitioner;
import dev.remap.jobs.store.layer.Unit;
import dev.remap.jobs.table.Vectors;
import java.util.List;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.util.LongAccumulator;
import scala.Tuple2;

/**
 * Builds shards of lists. Vectors lie by key, so each is encoded where its range of keys is read,
 * and its code goes to the shard that owns its list: the one shuffle of an index. Encoding is what
 * takes long; a run that goes on after a kill does it again, for the shards that are missing. A
 * vector that cannot be read fails them all.
 *
 * @param lists of the quantizer
 */
record ListBuild(
    JobContext context,
    NewShard place,
    Vectors vectors,
    String quantizer,
    int lists,
    List<Unit> units,
    ShardBase base) {

  /**
   * Builds those shards.
   *
   * @param rows how many vectors are read
   */
  void run(List<Unit> pending, long rows) {
    boolean[] wanted = new boolean[units.size()];
    pending.forEach(unit -> wanted[unit.number()] = true);
    ListShardTask task = new ListShardTask(place, units, vectors, quantizer, base);
    new UnitRunner(context, "vectors")
        .over(
            done -> encoded(wanted, rows, done),
            pending.stream().map(Unit::number).toList(),
            rows,
            task);
    // As many as write; those that encode are more.
    context.worked(0, pending.size());
  }

  private JavaRDD<Tuple2<EncodedBlock.Place, EncodedBlock>> encoded(
      boolean[] wanted, long rows, LongAccumulator done) {
    TaskStore store = context.taskStore();
    long[] last = units.stream().mapToLong(unit -> unit.range().to()).toArray();
    JavaPairRDD<EncodedBlock.Place, EncodedBlock> sorted =
        context
            .spark()
            .parallelize(ranges(rows), ranges(rows).size())
            .flatMapToPair(new EncodeTask(store, vectors, quantizer, base, last, wanted, done))
            .repartitionAndSortWithinPartitions(new ByUnit<>(units, EncodedBlock.Place::list));
    // A pair's class has the names of its two parts.
    return JavaRDD.fromRDD(sorted.rdd(), sorted.classTag());
  }

  /** Each opens the quantizer, which takes as long as some thousandths of so many vectors. */
  private List<Unit> ranges(long rows) {
    return KeyPartitioner.even(rows, Math.max(context.unitSize().ofRows(rows), lists));
  }
}
