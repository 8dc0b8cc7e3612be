package dev.remap.jobs.upkeep.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.jobs.store.Inputs;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.layer.Attempt;
import dev.remap.jobs.store.layer.KeyPartitioner;
import dev.remap.jobs.store.layer.Layer;
import dev.remap.jobs.store.layer.Plan;
import dev.remap.jobs.store.layer.TableKind;
import dev.remap.jobs.store.layer.Unit;
import dev.remap.jobs.store.layer.UnitWriter;
import dev.remap.jobs.store.row.RejectRow;
import dev.remap.jobs.store.segment.RowFormat;
import dev.remap.jobs.store.segment.Rows;
import dev.remap.jobs.store.segment.SegmentWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RejectSummaryTest {
  @TempDir private Path folder;

  @Test
  void fewRowsInManyFilesAreCountedAndNotRead() {
    Store store = Store.openOrCreate(folder.toString(), new Configuration());
    Layer layer = new Layer(store, TableKind.DESCRIPTORS.of("e").layer("00000001").folder());
    Plan plan = layer.createPlan(new Plan(Inputs.NONE, KeyPartitioner.even(3, 1)));
    for (Unit unit : plan.units()) {
      try (UnitWriter writer = new UnitWriter(layer, unit, new Attempt("run", 0), "test")) {
        SegmentWriter<RejectRow> segment =
            writer.segment("rejects/e/00000001", RowFormat.rejects(), Map.of());
        Rows.rejects(1, unit.range(), new Random(1)).forEach(segment::write);
        writer.commit(Map.of());
      }
    }
    layer.fold(plan, "test");

    RejectSummary.Source source = RejectSummary.Source.complete(store, "e", 1);
    assertThat(RejectSummary.ofAtMost(3, 3, store, source).groups().values()).containsExactly(3L);
    for (RejectSummary summary :
        List.of(
            RejectSummary.ofAtMost(3, 2, store, source),
            RejectSummary.ofAtMost(2, 3, store, source))) {
      assertThat(summary.reasons()).isEmpty();
      assertThat(summary.unread()).isEqualTo(new RejectSummary.Unread(3, 3));
      assertThat(summary.isEmpty()).isFalse();
    }
  }
}
