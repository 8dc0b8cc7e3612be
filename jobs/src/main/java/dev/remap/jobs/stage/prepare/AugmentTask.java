package dev.remap.jobs.stage.prepare;

import dev.remap.jobs.rerank.Collection;
import dev.remap.jobs.spark.UnitRunner;
import dev.remap.jobs.store.layer.Unit;
import dev.remap.jobs.store.segment.RowFormat;
import java.util.ArrayList;
import java.util.List;

/**
 * The augmented vectors of the images of one unit. Holds the sums of as many as take 128 MiB, and
 * reads all vectors once for so many.
 *
 * @param k nearest that are added
 */
record AugmentTask(PreparedUnit written, Collection.Augmented augmented, int k)
    implements UnitRunner.Work<Unit, Long> {
  @Override
  public Long run(Unit unit, UnitRunner.Task task) {
    List<Long> keys = new ArrayList<>();
    long[] others = {0};
    augmented
        .graph()
        .forEach(
            task.store(),
            unit.range(),
            row -> {
              keys.add(row.key());
              others[0] += Math.min(k, row.neighbors().size());
            });
    long[] rising = keys.stream().mapToLong(Long::longValue).toArray();
    return written.write(
        unit,
        task,
        RowFormat.augmented(augmented.vectors().dimension()),
        segment -> {
          augmented.forEach(
              task.store(),
              rising,
              row -> {
                segment.write(row);
                task.done().accept(1);
              });
          return others[0];
        });
  }
}
