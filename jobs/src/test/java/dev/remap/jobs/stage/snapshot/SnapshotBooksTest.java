package dev.remap.jobs.stage.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.remap.jobs.run.JobContext;
import dev.remap.jobs.run.JobFailedException;
import dev.remap.jobs.run.LocalSpark;
import dev.remap.jobs.run.Unbalanced;
import dev.remap.jobs.store.segment.RowFormat;
import dev.remap.jobs.table.Snapshots;
import dev.remap.jobs.upkeep.verify.StoreCheck;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A snapshot whose books do not balance has no ledger, and none is written for it. */
class SnapshotBooksTest {
  @TempDir private Path folder;
  private JobContext context;
  private Snapshots snapshots;

  @BeforeEach
  void twoSnapshots() throws IOException {
    Path catalogue = Files.createDirectories(folder.resolve("catalogue"));
    context =
        LocalSpark.sharing(
            folder.resolve("store"),
            Map.of("catalogue.uri", catalogue.toString(), "unit.images", "2"));
    snapshots = new Snapshots(context.store());
    for (int i = 0; i < 5; i++) {
      Files.write(catalogue.resolve(i + ".jpg"), new byte[] {1});
    }
    new SnapshotJob(context).execute();
    Files.delete(catalogue.resolve("0.jpg"));
    Files.delete(catalogue.resolve("1.jpg"));
    Files.write(catalogue.resolve("new.jpg"), new byte[] {1});
    new SnapshotJob(context).execute();
  }

  @AfterEach
  void close() {
    context.close();
  }

  @Test
  void itIsRefusedBeforeItCountsAndMadeAgainAfterARepair() {
    Unbalanced.withoutOneRow(
        context.store(), snapshots.layer(2), RowFormat.snapshot(), Map.of("removed", 0L));

    for (int run = 0; run < 2; run++) {
      assertThatThrownBy(() -> new SnapshotJob(context).execute())
          .isInstanceOf(JobFailedException.class)
          .hasMessageContaining(
              "Books of snapshot 2 do not balance: 4 images were listed; 5 before")
          .hasMessageContaining(" --repair` removes what its units have recorded");
      assertThat(snapshots.isComplete(2)).isFalse();
      assertThat(snapshots.newestBelow(9)).hasValue(1);
    }
    assertThat(new StoreCheck(context, StoreCheck.Mode.REPAIR).execute()).isFalse();
    assertThat(snapshots.isComplete(2)).isFalse();

    assertThat(new SnapshotJob(context).execute()).isEqualTo(new SnapshotJob.Taken(2, 4, 1, 0, 2));
    assertThat(snapshots.rows(context, 2)).isEqualTo(4);
    assertThat(new StoreCheck(context, StoreCheck.Mode.LOOK).execute()).isTrue();
  }
}
