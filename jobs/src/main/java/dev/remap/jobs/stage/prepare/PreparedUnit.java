package dev.remap.jobs.stage.prepare;

import dev.remap.jobs.spark.UnitRunner;
import dev.remap.jobs.store.Inputs;
import dev.remap.jobs.store.layer.Attempt;
import dev.remap.jobs.store.layer.Layer;
import dev.remap.jobs.store.layer.Unit;
import dev.remap.jobs.store.layer.UnitWriter;
import dev.remap.jobs.store.row.Row;
import dev.remap.jobs.store.segment.RowFormat;
import dev.remap.jobs.store.segment.SegmentWriter;
import java.io.Serializable;
import java.util.Map;
import java.util.function.ToLongFunction;

/**
 * Writes the rows of one unit.
 *
 * @param folder the layer's
 * @param whitening of the generation's vectors
 * @param graph the folder of the graph that rows are made from
 * @param method by which
 */
record PreparedUnit(String folder, String whitening, String graph, String method, String run)
    implements Serializable {
  static PreparedUnit of(String folder, Inputs inputs, String run) {
    return new PreparedUnit(
        folder,
        inputs.whitening(),
        inputs.require(Inputs.GRAPH),
        inputs.require(Inputs.METHOD),
        run);
  }

  /**
   * Commits what is written.
   *
   * @param writing of the rows; returns how many others are in them
   */
  <R extends Row> long write(
      Unit unit,
      UnitRunner.Task task,
      RowFormat<R> format,
      ToLongFunction<SegmentWriter<R>> writing) {
    Layer layer = new Layer(task.store(), folder);
    Attempt attempt = new Attempt(run, task.attempt());
    try (UnitWriter writer = new UnitWriter(layer, unit, attempt, "prepare")) {
      SegmentWriter<R> segment =
          writer.segment(
              folder,
              format,
              Map.of(Inputs.WHITENING, whitening, Inputs.GRAPH, graph, Inputs.METHOD, method));
      long others = writing.applyAsLong(segment);
      task.settle(
          writer.commit(Map.of(PrepareJob.IMAGES, segment.rows(), PrepareJob.OTHERS, others)));
      return segment.rows();
    }
  }
}
