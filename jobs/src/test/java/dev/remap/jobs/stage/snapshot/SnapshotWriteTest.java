package dev.remap.jobs.stage.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.JobFailedException;
import dev.remap.jobs.run.LocalSpark;
import dev.remap.jobs.store.Inputs;
import dev.remap.jobs.store.StoreException;
import dev.remap.jobs.store.layer.KeyPartitioner;
import dev.remap.jobs.store.layer.Layer;
import dev.remap.jobs.store.layer.Plan;
import dev.remap.jobs.store.row.Change;
import dev.remap.jobs.store.row.SnapshotRow;
import dev.remap.jobs.table.Snapshots;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.api.java.JavaRDD;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Units of a snapshot live as those of every other layer do. */
class SnapshotWriteTest {
  private static final AtomicInteger FAILURES = new AtomicInteger();

  @TempDir private Path folder;
  private JobContext context;
  private Layer layer;
  private Plan plan;

  @BeforeEach
  void plan() {
    Map<String, String> settings = Map.of("unit.attempts", "3", "unit.retry-wait", "1ms");
    context = LocalSpark.context(folder, settings);
    layer = new Snapshots(context.store()).layer(1);
    plan = layer.createPlan(new Plan(Inputs.NONE, KeyPartitioner.even(3, 1)));
  }

  @AfterEach
  void close() {
    context.close();
  }

  /** One image in each unit; that of the second fails so often. */
  private JavaRDD<Difference> rows(int failures) {
    FAILURES.set(failures);
    return context
        .spark()
        .parallelize(plan.units(), 3)
        .map(
            unit -> {
              if (unit.number() == 1 && FAILURES.getAndDecrement() > 0) {
                throw StoreException.of("read", "s3a://bucket/x", new IOException("503"));
              }
              OptionalLong none = OptionalLong.empty();
              String id = "image " + unit.number();
              return new Difference(
                  new SnapshotRow(unit.range().from(), Change.PUT, id, "u", "v", none, none),
                  Difference.Kind.ADDED);
            });
  }

  @Test
  void aUnitThatFailsIsTriedAgain() {
    SnapshotTasks.write(context, rows(2), layer.folder(), plan.units());

    assertThat(layer.folded(plan).counts()).containsEntry("added", 3L);
  }

  @Test
  void aUnitThatFailsToTheLastKeepsTheOthersNotFromTheirCommit() {
    assertThatThrownBy(
            () -> SnapshotTasks.write(context, rows(9), layer.folder(), layer.pending(plan)))
        .isInstanceOf(JobFailedException.class)
        .hasMessageContaining("1 of 3 units failed; the others are committed and stay")
        .hasMessageContaining("503");
    assertThat(layer.recordedUnits()).containsExactlyInAnyOrder(0, 2);

    SnapshotTasks.write(context, rows(0), layer.folder(), layer.pending(plan));
    assertThat(layer.folded(plan).counts()).containsEntry("added", 3L);
  }
}
