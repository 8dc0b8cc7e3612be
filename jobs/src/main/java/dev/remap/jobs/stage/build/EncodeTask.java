package dev.remap.jobs.stage.build;

import dev.remap.index.quantizer.Quantizer;
import dev.remap.jobs.run.TaskStore;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.layer.Table;
import dev.remap.jobs.store.layer.TableReader;
import dev.remap.jobs.store.layer.Unit;
import dev.remap.jobs.store.row.VectorRow;
import dev.remap.jobs.store.segment.Verification;
import dev.remap.jobs.table.Quantizers;
import dev.remap.jobs.table.Vectors;
import java.util.Iterator;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.PairFlatMapFunction;
import org.apache.spark.util.LongAccumulator;
import org.apache.spark.util.TaskCompletionListener;
import scala.Tuple2;

/**
 * Encodes what has to come into the shards of one range of keys.
 *
 * @param base the generation whose shards those are merged from; null to encode all vectors
 * @param last of each shard the last list
 * @param wanted whether each shard is built
 * @param done counts encoded vectors
 */
@SuppressWarnings("ArrayRecordComponent") // carries numbers; never compared
record EncodeTask(
    TaskStore store,
    Vectors vectors,
    String quantizer,
    ShardBase base,
    long[] last,
    boolean[] wanted,
    LongAccumulator done)
    implements PairFlatMapFunction<Unit, EncodedBlock.Place, EncodedBlock> {

  @Override
  public Iterator<Tuple2<EncodedBlock.Place, EncodedBlock>> call(Unit range) {
    Store opened = store.open();
    Quantizer model = Quantizers.open(opened, Quantizers.require(opened, quantizer));
    closing(model::close);
    TableReader<VectorRow> rows = rows(opened, range);
    closing(rows::close);
    EncodedRange encoded = new EncodedRange(rows, model, last, wanted, done::add);
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return encoded.hasNext();
      }

      @Override
      public Tuple2<EncodedBlock.Place, EncodedBlock> next() {
        EncodedBlock block = encoded.next();
        return new Tuple2<>(block.place(), block);
      }
    };
  }

  private TableReader<VectorRow> rows(Store opened, Unit range) {
    if (base != null) {
      Table<VectorRow> changes = base.changes().table(opened, vectors.format());
      return changes.readChanges(range.range(), Verification.FULL);
    }
    return vectors
        .chain(opened)
        .table(opened, vectors.format())
        .read(range.range(), Verification.FULL);
  }

  private static void closing(Runnable close) {
    TaskContext.get().addTaskCompletionListener((TaskCompletionListener) done -> close.run());
  }
}
