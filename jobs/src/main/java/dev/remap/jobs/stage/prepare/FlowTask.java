package dev.remap.jobs.stage.prepare;

import dev.remap.jobs.rerank.Flows;
import dev.remap.jobs.rerank.GraphRows;
import dev.remap.jobs.spark.UnitRunner;
import dev.remap.jobs.store.layer.Unit;
import dev.remap.jobs.store.row.FlowRow;
import dev.remap.jobs.store.segment.RowFormat;

/** What flows from the images of one unit, one image after the other; holds the graph. */
record FlowTask(PreparedUnit written, GraphRows rows, Flows.Made flows)
    implements UnitRunner.Work<Unit, Long> {
  @Override
  public Long run(Unit unit, UnitRunner.Task task) {
    long[] others = {0};
    return written.write(
        unit,
        task,
        RowFormat.flows(),
        segment -> {
          rows.forEach(
              task.store(),
              unit.range(),
              row -> {
                long[] nearest = rows.near(row, flows.listed()).keys();
                Flows.Row flow = flows.row(row.key(), nearest);
                segment.write(new FlowRow(row.key(), row.imageId(), flow.keys(), flow.flows()));
                others[0] += flow.keys().length - 1;
                task.done().accept(1);
              });
          return others[0];
        });
  }
}
