package dev.remap.jobs.stage.dedup;

import dev.remap.core.whitening.Metric;
import dev.remap.jobs.sample.ExactScore;
import dev.remap.jobs.sample.RowsByKey;
import dev.remap.jobs.spark.UnitRunner;
import dev.remap.jobs.stage.dedup.Groups.Member;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.layer.Attempt;
import dev.remap.jobs.store.layer.Layer;
import dev.remap.jobs.store.layer.Table;
import dev.remap.jobs.store.layer.Unit;
import dev.remap.jobs.store.layer.UnitWriter;
import dev.remap.jobs.store.row.DuplicateRow;
import dev.remap.jobs.store.row.VectorRow;
import dev.remap.jobs.store.segment.RowFormat;
import dev.remap.jobs.store.segment.SegmentWriter;
import dev.remap.jobs.table.Vectors;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * Writes the images of the groups in one unit, each with its exact score to the one that is kept.
 *
 * @param folder the layer's
 */
record MemberTask(String folder, Vectors vectors, Metric metric, String run)
    implements Serializable {
  long write(Unit unit, Iterator<Member> rows, UnitRunner.Task task) {
    List<Member> members = new ArrayList<>();
    rows.forEachRemaining(members::add);
    boolean[] equal = new boolean[members.size()];
    float[] scores = scores(task.store(), members, equal);
    Layer layer = new Layer(task.store(), folder);
    try (UnitWriter writer =
        new UnitWriter(layer, unit, new Attempt(run, task.attempt()), "dedup")) {
      SegmentWriter<DuplicateRow> segment =
          writer.segment(folder, RowFormat.duplicates(), Map.of("whitening", vectors.whitening()));
      long duplicates = 0;
      long identical = 0;
      for (int i = 0; i < scores.length; i++) {
        DuplicateRow row = row(members.get(i), scores[i]);
        segment.write(row);
        duplicates += row.isKept() ? 0 : 1;
        identical += !row.isKept() && equal[i] ? 1 : 0;
      }
      task.done().accept(scores.length);
      task.settle(
          writer.commit(
              Map.of(
                  DedupJob.GROUPS,
                  segment.rows() - duplicates,
                  DedupJob.DUPLICATES,
                  duplicates,
                  DedupJob.IDENTICAL,
                  identical)));
      return segment.rows();
    }
  }

  private static DuplicateRow row(Member member, float score) {
    return new DuplicateRow(
        member.key(),
        member.imageId(),
        member.group(),
        member.kept().key(),
        member.kept().imageId(),
        score);
  }

  /** Also tells which have the very vector of the one that is kept. */
  private float[] scores(Store store, List<Member> members, boolean[] equal) {
    Table<VectorRow> table = vectors.chain(store).table(store, vectors.format());
    float[][] own = new float[members.size()][];
    RowsByKey.read(
        table,
        members.stream().mapToLong(Member::key).toArray(),
        (position, row) -> own[position] = row.vector());
    float[] scores = new float[own.length];
    RowsByKey.read(
        table,
        members.stream().mapToLong(member -> member.kept().key()).toArray(),
        (position, row) -> {
          scores[position] = metric.score(ExactScore.distance(own[position], row.vector()));
          equal[position] = Arrays.equals(own[position], row.vector());
        });
    return scores;
  }
}
