package dev.remap.jobs.job.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.remap.jobs.job.Cuts;
import dev.remap.jobs.store.Layout;
import dev.remap.jobs.store.Store;
import dev.remap.jobs.store.layer.Attempt;
import dev.remap.jobs.store.layer.Layer;
import dev.remap.jobs.store.layer.Plan;
import dev.remap.jobs.store.layer.Unit;
import dev.remap.jobs.store.layer.UnitWriter;
import dev.remap.jobs.store.segment.RejectRow;
import dev.remap.jobs.store.segment.RowFormat;
import dev.remap.jobs.store.segment.Rows;
import dev.remap.jobs.store.segment.SegmentWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RejectSummaryTest {
  @TempDir private Path folder;

  @Test
  void fewRowsInManyFilesAreCountedAndNotRead() {
    Store store = Store.openOrCreate(folder.toString(), new Configuration());
    Layer layer = new Layer(store, Layout.descriptors("e", "00000001"));
    Plan plan = layer.createPlan(new Plan(new TreeMap<>(), Cuts.even(3, 1)));
    for (Unit unit : plan.units()) {
      try (UnitWriter writer = new UnitWriter(layer, unit, new Attempt("run", 0), "test")) {
        SegmentWriter<RejectRow> segment =
            writer.segment("rejects/e/00000001", RowFormat.rejects(), Map.of());
        Rows.rejects(1, unit.range(), new Random(1)).forEach(segment::write);
        writer.commit(Map.of());
      }
    }
    layer.fold(plan, "test");

    assertThat(RejectSummary.ofAtMost(3, 3, store, "e", 1).groups().values()).containsExactly(3L);
    for (RejectSummary summary :
        List.of(
            RejectSummary.ofAtMost(3, 2, store, "e", 1),
            RejectSummary.ofAtMost(2, 3, store, "e", 1))) {
      assertThat(summary.reasons()).isEmpty();
      assertThat(summary.unread()).isEqualTo(new RejectSummary.Unread(3, 3));
      assertThat(summary.isEmpty()).isFalse();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "the file has 1234 bytes; image.max-bytes is 64 | the file has # bytes; image.max-bytes is #",
        "cut short: 1,234.5 of 9. | cut short: # of #.",
        "No such file s3a://b/k/1.jpg (2 tries) | No such file … (# tries)",
        "column 'a 1' is empty | column '…' is empty",
        "not a JPEG: begins with the bytes 62 72 6f 0a | not a JPEG: begins with the bytes …",
        "not a JPEG, PNG or WebP | not a JPEG, PNG or WebP",
      })
  void reasonsThatDifferOnlyInNumbersAndNamesAreOne(String reason, String same) {
    assertThat(RejectSummary.normalised(reason)).isEqualTo(same);
  }
}
